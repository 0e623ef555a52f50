using System.Globalization;
using System.Text;
using System.Text.Json;

namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>Fifty days of a register, each with one fault drawn at random between what it sold and what came: each fault is named.</summary>
public sealed class ZReportFaults(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly string[] Faults = ["missing_receipts", "quarantined", "unmapped", "late", "void", "cut_over", "rounding", "unexplained", ""];

    [Fact]
    public async Task Fifty_faults_are_all_named()
    {
        await using var gateway = await ReplayHost.StartAsync(postgres);
        await gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster());
        var random = new Random(20261110);
        var first = new DateOnly(2026, 3, 1);
        var wrong = new List<string>();
        for (var day = 0; day < 50; day++)
        {
            var date = first.AddDays(3 * day);
            var fault = Faults[day % Faults.Length];
            var (sold, pushed, later) = Day(random, date, fault);
            await gateway.Acme.LandAsync("vendor-a", Till.File(pushed));
            var compared = await gateway.Acme.DeclareAsync(Declared(random, date, sold, fault));
            if (later.Count > 0)
            {
                await gateway.Acme.LandAsync("vendor-a", Till.File(later));
                compared = await gateway.Acme.ComparisonAsync(date);
            }

            var named = string.Join("+", compared.Causes().Split("; ").Select(cause => cause.Split(' ')[0]));
            if (named != fault)
            {
                wrong.Add(string.Create(CultureInfo.InvariantCulture, $"{date:MM-dd}: {fault} was called {named}: {compared.GetProperty("causes")}"));
            }
        }

        Assert.Empty(wrong);
    }

    // What the register sold, what is pushed before it declares, and what is pushed after.
    private static (List<TillReceipt> Sold, List<TillReceipt> Pushed, List<TillReceipt> Later) Day(Random random, DateOnly date, string fault)
    {
        List<TillReceipt> sold =
        [
            .. Enumerable.Range(1, random.Next(8, 40)).Select(i => new TillReceipt(
                $"{i:0000}",
                date,
                $"{10 + (i / 4)}:{random.Next(15) + (15 * (i % 4)):00}:{random.Next(60):00}",
                [.. Enumerable.Range(1, random.Next(1, 5)).Select(_ => new TillLine(random.Next(90, 4_000), random.Next(3) == 0 ? 8 : 10))])
            {
                Tender = random.Next(3) == 0 ? "クレジット" : "現金",
            }),
        ];
        var pushed = sold.ToList();
        var (at, also) = (random.Next(2, sold.Count - 2), random.Next(1, 3));
        switch (fault)
        {
            case "missing_receipts":
                pushed.RemoveRange(at, also);
                break;
            case "quarantined":
                pushed[at] = pushed[at] with { Kind = "05" };
                pushed[at + 1] = pushed[at + 1] with { Kind = "05" };
                break;
            case "unmapped":
                pushed[at] = pushed[at] with { Pos = "P009" };
                break;
            case "late":
                return (sold, pushed, [pushed[at] with { Lines = [new TillLine(random.Next(5_000, 9_000))] }]);
            case "void":
                pushed.Add(sold[at] with { Number = "9000", Kind = "03", Original = sold[at].Number });
                break;
            case "cut_over":
                pushed.AddRange(Enumerable.Range(1, also).Select(i => new TillReceipt($"{sold.Count + i:0000}", date, $"2{3 + i}:3{i}:00", new TillLine(random.Next(300, 3_000)))));
                break;
        }

        return (sold, pushed, []);
    }

    private static Dictionary<string, object> Declared(Random random, DateOnly date, List<TillReceipt> sold, string fault)
    {
        var declared = Till.Declared(date, sold);
        if (fault == "rounding")
        {
            declared["taxes"] = new[] { 10, 8 }.Select(rate => new { rate = rate / 100m, tax = sold.SelectMany(sale => sale.Lines).Where(line => line.Rate == rate).Sum(line => line.Gross * rate / (100 + rate)) }).ToArray();
        }
        else if (fault == "unexplained")
        {
            declared["gross"] = (int)declared["gross"] + random.Next(50_001, 90_000);
        }

        return declared;
    }
}
