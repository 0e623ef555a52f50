using RetailInsight.Api.Kpis;
using RetailInsight.Api.Pages.Comparing;
using RetailInsight.Core.Canon;

namespace RetailInsight.Api.Pages.Day;

/// <summary>The key figures: net sales large, beside it the figures it is made of.</summary>
internal sealed class KeyFigureCards(DayPageModel model, Wording words, FigureText text)
{
    public Markup Render(Figures figures)
    {
        var said = new DayComparisonWords(model, words, text);
        var compared = new CardComparison(model.Comparison.Now, model.Comparison.Then, said.Versus, said.None);
        CardFigure[] cards = [.. CardFigure.Of(words, text), new(words.Coverage, words.CoverageNote, day => day.Coverage, FigureText.Percent, IsRatio: true)];
        return Markup.Of(
            $"""
            <section class="figures" aria-label="{words.KeyFigures}">
            {cards.Select((card, index) => FigureCard.Render(card, index == 0 ? "hero" : "", figures, index == 0 ? Aim(compared) : compared, words, [.. model.Days.Select(day => day.Figures is { } known ? card.Read(known) : null)], words.LastDays))}
            </section>
            """);
    }

    // Only net sales are compared with a target here, of the stores that have one; while the day runs the target of the whole day is only told.
    private CardComparison Aim(CardComparison compared) => model.Comparison is { Choice: PageComparison.Target, Target: { } aim } comparison && comparison.Now is { } now
        ? compared with
        {
            Now = comparison.UntilHour is null ? now with { Net = Money.ToMicros(Math.Round(aim.Actual, 6, MidpointRounding.AwayFromZero)) } : null,
            Then = now with { Net = Money.ToMicros(Math.Round(aim.Target, 6, MidpointRounding.AwayFromZero)) },
        }
        : compared;
}
