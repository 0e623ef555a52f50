using RetailInsight.Api.Pages;

namespace RetailInsight.Tests.Api;

public sealed class FigureTextTests
{
    [Theory]
    [InlineData("JPY", "1234567", "¥1,234,567")]
    [InlineData("JPY", "0.5", "¥1")]
    [InlineData("JPY", "-1234.5", "−¥1,235")]
    [InlineData("JPY", "-0.4", "¥0")]
    [InlineData("GBP", "1234.5", "£1,234.50")]
    [InlineData("GBP", "0.005", "£0.01")]
    [InlineData("KWD", "1.2345", "KWD 1.235")]
    public void An_amount_has_the_decimals_of_its_currency(string currency, string amount, string text) =>
        Assert.Equal(text, new FigureText(Wording.Japanese, currency).Amount(decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData("ja", 120_000, "¥12万")]
    [InlineData("ja", 150_000_000, "¥1.5億")]
    [InlineData("ja", -25_000, "−¥2.5万")]
    [InlineData("ja", 500, "¥500")]
    [InlineData("en", 120_000, "¥120K")]
    [InlineData("en", 2_500_000, "¥2.5M")]
    public void An_axis_amount_is_brief_in_the_readers_units(string language, int amount, string text) =>
        Assert.Equal(text, new FigureText(Wording.Of(language), "JPY").Brief(amount));

    [Fact]
    public void Dates_are_written_in_the_readers_way()
    {
        var date = new DateOnly(2026, 11, 14);
        Assert.Equal("2026年11月14日(土)", new FigureText(Wording.Japanese, "JPY").LongDate(date));
        Assert.Equal("Sat 14 November 2026", new FigureText(Wording.English, "JPY").LongDate(date));
    }

    [Theory]
    [InlineData(109, 100, "up", "▲", "+9.0%")]
    [InlineData(91, 100, "down", "▼", "−9.0%")]
    [InlineData(100.5, 100, "flat", "→", "横ばい +0.5%")]
    public void A_change_is_said_with_arrow_and_sign_and_noise_is_steady(double now, double then, string style, string arrow, string text)
    {
        var trend = Trend.Share((decimal)now, (decimal)then, Wording.Japanese);
        Assert.Equal(new Trend(style, arrow, text), trend);
    }

    [Fact]
    public void A_change_from_nothing_is_not_a_percentage()
    {
        Assert.Null(Trend.Share(5, 0, Wording.Japanese));
        Assert.Null(Trend.Share(5, null, Wording.Japanese));
        Assert.Null(Trend.Points(null, 0.2m, Wording.Japanese));
        Assert.Equal("+5.0 pt", Trend.Points(0.25m, 0.2m, Wording.English)!.Text);
    }
}
