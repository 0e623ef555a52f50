using RetailInsight.Api.Health;

namespace RetailInsight.Api.Alerts;

/// <summary>What is missing from the data a figure rests on.</summary>
internal enum DataGap
{
    /// <summary>Nothing that is asked for.</summary>
    None,

    /// <summary>No receipt at all, although registers were expected.</summary>
    NoData,

    /// <summary>A register has not reported, receipt numbers are missing, or nothing is known of the registers.</summary>
    Registers,

    /// <summary>The door counters sent too little.</summary>
    Coverage,

    /// <summary>The day compared with is incomplete.</summary>
    ComparedDay,

    /// <summary>Nothing has arrived since the hour the rule looks at.</summary>
    NotArrived,
}

/// <summary>What a rule says of a store-day.</summary>
internal enum AlertVerdict
{
    /// <summary>There is nothing to say: no figure, or nothing to compare it with.</summary>
    Undecided,

    /// <summary>The figure is as it should be.</summary>
    Quiet,

    /// <summary>Just inside the threshold: neither a reason to alert nor to call an alert off.</summary>
    Neutral,

    /// <summary>It would fire, but the data is incomplete.</summary>
    Held,

    /// <summary>It fires.</summary>
    Fires,
}

/// <summary>Figure and reference of a store-day, in the metric's unit, and what their data lacks.</summary>
internal sealed record AlertReading(decimal? Figure, decimal? Reference, string? Currency, DataGap Gap);

/// <summary>The rules of rules, without a database.</summary>
internal static class AlertDecision
{
    // An alert that was given stays until the figure is clearly back, so that one late receipt does not turn it off and on.
    private const decimal BandOfValue = 0.02m;
    private const decimal BandOfChange = 0.01m;

    /// <summary>Whether a rule fires.</summary>
    public static AlertVerdict Of(AlertTest test, AlertReading reading)
    {
        if (reading.Figure is not { } figure)
        {
            return reading.Gap == DataGap.NoData && test.Direction == AlertTest.Below ? AlertVerdict.Held : AlertVerdict.Undecided;
        }

        decimal measured, limit, band;
        if (test.Against == AlertTest.Value)
        {
            (measured, limit, band) = (figure, test.Threshold, Math.Abs(test.Threshold) * BandOfValue);
        }
        else if (reading.Reference is { } reference and > 0)
        {
            var share = test.Threshold / 100;
            (measured, limit, band) = ((figure - reference) / reference, test.Direction == AlertTest.Below ? -share : share, Math.Min(BandOfChange, share / 2));
        }
        else
        {
            return AlertVerdict.Undecided;
        }

        var beyond = test.Direction == AlertTest.Below ? limit - measured : measured - limit;
        return beyond > 0 ? reading.Gap == DataGap.None ? AlertVerdict.Fires : AlertVerdict.Held
            : beyond > -band ? AlertVerdict.Neutral : AlertVerdict.Quiet;
    }

    /// <summary>What the data of a store-day lacks for a rule.</summary>
    /// <param name="test">The rule.</param>
    /// <param name="day">What is known of the data; null is nothing.</param>
    /// <param name="compared">The same of the day compared with.</param>
    /// <param name="cut">The hour the rule looks at as an instant; null for a whole day.</param>
    public static DataGap GapOf(AlertTest test, HealthDay? day, HealthDay? compared, DateTimeOffset? cut)
    {
        var own = GapOf(test, day);
        return own is DataGap.NoData ? own
            : test.RegistersComplete && cut is { } hour && (day?.LastReceivedAt is not { } last || last < hour) ? DataGap.NotArrived
            : own != DataGap.None ? own
            : test.Against == AlertTest.Weekday && GapOf(test, compared) != DataGap.None ? DataGap.ComparedDay : DataGap.None;
    }

    private static DataGap GapOf(AlertTest test, HealthDay? day) =>
        test.RegistersComplete && day is { State: HealthState.Missing } ? DataGap.NoData
        : test.RegistersComplete && (day is null || day.RegistersReported < day.RegistersExpected || day.MissingNumbers > 0) ? DataGap.Registers
        : test.MinimumCoverage is { } least && (day?.Coverage is not { } share || share * 100 < least) ? DataGap.Coverage
        : DataGap.None;
}
