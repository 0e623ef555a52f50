using System.Globalization;

namespace RetailInsight.Core.Canon;

/// <summary>
/// An amount in 1/1,000,000 of a currency unit. Arithmetic is checked and refuses to mix currencies.
/// </summary>
/// <param name="Micros">Millionths of the unit: ¥1 = 1,000,000.</param>
/// <param name="Currency">ISO 4217 code, such as <c>JPY</c>.</param>
public readonly record struct Money(long Micros, string Currency)
{
    /// <summary>How many micros make one currency unit.</summary>
    public const long MicrosPerUnit = 1_000_000;

    /// <summary>Converts a decimal amount in currency units.</summary>
    /// <exception cref="OverflowException">The amount does not fit in 64 bits of micros.</exception>
    /// <exception cref="ArgumentException">The amount is finer than a millionth of a unit.</exception>
    public static Money FromDecimal(decimal amount, string currency) => new(ToMicros(amount), currency);

    /// <summary>Converts a decimal amount in currency units to micros.</summary>
    /// <exception cref="OverflowException">The amount does not fit in 64 bits of micros.</exception>
    /// <exception cref="ArgumentException">The amount is finer than a millionth of a unit.</exception>
    public static long ToMicros(decimal amount)
    {
        var micros = amount * MicrosPerUnit;
        if (decimal.Truncate(micros) != micros)
        {
            throw new ArgumentException("The amount is finer than 1/1,000,000 of the currency unit.", nameof(amount));
        }

        return decimal.ToInt64(micros);
    }

    /// <summary>Converts micros to a decimal amount in currency units; exact.</summary>
    public static decimal ToDecimal(long micros) => micros / (decimal)MicrosPerUnit;

    /// <summary>
    /// The smallest amount the currency is paid in, in micros: 1,000,000 for JPY, 10,000 for two-decimal currencies.
    /// Taxes are rounded to it.
    /// </summary>
    public static long MinorUnitMicros(string currency) => currency switch
    {
        "JPY" or "KRW" or "VND" or "CLP" or "ISK" or "XAF" or "XOF" => 1_000_000,
        "BHD" or "IQD" or "JOD" or "KWD" or "LYD" or "OMR" or "TND" => 1_000,
        _ => 10_000,
    };

    /// <summary>Adds two amounts of one currency.</summary>
    /// <exception cref="InvalidOperationException">The currencies differ.</exception>
    public static Money operator +(Money left, Money right) => new(checked(left.Micros + Same(left, right).Micros), left.Currency);

    /// <summary>Subtracts an amount of the same currency.</summary>
    /// <exception cref="InvalidOperationException">The currencies differ.</exception>
    public static Money operator -(Money left, Money right) => new(checked(left.Micros - Same(left, right).Micros), left.Currency);

    /// <summary>Adds two amounts of one currency.</summary>
    public static Money Add(Money left, Money right) => left + right;

    /// <summary>Subtracts an amount of the same currency.</summary>
    public static Money Subtract(Money left, Money right) => left - right;

    /// <summary>The wire form: the amount in currency units without needless zeros, then the code.</summary>
    public override string ToString() => $"{Format(Micros)} {Currency}";

    /// <summary>The amount in currency units as a decimal string without needless zeros: <c>1080</c>, <c>-2.55</c>.</summary>
    public static string Format(long micros) => ToDecimal(micros).ToString("0.######", CultureInfo.InvariantCulture);

    private static Money Same(Money left, Money right) => left.Currency == right.Currency
        ? right
        : throw new InvalidOperationException($"{left.Currency} and {right.Currency} cannot be added.");
}
