namespace RetailInsight.Ml.Drift;

/// <summary>What is to be thought of a model.</summary>
internal enum DriftVerdict
{
    /// <summary>It does what its backtest promised.</summary>
    Steady,

    /// <summary>Something has moved, or too little is known: to be looked at.</summary>
    Watch,

    /// <summary>It is worse than its backtest by more than chance: to be trained anew.</summary>
    Drifted,
}

/// <summary>What speaks against a model.</summary>
/// <param name="Code">Stable, snake_case.</param>
/// <param name="Verdict">How much.</param>
/// <param name="Figure">What was found, a share.</param>
/// <param name="Limit">From where on it counts.</param>
/// <param name="Subjects">Features it is about.</param>
internal sealed record DriftReason(string Code, DriftVerdict Verdict, double Figure, double Limit, IReadOnlyList<string> Subjects)
{
    /// <summary>A reason about forecasts.</summary>
    public DriftReason(string code, DriftVerdict verdict, double figure, double limit)
        : this(code, verdict, figure, limit, [])
    {
    }
}

/// <summary>
/// The forecasts of the last four weeks held to the backtest of the models that made them. A figure counts only where the whole interval that chance leaves lies beyond
/// a limit at which the difference matters: every night is looked at, and noise would be beyond some limit on one of them.
/// </summary>
internal sealed class ModelHealth
{
    /// <summary>How many days are looked at.</summary>
    public const int Window = 28;

    /// <summary>With fewer there is no verdict: two weeks.</summary>
    public const int FewestDays = 14;

    private const int Week = 7;
    private const int WeeksForBand = 6;

    // The target of ranges that no backtest speaks of.
    private const double PromisedInside = 0.8;

    // Where a difference begins to matter, and where it is worth a look: error and pinball over those of the backtest, bias and coverage as shares.
    private const double WorseBy = 1.15;
    private const double RisingBy = 1.05;
    private const double SuddenlyWorseBy = 1.5;
    private const int SuddenDays = 6;
    private const double Biased = 0.05;
    private const double Leaning = 0.025;
    private const double TooNarrow = 0.08;
    private const double Narrowing = 0.04;
    private const double MissingShare = 0.1;

    private ModelHealth(IReadOnlyList<ErrorDay> days) => Days = days;

    /// <summary>The days looked at, in order.</summary>
    public IReadOnlyList<ErrorDay> Days { get; }

    /// <summary>Weighted error over the backtest's; null without a backtest.</summary>
    public ErrorInterval? Error { get; private init; }

    /// <summary>Pinball loss over the backtest's; null without a backtest.</summary>
    public ErrorInterval? Pinball { get; private init; }

    /// <summary>Bias less that of the backtest, or less 0.</summary>
    public ErrorInterval? Bias { get; private init; }

    /// <summary>Share of days within their range less that of the backtest, or less four in five.</summary>
    public ErrorInterval? Coverage { get; private init; }

    /// <summary>The error of nine in ten usual weeks over the backtest's, from earlier weeks where there are enough, else from the weeks looked at.</summary>
    public (double Low, double High)? UsualWeek { get; private init; }

    /// <summary>What speaks against the model, the gravest first; empty where nothing does.</summary>
    public IReadOnlyList<DriftReason> Reasons { get; private init; } = [];

    /// <summary>What is to be thought of it.</summary>
    public DriftVerdict Verdict => Reasons.Select(reason => reason.Verdict).DefaultIfEmpty(DriftVerdict.Steady).Max();

