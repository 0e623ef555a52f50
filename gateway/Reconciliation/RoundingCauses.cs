using Npgsql;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Tenancy;
using RetailInsight.Gateway.Landing;
using RetailInsight.Gateway.Quarantine;
using RetailInsight.Profiles;

namespace RetailInsight.Gateway.Reconciliation;

/// <summary>
/// What tax would be, were it rounded otherwise: line by line, receipt by receipt or once a day; down, half up or up. The lines are read
/// from the payloads again.
/// </summary>
internal sealed class RoundingCauses([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, PayloadConversion conversion)
{
    private const int MostPayloads = 2_000;
    private const long MostBytes = 64L << 20;

    private static readonly (string English, string Japanese)[] Per = [("line by line", "明細ごと"), ("receipt by receipt", "レシートごと"), ("once a day", "1日分の合計")];
    private static readonly (TaxRounding Mode, string English, string Japanese)[] Modes = [(TaxRounding.Floor, "down", "切捨て"), (TaxRounding.HalfUp, "half up", "四捨五入"), (TaxRounding.Ceiling, "up", "切上げ")];

    /// <summary>One cause for each way of rounding that gives another tax; none when the payloads are too many to be read again.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="counted">The receipts that count.</param>
    /// <param name="measures">The declared measures.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<List<PossibleCause>> FindAsync(string tenant, IReadOnlyList<DayFact> counted, IReadOnlyList<Measure> measures, CancellationToken cancellationToken)
    {
        var wanted = counted.ToDictionary(fact => fact.EventId);
        var payloads = await ReplayQueries.IngestionsAsync(database, tenant, [.. counted.Select(fact => fact.IngestionId).OfType<Guid>()], cancellationToken);
        if (payloads.Count > MostPayloads || payloads.Sum(payload => payload.Raw.Length) > MostBytes)
        {
            return [];
        }

        var receipts = new Dictionary<Guid, Transaction>();
        foreach (var payload in payloads)
        {
            foreach (var record in (await conversion.ReconvertAsync(payload, record => wanted.ContainsKey(record.EventId.ToGuid()), cancellationToken)).Transactions.Select(one => one.Record))
            {
                if (wanted.TryGetValue(record.EventId.ToGuid(), out var fact) && (fact.Gross, fact.Tax) == (record.Gross, record.TaxTotal))
                {
                    receipts[fact.EventId] = record;
                }
            }
        }

        return [.. Ways([.. receipts.Values], measures)];
    }

    private static IEnumerable<PossibleCause> Ways(List<Transaction> receipts, IReadOnlyList<Measure> measures)
    {
        for (var per = 0; per < Per.Length; per++)
        {
            foreach (var (mode, english, japanese) in Modes)
            {
                var changes = Changes(receipts, per, mode);
                var parts = measures.Select(measure => Part(measure, changes)).ToArray();
                if (Array.Exists(parts, part => part is not (0 or null)))
                {
                    yield return new PossibleCause(
                        "rounding",
                        parts,
                        receipts.Count,
                        new CauseText(
                            $"The declaration rounds tax {Per[per].English}, {english}; what counts here is rounded as the receipts state it, or once per receipt and rate.",
                            $"申告は消費税を{Per[per].Japanese}に{japanese}で端数処理しています。当システムはレシートの記載額、またはレシート・税率ごとに1回の端数処理による金額です。"),
                        []);
                }
            }
        }
    }

    // By rate: how much more tax, and how much more gross (tax comes on top of stated nets, and lies within stated grosses).
    private static Dictionary<int, (long Tax, long Gross)> Changes(List<Transaction> receipts, int per, TaxRounding mode)
    {
        var changes = new Dictionary<int, (long Tax, long Gross)>();
        var groups = receipts.SelectMany((receipt, place) => receipt.Lines.Select(line => (Line: line, Place: place, receipt.Currency)))
            .GroupBy(one => (one.Line.RateBasisPoints, one.Line.TaxBasis, Group: per == 0 ? (one.Place, one.Line.LineNumber) : per == 1 ? (one.Place, 0) : default));
        foreach (var group in groups)
        {
            var exclusive = group.Key.TaxBasis == TaxBasis.Exclusive;
            var unit = Money.MinorUnitMicros(group.First().Currency);
            var tax = exclusive
                ? Tax.OnNet(group.Sum(one => one.Line.Net), group.Key.RateBasisPoints, mode, unit)
                : Tax.InGross(group.Sum(one => one.Line.Gross), group.Key.RateBasisPoints, mode, unit);
            var more = tax - group.Sum(one => one.Line.Tax);
            var known = changes.GetValueOrDefault(group.Key.RateBasisPoints);
            changes[group.Key.RateBasisPoints] = (known.Tax + more, known.Gross + (exclusive ? more : 0));
        }

        return changes;
    }

    private static long? Part(Measure measure, Dictionary<int, (long Tax, long Gross)> changes)
    {
        var ofRate = measure.Rate is { } rate ? changes.GetValueOrDefault(rate) : default;
        var (tax, gross) = (changes.Values.Sum(change => change.Tax), changes.Values.Sum(change => change.Gross));
        return measure.Kind switch
        {
            "gross" => gross,
            "net" => gross - tax,
            "tax" => tax,
            "rate_net" => ofRate.Gross - ofRate.Tax,
            "rate_tax" => ofRate.Tax,
            "rate_gross" => ofRate.Gross,
            "receipts" => 0,

            // What was paid follows the register's gross; with which means is not known.
            _ => gross == 0 ? 0 : null,
        };
    }
}
