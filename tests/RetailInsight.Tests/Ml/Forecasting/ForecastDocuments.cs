using System.Text;
using RetailInsight.Ml.Forecasting;

namespace RetailInsight.Tests.Ml.Forecasting;

public sealed class ForecastDocuments
{
    private static readonly SyntheticChain Chain = new(Stores: 6, Days: 500, Growth: 0.05);

    private static readonly StoreForecaster Fitted = StoreForecaster.Fit(Chain.History(), []);

    [Fact]
    public void What_is_read_forecasts_to_the_last_bit_as_what_was_written()
    {
        var document = ForecastDocument.Write(Fitted);
        var read = ForecastDocument.Read(document);
        Assert.Equal(document, ForecastDocument.Write(read));
        foreach (var facts in Days())
        {
            Assert.Equal(Fitted.Forecast(facts), read.Forecast(facts));
            Assert.Equal(Fitted.Model.Explain(facts), read.Model.Explain(facts));
            Assert.Equal(Fitted.TotalErrors(facts.Day.Store, 20), read.TotalErrors(facts.Day.Store, 20));
        }
    }

    [Fact]
    public void The_same_days_in_any_order_give_the_same_bytes()
    {
        var days = Chain.History().ToArray();
        new Random(3).Shuffle(days);
        Assert.Equal(ForecastDocument.Write(Fitted), ForecastDocument.Write(StoreForecaster.Fit(days, [])));
    }

    [Theory]
    [InlineData("log-additive-forecast/1", "log-additive-forecast/0", "log-additive-forecast/0")]
    [InlineData("weekday of the store", "weekday of the moon", "weekday of the moon")]
    [InlineData("\"origin\":\"2024-12-31\"", "\"origin\":\"yesterday\"", "yesterday")]
    [InlineData("\"days\":500", "\"days\":\"many\"", "Format")]
    [InlineData("\"of\":[\"s000\",", "\"of\":[\"s000\",\"s000\",", "keys for")]
    [InlineData("{\"format\"", "{{\"format\"", "invalid")]
    public void Another_document_is_refused_by_what_is_wrong(string right, string wrong, string said)
    {
        var text = Encoding.UTF8.GetString(ForecastDocument.Write(Fitted));
        var place = text.IndexOf(right, StringComparison.Ordinal);
        var broken = string.Concat(text.AsSpan(0, place), wrong, text.AsSpan(place + right.Length));
        Assert.Contains(said, Assert.Throws<FormatException>(() => ForecastDocument.Read(Encoding.UTF8.GetBytes(broken))).Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void A_model_with_effects_of_its_own_has_no_document()
    {
        var own = new Effect("weekday", "weekday", 5, DayTraits.None, facts => new EffectKey("", facts.Weekday / 2));
        var forecaster = StoreForecaster.Fit(Chain.History(), [], new LogAdditiveOptions([own]));
        Assert.Throws<ArgumentException>(() => ForecastDocument.Write(forecaster));
    }

    [Fact]
    public void Tables_and_coefficients_alone_come_to_the_same_expectation()
    {
        var encoding = new ForecastEncoding(Fitted.Model);
        foreach (var facts in Days())
        {
            var day = encoding.Encode(facts);
            Assert.Equal(encoding.Tables.Count, day.Indices.Length);
            Assert.All(day.Indices.Zip(encoding.Tables), one => Assert.InRange(one.First, 0, one.Second.Values.Count - 1));
            Assert.Equal(encoding.InputNames.Count, day.Inputs.Length);
            Assert.Equal(1, Math.Exp(encoding.Predict(day)) / Fitted.Model.Expect(facts), 12);
        }
    }

    [Fact]
    public void What_was_never_seen_is_at_index_0_and_has_no_effect()
    {
        var encoding = new ForecastEncoding(Fitted.Model);
        Assert.All(encoding.Tables, table => Assert.Equal((0, ""), (table.Values[0], table.Keys[0])));
        Assert.All(encoding.Tables, table => Assert.Equal(table.Values.Count, table.Keys.Count));
        var day = encoding.Encode(new DayFacts(new OpenDay("never seen", "neither", SyntheticChain.End.AddDays(3), DayTraits.None), false, false));
        Assert.All(day.Indices.Zip(encoding.Tables).Where(one => one.Second.Name.EndsWith("of the store", StringComparison.Ordinal)), one => Assert.Equal(0, one.First));
    }

    private static IEnumerable<DayFacts> Days() =>
        from store in Enumerable.Range(0, 7)
        from ahead in Enumerable.Range(1, 45)
        select new DayFacts(SyntheticChain.Open(store, SyntheticChain.End.AddDays(ahead)), ahead % 5 == 0, ahead % 6 == 0);
}
