using RetailInsight.Api.Kpis;
using RetailInsight.Api.Metrics;
using RetailInsight.Api.Pages;
using RetailInsight.Tests.House;

namespace RetailInsight.Tests.Api;

/// <summary>One figure has one name: that of its definition card, on every page, in both languages.</summary>
public sealed class FigureNameTests
{
    private static readonly Figures Day = new("JPY", 120_000_000_000, 0, 0, 80, 200_000_000, 0, 400, 80, 400, 600, 600);

    public static TheoryData<string, string> Figures => new()
    {
        { nameof(Wording.NetSales), "net_sales" }, { nameof(Wording.Receipts), "receipts" }, { nameof(Wording.BasketValue), "basket_value" }, { nameof(Wording.ItemsPerReceipt), "items_per_receipt" },
        { nameof(Wording.Visitors), "visitors" }, { nameof(Wording.PricePerItem), "item_price" }, { nameof(Wording.Conversion), "conversion" }, { nameof(Wording.Coverage), "counter_coverage" },
        { nameof(Wording.TargetShare), "target_achievement" },
    };

    [Theory]
    [MemberData(nameof(Figures))]
    public void A_page_calls_a_figure_what_its_definition_card_does(string word, string metric)
    {
        var name = MetricCatalogue.Find(metric)!.Name;
        Assert.Equal(name.Ja, typeof(Wording).GetProperty(word)!.GetValue(Wording.Japanese));
        Assert.Equal(name.En, typeof(Wording).GetProperty(word)!.GetValue(Wording.English));
    }

    [Theory]
    [InlineData("ja")]
    [InlineData("en")]
    public void Cards_and_definitions_are_those_of_the_catalogue(string language)
    {
        var words = Wording.Of(language);
        var names = MetricCatalogue.All.ToDictionary(metric => metric.Name.In(language));
        var cards = CardFigure.Of(words, new FigureText(words, "JPY"));
        Assert.All(cards, card => Assert.Contains(card.Name, names.Keys));
        Assert.Equal(
            ["net_sales 120000", "visitors 400", "conversion 0.2", "receipts 80", "basket_value 1500", "items_per_receipt 2.5"],
            cards.Select(card => $"{names[card.Name].Id} {card.Read(Day):0.##}"));
        Assert.All(words.DefinitionList, definition => Assert.StartsWith(names[definition.Term].Formula.In(language), definition.Meaning, StringComparison.Ordinal));
    }

    // 客数 alone is how many people a receipt states (guests), which is not how many receipts there are.
    [Fact]
    public void No_page_has_another_name_for_a_figure()
    {
        string[] others = ["純売上", "\"客数\"", "\"Customers\"", "\"Price per item\"", "\"Of target\"", "\"充足率\""];
        var wordings = Checkout.Files.Where(file => file.StartsWith("api/Pages/", StringComparison.Ordinal) && file.EndsWith("Wording.cs", StringComparison.Ordinal) && !file.Contains("/Customers/", StringComparison.Ordinal)).ToList();
        Assert.True(wordings.Count > 10);
        Checkout.AssertNone(wordings.SelectMany(file => others.Where(other => Checkout.Read(file).Replace("\"Products\", \"Customers\"", "", StringComparison.Ordinal).Contains(other, StringComparison.Ordinal)).Select(other => $"{file}: {other}")));
    }
}
