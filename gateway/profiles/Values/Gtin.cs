using RetailInsight.Profiles.Definition;

namespace RetailInsight.Profiles.Values;

/// <summary>Item codes of the GS1 family: JAN/EAN of 8 and 13 digits, UPC-A of 12, ITF of 14.</summary>
internal static class Gtin
{
    /// <summary>What a code turned out to be.</summary>
    /// <param name="Code">As it is kept.</param>
    /// <param name="Valid">False where it is no GTIN or its check digit is wrong. Codes of the shop's own (02, 20–29) are valid.</param>
    public readonly record struct Reading(string Code, bool Valid);

    /// <summary>Reads a code by the rules of a profile.</summary>
    public static Reading Read(string code, ItemCodeRules rules)
    {
        if (code.Length is not (8 or 12 or 13 or 14) || code.AsSpan().ContainsAnyExceptInRange('0', '9') || !CheckDigitHolds(code))
        {
            return new Reading(code, false);
        }

        // A pack of meat carries its price: without cutting it off every pack would be a product of its own.
        if (code.Length == 13 && rules.PriceEmbedded.FirstOrDefault(prefix => code.StartsWith(prefix, StringComparison.Ordinal)) is { } embedded)
        {
            return new Reading(code[..Math.Min(12, embedded.Length + rules.ItemDigits)], true);
        }

        return new Reading(rules.AsGtin14 && !IsInStore(code) ? code.PadLeft(14, '0') : code, true);
    }

    /// <summary>Whether the last digit is the check digit: mod 10, weight 3 from the right.</summary>
    public static bool CheckDigitHolds(ReadOnlySpan<char> digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            sum += (digits[^(i + 1)] - '0') * (i % 2 == 0 ? 1 : 3);
        }

        return sum % 10 == 0;
    }

    // 02 and 20–29 of a JAN belong to whoever prints them: they mean something within one tenant only.
    private static bool IsInStore(string code) => code.Length == 13 && (code[0] == '2' || code.StartsWith("02", StringComparison.Ordinal));
}
