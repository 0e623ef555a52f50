using System.Globalization;
using RetailInsight.Core.Canon;
using RetailInsight.Gateway.Feeds;

namespace RetailInsight.Gateway.Reconciliation;

/// <summary>Compares declared totals with what counts, and names the causes of differences from the data.</summary>
internal sealed class DeclarationComparison(FactQueries facts, RoundingCauses rounding, StoreMaster master)
{
    private static readonly CauseText Unexplained = new(
        "Nothing in the data explains the rest. Compare the register's journal with the receipts listed for this store-day.",
        "残りの差異は手元のデータでは説明できません。レジのジャーナルと、この店舗・営業日のレシートを突き合わせてください。");

    /// <summary>The comparisons of store-days, by declaration.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="feeds">Feeds whose declarations the caller sees.</param>
    /// <param name="days">Store-days.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<ILookup<(string Store, DateOnly Date), Comparison>> CompareAsync(
        string tenant, string[] feeds, IReadOnlyList<(string Store, DateOnly Date)> days, CancellationToken cancellationToken)
    {
        var compared = new List<((string Store, DateOnly Date) Day, Comparison Comparison)>();
        foreach (var declared in await facts.DeclaredAsync(tenant, feeds, days, cancellationToken))
        {
            compared.Add(((declared.Store, declared.BusinessDate), await CompareAsync(tenant, declared, cancellationToken)));
        }

        return compared.ToLookup(one => one.Day, one => one.Comparison);
    }

    private async Task<Comparison> CompareAsync(string tenant, DeclaredDay declared, CancellationToken cancellationToken)
    {
        var day = await facts.FactsAsync(tenant, declared, cancellationToken);
        var counted = day.Counted(declared.BusinessDate, declared.Terminal);
        var figures = Complete(declared.Figures, counted);
        var measures = figures.ConvertAll(figure => figure.Measure);
        var here = measures.ConvertAll(measure => counted.Sum(measure.Of));
        var difference = figures.Select((figure, place) => checked(figure.Value - here[place])).ToArray();
        var gaps = NumberGaps.Of(day, declared.BusinessDate, declared.Terminal);
        var causes = Array.TrueForAll(difference, value => value == 0) ? [] : await CausesAsync(tenant, declared, day, counted, measures, difference, gaps, cancellationToken);
        return new Comparison(
            declared.Vendor,
            declared.Feed,
            declared.Terminal,
            declared.ReportNumbers,
            declared.Revision,
            declared.ReceivedAt,
            [.. declared.IngestionIds.Select(id => Id128.FromGuid(id).ToString())],
            declared.Currency,
            Array.TrueForAll(difference, value => value == 0) ? "matched" : "difference",
            measures[0].Text(difference[0]),
            [.. figures.Select((figure, place) => new ComparedMeasure(
                figure.Measure.Kind,
                figure.Measure.Rate is { } rate ? StoreDayQueries.Rate(rate) : null,
                figure.Measure.Tender,
                figure.Measure.Text(figure.Value),
                figure.Measure.Text(here[place]),
                figure.Measure.Text(difference[place])))],
            causes,
            gaps);
    }

    private async Task<List<Cause>> CausesAsync(
        string tenant,
        DeclaredDay declared,
        DayFacts day,
        List<DayFact> counted,
        List<Measure> measures,
        long[] difference,
        List<NumberGap> gaps,
        CancellationToken cancellationToken)
    {
        var search = new CauseSearch(measures, difference);
        var possible = new PossibleCauses(day, declared, measures, await BordersAsync(tenant, declared, cancellationToken), search.Together > 1);
        var families = possible.Families().FindAll(family => family.Count > 0);
        var found = search.Exact(families);
        if (found is null && counted.Count > 0)
        {
            found = search.Exact([await rounding.FindAsync(tenant, counted, measures, cancellationToken), .. families]);
        }

        found ??= Partly(search, possible.Known(), measures, difference, gaps);
        var parts = search.Settle(found).ToList();
        var rest = difference.Select((value, place) => value - parts.Sum(part => part[place])).ToArray();
        if (Array.Exists(rest, value => value != 0))
        {
            found.Add(new PossibleCause("unexplained", Array.ConvertAll(rest, value => (long?)value), 0, Unexplained, []));
            parts.Add(rest);
        }

        return [.. found.Select((cause, at) => new Cause(
            cause.Code, measures[0].Text(parts[at][0]), [.. parts[at].Select((part, place) => measures[place].Text(part))], cause.Count, cause.Text, cause.Evidence))];
    }

    // What is known to be missing here makes the difference smaller, or is left out; numbers that are missing take what is declared more.
    private static List<PossibleCause> Partly(CauseSearch search, List<PossibleCause> known, List<Measure> measures, long[] difference, List<NumberGap> gaps)
    {
        foreach (var causes in (List<PossibleCause>[])[known, []])
        {
            var rest = search.Rest(causes);
            if (Missing(measures, rest, gaps) is { } missing)
            {
                return [.. causes, missing];
            }
        }

        return known.Count > 0 && Math.Abs(search.Rest(known)[0]) < Math.Abs(difference[0]) ? known : [];
    }

    private static PossibleCause? Missing(List<Measure> measures, long[] rest, List<NumberGap> gaps)
    {
        var numbers = gaps.Sum(gap => gap.Count);
        var receipts = measures.FindIndex(measure => measure.Kind == "receipts");
        if (numbers == 0 || rest[0] <= 0 || (receipts >= 0 && (rest[receipts] < 1 || rest[receipts] > numbers)))
        {
            return null;
        }

        var first = string.Join(", ", gaps.Take(5).Select(gap => gap.First == gap.Last ? $"{gap.Terminal} {gap.First}" : $"{gap.Terminal} {gap.First}–{gap.Last}"));
        var text = new CauseText(
            string.Create(CultureInfo.InvariantCulture, $"Receipt numbers of the day that never came: {numbers} ({first}). Send these receipts again; what has come already is not counted twice."),
            string.Create(CultureInfo.InvariantCulture, $"この営業日のレシート番号が{numbers}件届いていません（{first}）。該当レシートを再送してください。届いている分が二重に集計されることはありません。"));
        return new PossibleCause("missing_receipts", Array.ConvertAll(rest, value => (long?)value), numbers, text, []);
    }

    // A list of rates or of tenders is complete: what is not in it is declared as nothing.
    private static List<(Measure Measure, long Value)> Complete(IReadOnlyList<(Measure Measure, long Value)> declared, List<DayFact> counted)
    {
        var figures = declared.ToList();
        if (figures.Exists(figure => figure.Measure.Kind == "tender"))
        {
            figures.AddRange(counted.SelectMany(fact => fact.Tenders).Select(paid => new Measure("tender", null, paid.Method)).Distinct()
                .Where(measure => !figures.Exists(figure => figure.Measure == measure)).Select(measure => (measure, 0L)).ToList());
        }

        foreach (var kind in figures.Select(figure => figure.Measure).Where(measure => measure.Rate is not null).Select(measure => measure.Kind).Distinct().ToList())
        {
            figures.AddRange(counted.SelectMany(fact => fact.Taxes).Select(tax => new Measure(kind, tax.Rate)).Distinct()
                .Where(measure => !figures.Exists(figure => figure.Measure == measure)).Select(measure => (measure, 0L)).ToList());
        }

        return figures;
    }

    private async Task<(DateTimeOffset Begin, DateTimeOffset End)> BordersAsync(string tenant, DeclaredDay declared, CancellationToken cancellationToken)
    {
        var stores = await master.GetAsync(tenant, declared.Vendor, DateTimeOffset.MinValue, cancellationToken);
        var calendar = stores.Directory.ByCode(declared.Store)?.Calendar ?? new BusinessCalendar(TimeZoneInfo.Utc, []);
        return (Begin(calendar, declared.BusinessDate), Begin(calendar, declared.BusinessDate.AddDays(1)));
    }

    private static DateTimeOffset Begin(BusinessCalendar calendar, DateOnly date)
    {
        const int MinutesOfDay = 24 * 60;
        var midnight = date.ToDateTime(TimeOnly.MinValue);
        var minute = Enumerable.Range(0, MinutesOfDay).FirstOrDefault(at => calendar.BusinessDateOf(calendar.ToInstant(midnight.AddMinutes(at))) >= date);
        return calendar.ToInstant(midnight.AddMinutes(minute));
    }
}
