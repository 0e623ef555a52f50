namespace RetailInsight.Core.Canon;

/// <summary>How a fraction of the smallest payable unit is dropped. Negative amounts mirror positive ones.</summary>
public enum TaxRounding
{
    /// <summary>Toward zero (切捨て).</summary>
    Floor,

    /// <summary>Half and more away from zero (四捨五入).</summary>
    HalfUp,

    /// <summary>Away from zero (切上げ).</summary>
    Ceiling,
}

/// <summary>
/// Consumption tax on one receipt and one rate: one rounding per receipt per rate, as the invoice rule asks.
/// Amounts are micros, rates basis points.
/// </summary>
public static class Tax
{
    /// <summary>Tax on a tax-exclusive amount: round(net × rate).</summary>
    /// <exception cref="OverflowException">The result does not fit in 64 bits.</exception>
    public static long OnNet(long net, int rateBasisPoints, TaxRounding rounding, long unit) =>
        Round((Int128)net * rateBasisPoints, (Int128)10_000 * unit, rounding, unit);

    /// <summary>Tax inside a tax-inclusive amount: round(gross × rate ÷ (1 + rate)).</summary>
    /// <exception cref="OverflowException">The result does not fit in 64 bits.</exception>
    public static long InGross(long gross, int rateBasisPoints, TaxRounding rounding, long unit) =>
        Round((Int128)gross * rateBasisPoints, (Int128)(10_000 + rateBasisPoints) * unit, rounding, unit);

    private static long Round(Int128 numerator, Int128 denominator, TaxRounding rounding, long unit)
    {
        var magnitude = Int128.Abs(numerator);
        var (quotient, remainder) = Int128.DivRem(magnitude, denominator);
        var up = rounding switch
        {
            TaxRounding.Floor => false,
            TaxRounding.HalfUp => remainder * 2 >= denominator,
            TaxRounding.Ceiling => remainder > 0,
            _ => throw new ArgumentOutOfRangeException(nameof(rounding)),
        };
        var rounded = checked((long)((quotient + (up ? 1 : 0)) * unit));
        return numerator < 0 ? -rounded : rounded;
    }
}
