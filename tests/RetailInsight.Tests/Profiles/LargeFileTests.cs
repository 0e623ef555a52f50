using System.Text;
using RetailInsight.Core.Canon;
using RetailInsight.Local.Simulation;
using RetailInsight.Profiles;

namespace RetailInsight.Tests.Profiles;

/// <summary>A file converted piece by piece gives what it gives as a whole, wherever it is cut.</summary>
public sealed class LargeFileTests
{
    private static readonly Profile VendorA = ProfileCatalog.LoadEmbedded().Find("vendor-a")!;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_day_cut_anywhere_is_the_same_day(int seed)
    {
        var simulation = new RetailSimulation(new SimulationOptions { Stores = 4, Days = 3, ReceiptsPerStoreDay = 150, Imperfections = true });
        var context = new ConversionContext("t", new RetailInsight.Profiles.StoreDirectory(
            simulation.Stores.Select(store => new StoreEntry(store.Code, store.Name, new BusinessCalendar(TimeZoneInfo.FindSystemTimeZoneById(store.Zone), []))),
            simulation.Stores.SelectMany(store => simulation.Dates.SelectMany(date => simulation.RegistersOn(store, date)
                .Select(register => new PosAssignment(register.PosCode, store.Code, date, null))))));
        var random = new Random(seed);
        var compared = 0;
        foreach (var file in simulation.Files().Where(file => file.Feed == "vendor-a"))
        {
            for (var round = 0; round < 5; round++)
            {
                compared += Same(Damaged(file.Content, random), context, random) ? 1 : 0;
            }
        }

        Assert.True(compared > 10, $"{compared} files");
    }

    private static bool Same(byte[] content, ConversionContext context, Random random)
    {
        var whole = Converter.Convert(VendorA, content, context, default);
        var file = new LargeFile(VendorA);
        if (whole.Unreadable is { } refused)
        {
            Assert.False(file.Survey(content, last: true, default).TryGet(out _, out var rejection));
            Assert.Equal(refused, rejection);
            return true;
        }

        Each(content, random, (piece, _, last) => file.Survey(piece, last, default).TryGet(out var dealtWith, out var why) ? dealtWith : throw new InvalidOperationException(why.Detail));
        Assert.Equal(whole.RowsRead, file.Rows);
        if (file.Scattered)
        {
            return false;
        }

        var parts = new List<Conversion>();
        Each(content, random, (piece, begin, last) =>
        {
            var (conversion, end) = file.Convert(piece, begin, last, context, default);
            parts.Add(conversion);
            return (int)(end.Offset - begin.Offset);
        }, () => parts.Sum(part => part.RowsRead));
        Assert.Equal(Shown([whole]), Shown(parts));
        return true;
    }

    // Pieces of random lengths, each beginning where the one before was dealt with.
    private static void Each(byte[] content, Random random, Func<ReadOnlyMemory<byte>, FilePosition, bool, int> take, Func<int>? rows = null)
    {
        var (at, length) = (0, 0);
        while (true)
        {
            length = Math.Min(content.Length - at, length + random.Next(600, 4_000));
            var last = at + length == content.Length;
            var dealtWith = take(content.AsMemory(at, length), new FilePosition(at, rows?.Invoke() ?? 0), last);
            if (last)
            {
                return;
            }

            at += dealtWith;
            length = dealtWith == 0 ? length : 0;
        }
    }

    private static string Shown(List<Conversion> parts)
    {
        var text = new StringBuilder();
        text.AppendLine(System.Globalization.CultureInfo.InvariantCulture, $"{parts.Sum(part => part.RowsRead)} rows");
        foreach (var (record, rows) in parts.SelectMany(part => part.Transactions))
        {
            text.AppendLine(System.Globalization.CultureInfo.InvariantCulture, $"{record.EventId} {ContentHash.Of(record)} {record.Source} {rows} {string.Join(',', record.Lines.Select(line => line.SourceRow))}");
        }

        foreach (var held in parts.SelectMany(part => part.Held))
        {
            text.AppendLine(System.Globalization.CultureInfo.InvariantCulture, $"{held.Key} {held.Rows} {held.MoneyAtRisk} {string.Join(',', held.SourceRows)} {string.Join(';', held.Rejections)}");
        }

        foreach (var found in parts.SelectMany(part => part.Findings).GroupBy(finding => (finding.Code, finding.Field)).OrderBy(group => group.Key.ToString(), StringComparer.Ordinal))
        {
            text.AppendLine(System.Globalization.CultureInfo.InvariantCulture, $"{found.Key} {found.Sum(finding => finding.Count)} {found.First().Example} {found.First().At}");
        }

        return text.ToString();
    }

    // A quote, a line end, a byte that is no text or a cut, here and there.
    private static byte[] Damaged(byte[] content, Random random)
    {
        var copy = content.ToArray();
        for (var n = random.Next(0, 4); n > 0; n--)
        {
            var at = random.Next(copy.Length / 4, copy.Length);
            copy[at] = random.Next(5) switch
            {
                0 => (byte)'"',
                1 => (byte)'\n',
                2 => (byte)'\r',
                3 => 0xFF,
                _ => (byte)',',
            };
        }

        return copy;
    }
}