    /// <summary>Judges a model.</summary>
    /// <param name="days">Days that came, in order, the last of them the newest; the last <see cref="Window"/> count, those before show what is usual.</param>
    /// <param name="asOf">The last day that may be known.</param>
    /// <param name="features">How its inputs have moved.</param>
    /// <param name="expected">Store-days of the last week that were to come.</param>
    /// <param name="missing">Those of them that did not.</param>
    public static ModelHealth Of(IReadOnlyList<ErrorDay> days, DateOnly asOf, IReadOnlyList<FeatureShift> features, int expected, int missing)
    {
        var window = days.Where(day => day.Date > asOf.AddDays(-Window) && day.Date <= asOf).ToList();
        var others = new List<DriftReason>();
        if (expected > 0 && missing > expected * MissingShare)
        {
            others.Add(new("data_missing", DriftVerdict.Watch, missing / (double)expected, MissingShare));
        }

        var moved = features.Where(feature => feature.HasMoved).OrderByDescending(feature => feature.Strength).ToList();
        if (moved.Count > 0)
        {
            others.Add(new("inputs_moved", DriftVerdict.Watch, moved.Count / (double)features.Count, 0, [.. moved.Select(feature => feature.Name)]));
        }

        if (window.Count < FewestDays)
        {
            return new ModelHealth(window) { Reasons = [.. others, new("too_few_days", DriftVerdict.Steady, window.Count, FewestDays)] };
        }

        var hasReference = window.TrueForAll(day => day.Reference is { Absolute: > 0, Pinball: > 0 });
        var samples = ErrorInterval.Sample(window);
        ErrorInterval? Ratio(Func<ErrorDay, double> figure) => hasReference ? ErrorInterval.Of(window, samples, figure) : null;
        var (error, pinball) = (Ratio(day => day.Absolute / day.Reference!.Value.Absolute), Ratio(day => day.Pinball / day.Reference!.Value.Pinball));
        var bias = ErrorInterval.Of(window, samples, day => (day.Signed - (day.Reference?.Signed ?? 0)) / day.Actual);
        var coverage = ErrorInterval.Of(window, samples, day => (day.Inside / day.Forecasts) - ((day.Reference?.Inside / day.Forecasts) ?? PromisedInside));
        DriftReason?[] found =
        [
            hasReference ? Sudden(window) : null, Above("error", error), Above("pinball", pinball), Off(bias),
            coverage.High < -TooNarrow ? new("ranges_too_narrow", DriftVerdict.Drifted, coverage.Value, -TooNarrow)
                : coverage.NearHigh < -Narrowing ? new("ranges_narrowing", DriftVerdict.Watch, coverage.Value, -Narrowing) : null,
            hasReference ? null : new("no_backtest", DriftVerdict.Steady, 0, 0),
        ];
        return new ModelHealth(window)
        {
            Error = error,
            Pinball = pinball,
            Bias = bias,
            Coverage = coverage,
            UsualWeek = hasReference ? WeekOf(days, window) : null,
            Reasons = [.. found.OfType<DriftReason>().Concat(others).OrderByDescending(reason => reason.Verdict)],
        };
    }

    private static DriftReason? Above(string name, ErrorInterval? ratio) =>
        ratio is null ? null
        : ratio.Low > WorseBy ? new($"{name}_above_backtest", DriftVerdict.Drifted, ratio.Value - 1, WorseBy - 1)
        : ratio.NearLow > RisingBy ? new($"{name}_rising", DriftVerdict.Watch, ratio.Value - 1, RisingBy - 1) : null;

    // A change of the last days drowns in four weeks: six days of seven that err by half more than the backtest are no chance either.
    private static DriftReason? Sudden(List<ErrorDay> window)
    {
        var last = window.TakeLast(Week).ToList();
        return last.Count(day => day.Absolute > day.Reference!.Value.Absolute * SuddenlyWorseBy) < SuddenDays ? null
            : new("error_sudden", DriftVerdict.Drifted, (last.Sum(day => day.Absolute) / last.Sum(day => day.Reference!.Value.Absolute)) - 1, SuddenlyWorseBy - 1);
    }

    private static DriftReason? Off(ErrorInterval bias) =>
        bias.Low > Biased ? new("expects_too_much", DriftVerdict.Drifted, bias.Value, Biased)
        : bias.High < -Biased ? new("expects_too_little", DriftVerdict.Drifted, bias.Value, -Biased)
        : bias.NearLow > Leaning ? new("leans_high", DriftVerdict.Watch, bias.Value, Leaning)
        : bias.NearHigh < -Leaning ? new("leans_low", DriftVerdict.Watch, bias.Value, -Leaning) : null;

    private static (double Low, double High) WeekOf(IReadOnlyList<ErrorDay> days, List<ErrorDay> window)
    {
        var before = days.Where(day => day.Date < window[0].Date && day.Reference is { Absolute: > 0 }).ToList();
        var usual = before.Count >= WeeksForBand * Week ? before : window;
        var weeks = Enumerable.Range(0, usual.Count - Week + 1).Select(at => ErrorInterval.Sum(usual.GetRange(at, Week))).Select(week => week.Absolute / week.Reference!.Value.Absolute).Order().ToList();
        return (weeks[weeks.Count / 20], weeks[^(1 + (weeks.Count / 20))]);
    }
}
