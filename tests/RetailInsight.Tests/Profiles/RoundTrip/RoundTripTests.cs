using System.Globalization;
using System.Text;
using System.Text.Json;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Profiles;

namespace RetailInsight.Tests.Profiles.RoundTrip;

/// <summary>
/// Reading undoes printing: receipts made at random are printed in every vendor's format by code that knows nothing of the
/// profiles, and converting gives the content they were printed from.
/// </summary>
public sealed class RoundTripTests
{
    private const int Receipts = 200;

    private static readonly VendorFormat[] Formats = [.. CsvFormats.All, .. JsonFormats.All];

    public static TheoryData<string, int> Profiles()
    {
        var data = new TheoryData<string, int>();
        foreach (var format in Formats)
        {
            data.Add(format.Profile, 1);
            data.Add(format.Profile, 20_261_101);
        }

        return data;
    }

    [Fact]
    public void Every_shipped_profile_of_receipts_has_a_printer() => Assert.Equal(
        ProfileFixtures.Catalog.All.Where(profile => profile.Content == FeedContent.Transactions).Select(profile => profile.Id).Distinct().Order(), Formats.Select(format => format.Profile).Order());

    [Theory]
    [MemberData(nameof(Profiles))]
    public void What_is_printed_comes_out_as_it_was(string profile, int seed)
    {
        var format = Formats.Single(one => one.Profile == profile);
        var tills = new SaleMaker(format.Carries, seed).Make(Receipts);
        Assert.All(format.Carries.Kinds, kind => Assert.Contains(tills, till => till.Sale.Kind == kind));
        var read = new Dictionary<string, Transaction>();
        foreach (var payload in format.Print(tills))
        {
            var conversion = ProfileFixtures.Convert(profile, payload);
            Assert.True(conversion.Unreadable is null && conversion.Held.Count == 0 && conversion.Findings.Count == 0, Shown(conversion));
            foreach (var converted in conversion.Transactions)
            {
                ProfileFixtures.AssertMoneyBalances(converted.Record);
                read.Add(converted.Record.ReceiptNumber, converted.Record);
            }
        }

        Assert.Equal(tills.Count, read.Count);
        Assert.Equal(tills.Count, read.Values.Select(record => record.EventId).Distinct().Count());
        foreach (var (sale, record) in tills)
        {
            var expected = sale.Kind == TransactionKind.Void ? record with { OriginalEventId = read[sale.Original].EventId } : record;
            var actual = read[sale.Number];
            Assert.True(ContentHash.Of(expected) == ContentHash.Of(actual), $"{Shown(expected)}\n{Shown(actual)}");
        }
    }

    [Fact]
    public void Counts_come_out_as_they_were()
    {
        var random = new Random(7);
        var intervals = Enumerable.Range(0, 200).Select(i => (Line: $"entrance-{(i % 2) + 1}", From: new DateTime(2026, 11, 1).AddMinutes(i / 2 * 15), In: random.Next(100), Out: random.Next(100))).ToList();
        var payload = JsonSerializer.SerializeToUtf8Bytes(new
        {
            device = "PC-1",
            store = "S001",
            intervals = intervals.Select(one => new { line = one.Line, from = Iso(one.From), to = Iso(one.From.AddMinutes(15)), @in = one.In, @out = one.Out }),
        });
        var counts = ProfileFixtures.Convert("people-counter", payload).PeopleCounts.Select(count => count.Record).ToList();
        Assert.Equal(
            intervals.Select(one => ("S001", "PC-1", one.Line, Iso(one.From), one.In, one.Out)),
            counts.Select(count => (count.Store, count.Device, count.Line, Iso(count.From.DateTime), (int)count.Entered, (int)count.Left)));
    }

    [Fact]
    public void Register_assignments_come_out_as_they_were()
    {
        var random = new Random(7);
        var assignments = Enumerable.Range(0, 100).Select(i => new PosAssignment($"P{i:000}", random.Next(2) == 0 ? "S001" : "S002", new DateOnly(2026, 1, 1).AddDays(i), i % 3 == 0 ? null : new DateOnly(2026, 12, 31))).ToList();
        var rows = assignments.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Terminal},{one.Store},店,{one.ValidFrom:yyyy/MM/dd},{one.ValidTo:yyyy/MM/dd}\r\n"));
        var payload = ProfileFixtures.Cp932.GetBytes("POSコード,店舗コード,店舗名,有効開始日,有効終了日\r\n" + string.Concat(rows));
        Assert.Equal(assignments, ProfileFixtures.Convert("vendor-a-pos-master", payload).PosAssignments.Select(one => one.Record));
    }

    private static string Iso(DateTime at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture) + "+09:00";

    private static string Shown(Conversion conversion) => string.Join(
        '\n',
        [
            conversion.Unreadable?.Detail ?? "",
            .. conversion.Held.Take(3).SelectMany(held => held.Rejections.Select(rejection => $"{held.Key}: {rejection.Field}: {rejection.Detail}")),
            .. conversion.Findings.Select(finding => $"{finding.Count} x {finding.Code} {finding.Field}: {finding.Example}"),
        ]);

    private static string Shown(Transaction record)
    {
        var text = new StringBuilder(string.Create(
            CultureInfo.InvariantCulture,
            $"{record.Kind} {record.ReceiptNumber} {record.Store} {record.Terminal} {record.BusinessDate:o} {record.OccurredAt:o} {record.Currency} {record.Guests} '{record.Customer}' {record.OriginalEventId} r{record.SourceRevision}\n"));
        text.AppendJoin('\n', record.Lines.Select(line => line with { SourceRow = 0 })).Append('\n');
        text.AppendJoin('\n', record.TaxBuckets).Append('\n');
        text.AppendJoin('\n', record.Tenders).Append('\n');
        return text.AppendJoin('\n', record.Discounts).Append('\n').ToString();
    }
}
