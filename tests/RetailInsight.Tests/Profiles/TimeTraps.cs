using RetailInsight.Core.Canon;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles;
using RetailInsight.Profiles.Values;

namespace RetailInsight.Tests.Profiles;

/// <summary>Traps of dates, times and what spreadsheets do to values.</summary>
public sealed class TimeTraps
{
    [Theory]
    [InlineData("R7.8.1", "2025-08-01")]
    [InlineData("令和7年8月1日", "2025-08-01")]
    [InlineData("令和７年８月１日", "2025-08-01")]
    [InlineData("令和元年5月1日", "2019-05-01")]
    [InlineData("㋿元年12月31日", "2019-12-31")]
    [InlineData("H31/4/30", "2019-04-30")]
    [InlineData("S64.1.7", "1989-01-07")]
    [InlineData("R070801", "2025-08-01")]
    public void Dates_of_the_Japanese_calendar_are_read(string text, string expected)
    {
        Assert.True(TimeText.TryDate(text, ["era"], out var date, out var afterEra));
        Assert.Equal((DateOnly.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), false), (date, afterEra));
    }

    [Theory]
    [InlineData("平成31年4月31日")]
    [InlineData("令和0年1月1日")]
    [InlineData("令和元年4月30日")]
    [InlineData("R7.13.1")]
    [InlineData("7.8.1")]
    [InlineData("R7.8")]
    [InlineData("R7.8.1x")]
    [InlineData("")]
    public void What_is_no_date_of_the_calendar_is_none(string text) => Assert.False(TimeText.TryDate(text, ["era"], out _, out _));

    [Fact]
    public void One_column_of_trading_day_and_late_hour_gives_both()
    {
        var sale = Assert.Single(TrapFeed.Convert(
            "1,R8.11.01 25:10,,S,,A,,1,108,0,8,reduced,inclusive,0,108\n",
            ("business_date: { from: day, type: date, formats: [yyyy-MM-dd] }", "business_date: { from: day, type: date, formats: [era], cut_at: \" \" }"),
            ("occurred_at: { from: time, type: time }", "occurred_at: { from: day, type: timestamp, formats: [era HH:mm] }")).Transactions).Record;
        Assert.Equal(new DateOnly(2026, 11, 1), sale.BusinessDate);
        Assert.Equal(new DateTime(2026, 11, 2, 1, 10, 0, DateTimeKind.Unspecified), sale.OccurredAt.DateTime);
    }

    [Fact]
    public void A_date_after_the_end_of_its_era_is_read_and_counted()
    {
        var conversion = TrapFeed.Convert("1,平成31年5月1日,10:00,S,,A,,1,108,0,8,standard,inclusive,0,108\n", ("formats: [yyyy-MM-dd]", "formats: [era]"));
        Assert.Equal(new DateOnly(2019, 5, 1), conversion.Transactions[0].Record.BusinessDate);
        Assert.Equal((FindingCode.DateAfterEra, "day", 1), (conversion.Findings[0].Code, conversion.Findings[0].Field, conversion.Findings[0].Count));
    }

    [Theory]
    [InlineData("yy/MM/dd", "25/08/01", "2025-08-01")]
    [InlineData("reiwa yy/MM/dd", "07/08/01", "2025-08-01")]
    [InlineData("reiwa yyMMdd", "010501", "2019-05-01")]
    [InlineData("excel", "45870", "2025-08-01")]
    [InlineData("yyyyMMdd", "２０２５０８０１", "2025-08-01")]
    public void Two_digit_years_and_day_numbers_mean_what_the_profile_says(string format, string text, string expected)
    {
        Assert.True(TimeText.TryDate(text, [format], out var date, out _));
        Assert.Equal(expected, date.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
        Assert.False(TimeText.TryDate(text, ["yyyy-MM-dd"], out _, out _));
    }

    [Theory]
    [InlineData("yyyy/MM/dd HH:mm", "2025/08/01 25:30", "2025-08-02T01:30:00")]
    [InlineData("yyyy/MM/dd HH:mm:ss", "2025/08/31 24:00:00", "2025-09-01T00:00:00")]
    [InlineData("yyyyMMddHHmm", "202508014759", "2025-08-02T23:59:00")]
    [InlineData("era HH:mm", "令和7年8月1日 25:30", "2025-08-02T01:30:00")]
    [InlineData("excel", "45870.5", "2025-08-01T12:00:00")]
    public void Hours_past_midnight_belong_to_the_next_day(string format, string text, string expected)
    {
        Assert.True(TimeText.TryTimestamp(text, [format], out var moment));
        Assert.Equal(expected, moment.Wall.ToString("yyyy-MM-dd'T'HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("2025/08/01 48:00")]
    [InlineData("2025/08/01 25:60")]
    [InlineData("2025/13/01 25:30")]
    public void No_hour_is_past_47_and_no_minute_past_59(string text) => Assert.False(TimeText.TryTimestamp(text, ["yyyy/MM/dd HH:mm"], out _));

    [Fact]
    public void A_stated_date_wins_over_the_cut_over_and_is_derived_until_it_comes()
    {
        var path = Path.Combine(ProfileFixtures.VendorsFolder, "smaregi", "samples", "transactions.json");
        var open = ProfileFixtures.Convert("smaregi", File.ReadAllBytes(path)).Transactions.Single(t => t.Record.ReceiptNumber == "10022").Record;
        Assert.Equal((new DateOnly(2026, 11, 1), RetailInsight.Core.Canon.V1.BusinessDateSource.Derived), (open.BusinessDate, open.BusinessDateSource));
    }

    [Fact]
    public void A_sale_of_next_week_is_counted_or_held_as_the_profile_says()
    {
        const string Row = "1,2026-11-08,10:00,S,,A,,1,110,0,10,standard,inclusive,0,110\n";
        var received = new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.FromHours(9));
        Assert.Equal(FindingCode.FutureDate, TrapFeed.Convert(Row, received, ("total: true }", "total: true, future: note }")).Findings[0].Code);
        Assert.Equal(RejectionReason.FieldRange, Assert.Single(TrapFeed.Convert(Row, received, ("total: true }", "total: true, future: hold }")).Held).Rejections[0].Reason);
    }

    [Fact]
    public void F7_Blanks_around_a_code_do_not_make_another_store_or_register()
    {
        var row = " POS01\t,2026/11/01,10:00:00,000001,01,,1,49,牛乳,01,1,108,108,0,8,軽減,0,108,,8,現金,108,,\r\n";
        Assert.Equal("POS01", ProfileFixtures.ConvertVendorA(row).Transactions[0].Record.Terminal);
    }

    [Theory]
    [InlineData("\"1,100\"", 1100)]
    [InlineData("\"¥1,100\"", 1100)]
    [InlineData("１１００", 1100)]
    [InlineData("\"(1,100)\"", -1100)]
    [InlineData("（1100）", -1100)]
    [InlineData("△1100", -1100)]
    [InlineData("▲1100", -1100)]
    [InlineData("−1100", -1100)]
    public void F8_Numbers_as_spreadsheets_print_them_are_read(string text, int yen)
    {
        var conversion = TrapFeed.Convert($"1,2026-11-01,10:00,S,,A,,1,{text},0,10,standard,inclusive,0,\n");
        Assert.Equal(yen * 1_000_000L, conversion.Transactions[0].Record.Gross);
    }

    [Theory]
    [InlineData("(-1)")]
    [InlineData("(1")]
    [InlineData("()")]
    [InlineData("####")]
    public void F8_What_is_no_number_is_held(string text) => Assert.Single(TrapFeed.Convert($"1,2026-11-01,10:00,S,,A,,1,{text},0,10,standard,inclusive,0,\n").Held);

    [Fact]
    public void F8_Leading_zeros_of_a_code_stay_and_scientific_notation_holds_the_row()
    {
        string Row(string no, string item) => $"{no},2026-11-01,10:00,S,,{item},,1,110,0,10,standard,inclusive,0,110\n";
        var conversion = TrapFeed.Convert(Row("1", "00123") + Row("2", "4.90E+12"));
        Assert.Equal("00123", Assert.Single(conversion.Transactions).Record.Lines[0].Item.Code);
        Assert.Equal("item", Assert.Single(conversion.Held).Rejections[0].Field);
    }
}
