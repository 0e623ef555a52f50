using System.Security.Cryptography;
using Google.Protobuf;
using Google.Protobuf.Collections;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Ports;
using RetailInsight.Gateway.Landing;
using RetailInsight.Local.Simulation;
using RetailInsight.Profiles;
using RetailInsight.Profiles.Values;
using StoreDirectory = RetailInsight.Profiles.StoreDirectory;

namespace RetailInsight.Bench.Streaming;

/// <summary>A message as the gateway publishes it.</summary>
/// <param name="Message">For the bus.</param>
/// <param name="Lines">Receipt lines in it.</param>
/// <param name="Receipts">Receipts in it.</param>
internal sealed record BatchMessage(BusMessage Message, int Lines, int Receipts);

/// <summary>
/// Messages made by the gateway's own code from simulated day files. To have more than were simulated, the same days come
/// again under other ids and dates.
/// </summary>
internal sealed class BatchCorpus
{
    /// <summary>Tenant of all messages.</summary>
    public const string Tenant = "bulk";

    private readonly List<EventBatch> _batches;

    private BatchCorpus(List<EventBatch> batches) => _batches = batches;

    /// <summary>Lines in a message on average.</summary>
    public double LinesPerMessage => _batches.Average(batch => batch.Lines.Transaction.Count);

    /// <summary>Lines in a receipt on average.</summary>
    public double LinesPerReceipt => _batches.Sum(batch => (double)batch.Lines.Transaction.Count) / _batches.Sum(batch => batch.Transactions.Store.Count);

    /// <summary>Lines of one round.</summary>
    public long LinesPerRound => _batches.Sum(batch => (long)batch.Lines.Transaction.Count);

    /// <summary>Simulates a chain of twenty stores and converts its day files.</summary>
    /// <param name="days">Days.</param>
    /// <param name="receipts">Receipts of a store and day.</param>
    public static BatchCorpus Create(int days, int receipts)
    {
        var simulation = new RetailSimulation(new SimulationOptions { Days = days, ReceiptsPerStoreDay = receipts, Imperfections = false });
        var profile = ProfileCatalog.LoadEmbedded().Find("vendor-a") ?? throw new InvalidOperationException("There is no profile vendor-a.");
        var context = Context(simulation);
        var batches = new List<EventBatch>();
        foreach (var date in simulation.Dates)
        {
            foreach (var store in simulation.Stores)
            {
                var content = simulation.CleanDay(store, date, "vendor-a").Content;
                var work = new LandingWork(Of(profile, content), Converter.Convert(profile, content, context, CancellationToken.None));
                batches.AddRange(work.Decide(new LandingDecision()).Messages.Select(message => EventBatch.Parser.ParseFrom(message.Message)));
            }
        }

        return new BatchCorpus(batches);
    }

    /// <summary>One round over the corpus; every round has ids and dates of its own.</summary>
    public IEnumerable<BatchMessage> Round(int round)
    {
        var shift = unchecked((ulong)(round + 1) * 0x9E37_79B9_7F4A_7C15);
        foreach (var (batch, number) in _batches.Select((batch, number) => (batch.Clone(), number)))
        {
            batch.BatchId = Id128.FromParts("bench", FormattableString.Invariant($"{round}"), FormattableString.Invariant($"{number}")).ToString();
            Rename(batch.Transactions.EventIdHi, shift);
            Rename(batch.Transactions.ContentHashHi, shift);
            for (var row = 0; row < batch.Transactions.BusinessDate.Count; row++)
            {
                batch.Transactions.BusinessDate[row] += round * 31;
                batch.Transactions.OccurredAtUs[row] += round * 31 * 86_400_000_000L;
            }

            var attributes = new Dictionary<string, string> { ["tenant"] = batch.Tenant, ["feed"] = batch.Feed, ["batch_id"] = batch.BatchId };
            yield return new BatchMessage(new BusMessage(batch.ToByteArray(), attributes), batch.Lines.Transaction.Count, batch.Transactions.Store.Count);
        }
    }

    /// <summary>What the gateway knows of the simulated company.</summary>
    public static ConversionContext Context(RetailSimulation simulation) => new(
        Tenant,
        new StoreDirectory(
            simulation.Stores.Select(store => new StoreEntry(store.Code, store.Name, new BusinessCalendar(TimeZoneInfo.FindSystemTimeZoneById(store.Zone), []))),
            simulation.Stores.SelectMany(store => simulation.Dates.SelectMany(date => simulation.RegistersOn(store, date)
                .Select(register => new PosAssignment(register.PosCode, store.Code, date, date))))));

    private static void Rename(RepeatedField<ulong> ids, ulong shift)
    {
        for (var row = 0; row < ids.Count; row++)
        {
            ids[row] ^= shift;
        }
    }

    /// <summary>A payload as the ledger knows it.</summary>
    public static Ingestion Of(Profile profile, byte[] content)
    {
        var sha256 = SHA256.HashData(content);
        return new Ingestion
        {
            Id = Ingestion.IdOf(Tenant, profile.Id, sha256, "identity"),
            Tenant = Tenant,
            Feed = profile.Id,
            Vendor = profile.Vendor,
            Profile = profile.Id,
            ProfileVersion = profile.Version,
            ContentEncoding = "identity",
            Sha256 = sha256,
            Raw = new LakePointer($"raw/{Tenant}/{profile.Id}/2026/11/21/{Convert.ToHexStringLower(sha256)}", 0, content.Length),
            ReceivedAt = new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero),
        };
    }
}
