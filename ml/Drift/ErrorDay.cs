namespace RetailInsight.Ml.Drift;

/// <summary>How far the forecasts of one trading day lay from what came, summed over stores and the nights they were published on.</summary>
/// <param name="Date">The day that came.</param>
/// <param name="Forecasts">How many forecasts of it there were.</param>
/// <param name="Actual">Sum of what came, once for each forecast.</param>
/// <param name="Absolute">Sum of the absolute errors.</param>
/// <param name="Signed">Sum of the errors, above 0 where too much was expected.</param>
/// <param name="Pinball">Sum of the pinball losses of the quantiles 0.1, 0.5 and 0.9.</param>
/// <param name="Inside">How many lay within their range.</param>
internal readonly record struct ErrorDay(DateOnly Date, double Forecasts, double Actual, double Absolute, double Signed, double Pinball, double Inside)
{
    /// <summary>What the backtests of the models that made the forecasts lead one to expect; null where they had none.</summary>
    public ErrorReference? Reference { get; init; }

    /// <summary>The day with amounts in another unit, so that days of stores with several currencies can be added up.</summary>
    public ErrorDay In(double units) => this with
    {
        Actual = Actual * units,
        Absolute = Absolute * units,
        Signed = Signed * units,
        Pinball = Pinball * units,
        Reference = Reference is { } reference ? reference with { Absolute = reference.Absolute * units, Signed = reference.Signed * units, Pinball = reference.Pinball * units } : null,
    };

    /// <summary>Two parts of a day together; what was expected is known only where it is of both.</summary>
    public static ErrorDay operator +(ErrorDay left, ErrorDay right) => new(
        left.Date, left.Forecasts + right.Forecasts, left.Actual + right.Actual, left.Absolute + right.Absolute, left.Signed + right.Signed, left.Pinball + right.Pinball, left.Inside + right.Inside)
    {
        Reference = left.Reference is { } one && right.Reference is { } other
            ? new ErrorReference(one.Absolute + other.Absolute, one.Signed + other.Signed, one.Pinball + other.Pinball, one.Inside + other.Inside) : null,
    };
}

/// <summary>Sums as of <see cref="ErrorDay"/>, as a backtest would have them.</summary>
internal readonly record struct ErrorReference(double Absolute, double Signed, double Pinball, double Inside);
