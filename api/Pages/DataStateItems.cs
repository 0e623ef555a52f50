using RetailInsight.Api.Health;
using RetailInsight.Api.Kpis;

namespace RetailInsight.Api.Pages;

/// <summary>
/// How far the figures of a page can be trusted, in the same words beside the figures of every page: registers, stores, missing numbers,
/// lateness, counters, and until when.
/// </summary>
internal static class DataStateItems
{
    private const int MostNames = 3;

    /// <summary>Items of the list that heads a page; none where nothing is on record.</summary>
    /// <param name="request">Whose page.</param>
    /// <param name="data">What arrived.</param>
    /// <param name="counted">Figures whose counters the page speaks of; null for those of the whole days on record.</param>
    public static Markup Render(PageRequest request, Completeness data, Figures? counted = null)
    {
        var said = DataStateWording.Of(request.Words);
        var counter = counted is not null ? Counter(counted, request.Words) : data.Total?.Coverage is { } coverage ? Counter(coverage, request.Words) : Markup.Empty;
        counter = data.CountersAreSimulated ? Markup.Of($"""{counter}<li class="warn">{said.Simulated}</li>""") : counter;
        if (data.Total is not { } total)
        {
            return counter;
        }

        var health = request.Address(PageLink.Health, request.StoreCode, data.Span.To);
        var registers = total.RegistersExpected == 0 ? Markup.Empty : Markup.Of(
            $"""<li class="{(total.RegistersReported < total.RegistersExpected ? "warn" : "good")}"><a href="{health}">{FigureText.Say(data.Span.Length == 1 ? said.Registers : said.RegisterDays, FigureText.Count(total.RegistersReported), FigureText.Count(total.RegistersExpected))}</a></li>""");
        var gaps = total.MissingNumbers == 0 ? Markup.Empty : Markup.Of($"""<li class="warn">{FigureText.Say(said.MissingNumbers, FigureText.Count(total.MissingNumbers))}</li>""");
        var late = total.LateReceipts == 0 ? Markup.Empty : Markup.Of($"<li>{FigureText.Say(said.Late, FigureText.Count(total.LateReceipts))}</li>");
        var until = total.LastAt is not { } at ? Markup.Empty : Markup.Of(
            $"""<li><time datetime="{at.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}">{FigureText.Say(said.Until, FigureText.Moment(TimeZoneInfo.ConvertTime(at, TimeZoneInfo.FindSystemTimeZoneById(request.TimeZone))))}</time></li>""");
        return Markup.Of($"{registers}{(request.Store is null ? Stores(request, data, said, health) : Days(data, total, said))}{gaps}{late}{counter}{until}");
    }

    /// <summary>What the counters behind some figures sent.</summary>
    public static Markup Counter(Figures figures, Wording words) => figures switch
    {
        { Visitors: null, ExpectedMinutes: 0 } => Markup.Of($"<li>{words.CounterNone}</li>"),
        { Visitors: null } => Markup.Of($"""<li class="bad">{words.CounterSilent}</li>"""),
        { Coverage: { } coverage } => Counter(coverage, words),
        _ => Markup.Empty,
    };

    private static Markup Counter(decimal coverage, Wording words) =>
        Markup.Of($"""<li class="{(coverage >= Figures.EnoughMinutes ? "good" : "warn")}">{FigureText.Say(words.CounterReceived, FigureText.Percent(coverage))}</li>""");

    private static Markup Days(Completeness data, HealthSum total, DataStateWording said) => data.Span.Length == 1 || total.Expected == 0 ? Markup.Empty : Markup.Of(
        $"""<li class="{(total.IsShort ? "warn" : "good")}">{FigureText.Say(said.Days, total.Whole, total.Expected)}</li>""");

    private static Markup Stores(PageRequest request, Completeness data, DataStateWording said, string health)
    {
        var expected = data.Stores.Where(store => store.Expected > 0).ToList();
        var lacking = expected.FindAll(store => store.IsShort);
        if (expected.Count == 0)
        {
            return Markup.Empty;
        }

        var whole = Markup.Of($"""<li class="{(lacking.Count > 0 ? "warn" : "good")}">{FigureText.Say(said.Stores, expected.Count - lacking.Count, expected.Count)}</li>""");
        if (lacking.Count == 0)
        {
            return whole;
        }

        var names = lacking.OrderBy(store => store.Reported - store.Expected).ThenBy(store => store.Whole - store.Expected).Take(MostNames)
            .Select(store => request.Stores.FirstOrDefault(one => one.Code == store.Store)?.Name ?? store.Store!).ToList();
        var more = lacking.Count <= MostNames ? "" : said.Separator + FigureText.Say(said.AndMore, lacking.Count - MostNames);
        return Markup.Of($"""{whole}<li class="warn"><a href="{health}">{FigureText.Say(said.NotWhole, string.Join(said.Separator, names) + more)}</a></li>""");
    }
}
