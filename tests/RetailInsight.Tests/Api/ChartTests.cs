using System.Xml.Linq;
using RetailInsight.Api.Charts;
using RetailInsight.Api.Pages;

namespace RetailInsight.Tests.Api;

public sealed class ChartTests
{
    private static readonly HourChartWords Words = new("時間帯別", "純売上", "来店客数", "客数", "受信なし", "時");

    [Fact]
    public void A_sparkline_breaks_where_a_value_is_missing_and_marks_the_last() => Assert.Equal(
        """<svg class="spark" viewBox="0 0 132 32" role="img" aria-label="客数"><path d="M3 29L34.5 16M97.5 3L129 29"/><circle cx="129" cy="29" r="2.6"/></svg>""",
        Sparkline.Draw([0, 5, null, 10, 0], "客数").ToString());

    [Fact]
    public void A_sparkline_of_nothing_is_nothing() => Assert.Equal("", Sparkline.Draw([null, null], "客数").ToString());

    [Fact]
    public void A_silent_hour_is_hatched_at_full_height_and_an_empty_hour_has_no_bar()
    {
        var svg = Draw(
            new HourMark(10, 5000, 2, 10, CounterState.Complete, "a"), new HourMark(11, 0, 0, 0, CounterState.Complete, "b"),
            new HourMark(12, 3000, 1, null, CounterState.Silent, "c"), new HourMark(25, 1000, 1, 4, CounterState.Partial, "d"));
        var columns = svg.Elements().Where(element => element.Attribute("class")?.Value == "column").ToList();
        Assert.Equal(["hit", "sales", "visitors", "receipts"], Bars(columns[0]));
        Assert.Equal(["hit"], Bars(columns[1]));
        Assert.Equal(["hit", "sales", "silent", "receipts"], Bars(columns[2]));
        Assert.Equal(["hit", "sales", "visitors partial", "receipts"], Bars(columns[3]));
        Assert.Contains(svg.Descendants(), element => element.Value == "25時" && element.Name.LocalName == "text");
    }

    [Fact]
    public void A_chart_is_named_and_described_and_hostile_text_stays_text()
    {
        var svg = Draw(new HourMark(10, 1, 1, 1, CounterState.Complete, "<script>\"&"));
        Assert.Equal("img", svg.Attribute("role")!.Value);
        Assert.Equal("hours-desk-title hours-desk-desc", svg.Attribute("aria-labelledby")!.Value);
        Assert.Equal("<script>\"&", svg.Descendants().Last(element => element.Name.LocalName == "title").Value);
    }

    [Fact]
    public void Returns_above_sales_hang_below_the_line()
    {
        var svg = Draw(new HourMark(10, -4000, 0, 5, CounterState.Complete, ""), new HourMark(11, 8000, 1, 5, CounterState.Complete, ""));
        var minus = svg.Descendants().Single(element => element.Attribute("class")?.Value == "sales minus");
        var plus = svg.Descendants().Single(element => element.Attribute("class")?.Value == "sales");
        Assert.Equal(Number(plus, "y") + Number(plus, "height"), Number(minus, "y"), 0.11);
        Assert.Equal(Number(plus, "height"), 2 * Number(minus, "height"), 0.2);
    }

    [Theory]
    [InlineData("0", "0 1")]
    [InlineData("72", "0 20 40 60 80")]
    [InlineData("455583", "0 200000 400000 600000")]
    [InlineData("3", "0 1 2 3")]
    public void Ticks_are_round_and_reach_over_the_highest_value(string high, string ticks) => Assert.Equal(
        ticks, string.Join(' ', new ValueScale([decimal.Parse(high, System.Globalization.CultureInfo.InvariantCulture)], 0, 100).Ticks));

    [Fact]
    public void A_day_without_figures_is_hatched_and_every_day_leads_to_its_page()
    {
        var svg = XElement.Parse(TrendChart.Draw(
            Canvas.Phone, [new DayMark(null, false, false, "1", "日", "/?date=2026-11-01", "n"), new DayMark(10, true, true, "2", "月", "/?date=2026-11-02", "n")],
            "t", "s", "d", value => $"{value}").ToString());
        var days = svg.Elements().Where(element => element.Name.LocalName == "a").ToList();
        Assert.Equal(["/?date=2026-11-01", "/?date=2026-11-02"], days.Select(day => day.Attribute("href")!.Value));
        Assert.Equal(["hit", "silent"], Bars(days[0]));
        Assert.Equal(["hit", "sales weekend selected"], Bars(days[1]));
        Assert.Equal("date", days[1].Attribute("aria-current")!.Value);
    }

    private static XElement Draw(params HourMark[] hours) =>
        XElement.Parse(HourChart.Draw(Canvas.Desk, hours, Words, "説明", value => $"¥{value}").ToString());

    private static IEnumerable<string> Bars(XElement column) =>
        column.Elements().Where(element => element.Name.LocalName == "rect").Select(element => element.Attribute("class")!.Value);

    private static double Number(XElement element, string name) => (double)element.Attribute(name)!;
}
