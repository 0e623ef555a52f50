using RetailInsight.Api.Kpis;
using RetailInsight.Api.Targets;

namespace RetailInsight.Api.Pages.Period;

/// <summary>How long a period is.</summary>
internal enum PeriodGrain
{
    /// <summary>Monday to Sunday.</summary>
    Week,

    /// <summary>A calendar month.</summary>
    Month,
}

/// <summary>What a period is compared with.</summary>
internal enum PeriodComparison
{
    /// <summary>The week or month before.</summary>
    Previous,

    /// <summary>364 days before, so that weekdays meet: the default a year back for a week.</summary>
    LastYearWeekday,

    /// <summary>The same dates a year before: the default a year back for a month.</summary>
    LastYearDate,
}

/// <summary>A day of the period beside the one it is compared with.</summary>
/// <param name="Date">Trading day.</param>
/// <param name="Total">Its figures; null without any.</param>
/// <param name="ComparedDate">The other day; null where a month has no such date.</param>
/// <param name="Compared">Its figures.</param>
/// <param name="Target">In currency units; null where there is none.</param>
internal sealed record PeriodDay(DateOnly Date, DayTotal? Total, DateOnly? ComparedDate, DayTotal? Compared, decimal? Target);

/// <summary>What the page of a period shows.</summary>
/// <param name="Grain">Week or month.</param>
/// <param name="Comparison">What it is compared with.</param>
/// <param name="Days">Every day of the period, also those to come.</param>
/// <param name="Through">The last day with figures; null where none has.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="Reached">What the store-days that have a target reached, in currency units.</param>
/// <param name="Target">Their target, in currency units; null where there is none.</param>
/// <param name="Stores">Stores and what they did, in the period up to <paramref name="Through"/> and in the days compared; empty for one store.</param>
internal sealed record PeriodModel(
    PeriodGrain Grain, PeriodComparison Comparison, IReadOnlyList<PeriodDay> Days, DateOnly? Through, string Currency, decimal Reached, decimal? Target,
    IReadOnlyList<(StoreTotal Now, StoreTotal? Then)> Stores)
{
    /// <summary>First day.</summary>
    public DateOnly From => Days[0].Date;

    /// <summary>Last day.</summary>
    public DateOnly To => Days[^1].Date;

    /// <summary>The days that count on both sides: up to the last one with figures.</summary>
    public IEnumerable<PeriodDay> Elapsed => Days.Where(day => day.Date <= Through);

    /// <summary>The period so far; null without figures.</summary>
    public Figures? Now => Figures.Sum(Elapsed.Select(day => day.Total?.Figures).OfType<Figures>());

    /// <summary>The same part of the period compared with; null without figures.</summary>
    public Figures? Then => Figures.Sum(Elapsed.Select(day => day.Compared?.Figures).OfType<Figures>());

    /// <summary>Elapsed days without figures on one side only: then the sums do not mean the same.</summary>
    public int UnevenDays => Elapsed.Count(day => (day.Total is null) != (day.Compared is null));

    /// <summary>Reads the page.</summary>
    public static async Task<PeriodModel> ReadAsync(
        PageRequest request, PeriodGrain grain, PeriodComparison comparison, DateOnly today, CancellationToken cancellationToken)
    {
        var (read, codes) = (request.Read, request.Codes);
        var latest = await read.LatestDateAsync(codes, cancellationToken);
        var (from, to) = Bounds(grain, request.Date ?? latest ?? today);
        var dates = Enumerable.Range(0, to.DayNumber - from.DayNumber + 1).Select(from.AddDays).ToList();
        var currency = request.CurrencyOf(await read.ReportedDaysAsync(codes, from, to, cancellationToken));
        var now = (await read.DayTotalsAsync(codes, from, to, currency, cancellationToken)).ToDictionary(day => day.Date);
        var compared = dates.Select(date => Compared(date, grain, comparison)).ToList();
        var then = (await read.DayTotalsAsync(codes, compared.Min() ?? from, compared.Max() ?? to, currency, cancellationToken)).ToDictionary(day => day.Date);
        var targets = await read.SalesTargetsAsync(codes, from, to, currency, cancellationToken);
        var targetOf = targets.ToDictionary(target => target.Date, target => target.Target);
        DateOnly? through = now.Count == 0 ? null : now.Keys.Max();
        var days = dates.Zip(compared, (date, before) => new PeriodDay(
            date, now.GetValueOrDefault(date), before, before is { } known ? then.GetValueOrDefault(known) : null,
            targetOf.TryGetValue(date, out var target) ? target : null)).ToList();
        return new PeriodModel(
            grain, comparison, days, through, currency, targets.Sum(target => target.Actual), targets.Count == 0 ? null : targets.Sum(target => target.Target),
            request.Store is not null || through is not { } last ? []
                : await StoresAsync(request, [.. days.Where(day => day.Date <= last)], currency, cancellationToken));
    }

    /// <summary>First and last day of the period a date lies in.</summary>
    public static (DateOnly From, DateOnly To) Bounds(PeriodGrain grain, DateOnly date)
    {
        if (grain == PeriodGrain.Month)
        {
            var first = new DateOnly(date.Year, date.Month, 1);
            return (first, first.AddMonths(1).AddDays(-1));
        }

        var monday = date.AddDays(-(((int)date.DayOfWeek + 6) % 7));
        return (monday, monday.AddDays(6));
    }

    // A month without that date has nothing to compare the day with.
    internal static DateOnly? Compared(DateOnly date, PeriodGrain grain, PeriodComparison comparison)
    {
        var before = comparison switch
        {
            PeriodComparison.LastYearWeekday => date.AddDays(-364),
            PeriodComparison.LastYearDate => date.AddYears(-1),
            _ => grain == PeriodGrain.Week ? date.AddDays(-7) : date.AddMonths(-1),
        };
        return comparison == PeriodComparison.LastYearWeekday || grain == PeriodGrain.Week || before.Day == date.Day ? before : null;
    }

    private static async Task<IReadOnlyList<(StoreTotal Now, StoreTotal? Then)>> StoresAsync(
        PageRequest request, IReadOnlyList<PeriodDay> elapsed, string currency, CancellationToken cancellationToken)
    {
        var before = elapsed.Select(day => day.ComparedDate).OfType<DateOnly>().ToList();
        var now = await request.Read.StoreTotalsAsync(request.Codes, elapsed[0].Date, elapsed[^1].Date, currency, cancellationToken);
        var then = before.Count == 0 ? []
            : (await request.Read.StoreTotalsAsync(request.Codes, before.Min(), before.Max(), currency, cancellationToken)).ToDictionary(store => store.Store);
        return [.. now.OrderByDescending(store => store.Figures.Net).Select(store => (store, then.GetValueOrDefault(store.Store)))];
    }
}
