using RetailInsight.Api.Pages.Day;

namespace RetailInsight.Api.Pages.Comparing;

/// <summary>What the page of a day says about what it is compared with.</summary>
internal sealed class DayComparisonWords(DayPageModel model, Wording words, FigureText text)
{
    private readonly ComparisonWording _wording = ComparisonWording.Of(words);
    private readonly ComparisonText _said = new(words, model.Calendar.Retail);

    /// <summary>Heads a column of changes.</summary>
    public string Heading => model.Comparison switch
    {
        { Choice: PageComparison.Target } => words.Target,
        { Choice: PageComparison.SameWeekday } => FigureText.Say(words.VersusWeekday, text.Weekday(model.Date), ""),
        { Pair: { } pair } => _said.Date(pair.Other),
        _ => "",
    };

    /// <summary>The other day and why; empty for a target.</summary>
    public string Reason => model.Comparison.Pair is { } pair ? _said.OfDay(pair) : "";

    /// <summary>Said where there is nothing to compare with.</summary>
    public string None => model.Comparison.Choice switch
    {
        PageComparison.Target => _wording.NoTarget,
        PageComparison.SameWeekday => FigureText.Say(words.NoComparison, text.Weekday(model.Date)),
        _ => _wording.None,
    };

    /// <summary>Says of a figure what it was, and of a running day until when.</summary>
    public string Versus(string before, string now) => model.Comparison is { UntilHour: null, Stores: { } stores } && stores.Both < stores.Now
        ? FigureText.Say(DataStateWording.Of(words).ComparedPart, now, VersusAll(before, now)) : VersusAll(before, now);

    private string VersusAll(string before, string now) => (model.Comparison.Choice, model.Comparison.UntilHour) switch
    {
        (PageComparison.Target, null) => FigureText.Say(_wording.Target, before),
        (PageComparison.Target, _) => FigureText.Say(_wording.TargetOfWholeDay, before),
        (PageComparison.SameWeekday, { } hour) => FigureText.Say(words.VersusWeekdayUntil, text.Weekday(model.Date), before, hour, now),
        (PageComparison.SameWeekday, null) => FigureText.Say(words.VersusWeekday, text.Weekday(model.Date), before),
        (_, { } hour) => FigureText.Say(_wording.VersusUntil, Heading, hour, before, now),
        _ => FigureText.Say(_wording.Versus, Heading, before),
    };

    /// <summary>A change of net sales in a sentence. <paramref name="amount"/> in currency units.</summary>
    public string Change(decimal amount)
    {
        var size = text.Amount(Math.Abs(amount));
        return model.Comparison.Choice == PageComparison.SameWeekday
            ? FigureText.Say(amount > 0 ? words.WhyUp : amount < 0 ? words.WhyDown : words.WhySame, text.Weekday(model.Date), size)
            : FigureText.Say(amount > 0 ? _wording.Up : amount < 0 ? _wording.Down : _wording.Same, Heading, size);
    }
}
