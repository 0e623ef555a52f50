using System.Globalization;

namespace RetailInsight.IntegrationTests.Etl;

public sealed class ChangesOfAStoreDayAreKept(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Changes = """
        SELECT format('%s %s net=%s>%s receipts=%s>%s visitors=%s>%s run=%s', reason, first, coalesce(net_was / 1000000, -1), coalesce(net_is / 1000000, -1),
          coalesce(receipts_was, -1), coalesce(receipts_is, -1), coalesce(visitors_was, -1), coalesce(visitors_is, -1), coalesce(dag_run, -1))
        FROM mart.kpi_change ORDER BY id
        """;

    private static readonly DateOnly Day = SyntheticCompany.FirstDay;

    [Fact]
    public async Task Was_and_is_and_why_are_written_with_the_figures_and_nothing_where_nothing_changed()
    {
        var company = new SyntheticCompany(11);
        await using var harness = await MartHarness.StartAsync(postgres, company);
        await harness.LoadAsync(company.Batches().Select(batch => batch.Message));
        await PublishAsync(harness);
        await PublishAsync(harness);
        var first = Assert.Single(await harness.AsJobAsync(Changes));
        Assert.StartsWith("first t net=-1>", first, StringComparison.Ordinal);
        Assert.EndsWith("run=42", first, StringComparison.Ordinal);

        // Fewer receipts than there are now, on a day long over: the rest came late.
        await harness.AsJobAsync("UPDATE mart.kpi_store_day SET net = net - 5000000, receipts = receipts - 1");
        await PublishAsync(harness);
        Assert.StartsWith("late_data f", (await harness.AsJobAsync(Changes))[^1], StringComparison.Ordinal);

        // More money on as many receipts: something was corrected.
        await harness.AsJobAsync("UPDATE mart.kpi_store_day SET net = net + 7000000");
        await PublishAsync(harness);
        Assert.StartsWith("correction f", (await harness.AsJobAsync(Changes))[^1], StringComparison.Ordinal);

        // What no figure of the three says is no change worth telling.
        await harness.AsJobAsync("UPDATE mart.kpi_store_day SET observed_minutes = observed_minutes + 1, guests = 9");
        await PublishAsync(harness);
        Assert.Equal(3, (await harness.AsJobAsync(Changes)).Count);

        // What is rolled back was never published, and a store-day that comes back is not new.
        await harness.AsJobAsync("UPDATE mart.kpi_store_day SET receipts = receipts - 2");
        await harness.PublishAsync(await harness.StageAsync("kpi_store_day", Day, "s1"), commit: false);
        Assert.Equal(3, (await harness.AsJobAsync(Changes)).Count);
        await harness.AsJobAsync("DELETE FROM mart.kpi_store_day");
        await PublishAsync(harness);
        Assert.StartsWith("late_data f net=-1>", (await harness.AsJobAsync(Changes))[^1], StringComparison.Ordinal);

        // Of a day of which counters alone had reported nobody knew the sales: that is not zero.
        await harness.AsJobAsync("UPDATE mart.kpi_store_day SET net = 0, tax = 0, gross = 0, receipts = 0, sales_reported = false");
        await PublishAsync(harness);
        var known = await harness.AsJobAsync(Changes);
        Assert.Equal(5, known.Count);
        Assert.Matches("^late_data f net=-1>[0-9]+ receipts=-1>[0-9]+ ", known[^1]);
    }

    [Theory]
    [InlineData(2, 1260, 0, "new_data")]
    [InlineData(0, 2880, 0, "new_data")]
    [InlineData(-1, 1260, 0, "late_data")]
    [InlineData(-3, 2880, 0, "late_data")]
    public async Task A_business_day_that_is_not_over_gets_new_data(int daysFromToday, int closes, int cutOver, string reason)
    {
        var company = new SyntheticCompany(12);
        await using var harness = await MartHarness.StartAsync(postgres, company);
        await harness.LoadAsync(company.Batches().Select(batch => batch.Message));
        await harness.PublishAsync(await harness.StageAsync("kpi_store_day", Day, "s1"));

        // The clock of the server decides, so the day and the store's zone are moved rather than the time: here it is noon or later.
        var now = DateTimeOffset.Parse((await harness.AsJobAsync("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"))[0], CultureInfo.InvariantCulture);
        var offset = 12 - now.Hour;
        var zone = offset == 0 ? "UTC" : string.Create(CultureInfo.InvariantCulture, $"Etc/GMT{(offset > 0 ? "-" : "+")}{Math.Abs(offset)}");
        var today = DateOnly.FromDateTime(now.UtcDateTime.AddHours(offset));
        await harness.AsJobAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"UPDATE tenancy.store SET time_zone = '{zone}', closes_minute = {closes}, cut_over_minute = {cutOver} WHERE store = 's1'"));
        await harness.AsJobAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"UPDATE mart.kpi_store_day SET business_date = '{today.AddDays(daysFromToday):O}'"));
        var staged = await harness.StageAsync("kpi_store_day", Day, "s1");
        await harness.AsJobAsync(string.Create(
            CultureInfo.InvariantCulture, $"UPDATE {staged.Table} SET business_date = '{today.AddDays(daysFromToday):O}', receipts = receipts + 1"));
        await harness.PublishAsync(staged with { Partition = staged.Partition with { BusinessDate = today.AddDays(daysFromToday) } });

        Assert.StartsWith(reason + " ", (await harness.AsJobAsync(Changes.Replace("first,", "false,", StringComparison.Ordinal)))[^1], StringComparison.Ordinal);
    }

    private static async Task PublishAsync(MartHarness harness) =>
        await harness.PublishAsync(await harness.StageAsync("kpi_store_day", Day, "s1") with { DagRun = 42 });
}
