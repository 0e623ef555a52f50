using System.Numerics;

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
        Of(net, rateBasisPoints, 10_000, rounding, unit);

    /// <summary>Tax inside a tax-inclusive amount: round(gross × rate ÷ (1 + rate)).</summary>
    /// <exception cref="OverflowException">The result does not fit in 64 bits.</exception>
    public static long InGross(long gross, int rateBasisPoints, TaxRounding rounding, long unit) =>
        Of(gross, rateBasisPoints, 10_000 + rateBasisPoints, rounding, unit);

    // Any receipt of a shop fits in 64 bits, whose division is many times as fast.
    private static long Of(long amount, int rate, int whole, TaxRounding rounding, long unit)
    {
        var high = Math.BigMul(amount, rate, out var numerator);
        return high == numerator >> 63 && numerator != long.MinValue && Math.BigMul(whole, unit, out var denominator) == 0 && denominator is > 0 and < long.MaxValue / 2
            ? checked(Round(numerator, denominator, rounding) * unit)
            : checked((long)(Round((Int128)amount * rate, (Int128)whole * unit, rounding) * unit));
    }

    private static T Round<T>(T numerator, T denominator, TaxRounding rounding)
        where T : IBinaryInteger<T>
    {
        var (quotient, remainder) = T.DivRem(T.Abs(numerator), denominator);
        var up = rounding switch
        {
            TaxRounding.Floor => false,
            TaxRounding.HalfUp => remainder + remainder >= denominator,
            TaxRounding.Ceiling => !T.IsZero(remainder),
            _ => throw new ArgumentOutOfRangeException(nameof(rounding)),
        };
        var rounded = up ? quotient + T.One : quotient;
        return T.IsNegative(numerator) ? -rounded : rounded;
    }
}
