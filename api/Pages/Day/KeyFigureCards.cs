using RetailInsight.Api.Kpis;

namespace RetailInsight.Api.Pages.Day;

/// <summary>The key figures: net sales large, beside it the figures it is made of.</summary>
internal sealed class KeyFigureCards(DayPageModel model, Wording words, FigureText text)
{
    public Markup Render(Figures figures)
    {
        var weekday = text.Weekday(model.Date);
        var compared = new CardComparison(
            model.Comparison.Now,
            model.Comparison.Then,
            (before, now) => model.Comparison.UntilHour is { } hour
                ? FigureText.Say(words.VersusWeekdayUntil, weekday, before, hour, now) : FigureText.Say(words.VersusWeekday, weekday, before),
            FigureText.Say(words.NoComparison, weekday));
        CardFigure[] cards = [.. CardFigure.Of(words, text), new(words.Coverage, words.CoverageNote, day => day.Coverage, FigureText.Percent, IsRatio: true)];
        return Markup.Of(
            $"""
            <section class="figures" aria-label="{words.KeyFigures}">
            {cards.Select((card, index) => FigureCard.Render(card, index == 0 ? "hero" : "", figures, compared, words, [.. model.Days.Select(day => day.Figures is { } known ? card.Read(known) : null)], words.LastDays))}
            </section>
            """);
    }
}
