using System.Globalization;

namespace RetailInsight.Gateway.Reconciliation;

/// <summary>Gaps in the receipt numbers of a day, register by register.</summary>
internal static class NumberGaps
{
    // Past this a register has jumped: it began anew, or its numbers wrapped.
    private const long LargestGap = 200;
    private const int MostGaps = 100;

    /// <summary>Numbers no record of the day has, whatever its kind, and no held receipt; in the order of registers and numbers.</summary>
    public static List<NumberGap> Of(DayFacts facts, DateOnly date, string? terminal)
    {
        var gaps = new List<NumberGap>();
        foreach (var register in facts.Current(date, terminal).GroupBy(fact => fact.Terminal, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var held = facts.Held.Where(one => one.IsOf(register.Key)).Select(one => Split(one.Key)).OfType<(string Prefix, long Number, int Width)>().Select(one => (one.Prefix, one.Number)).ToHashSet();
            var numbers = register.Select(fact => (Fact: fact, Split: Split(fact.ReceiptNumber))).Where(one => one.Split is not null)
                .Select(one => (one.Fact, one.Split!.Value.Prefix, one.Split.Value.Number, one.Split.Value.Width))
                .OrderBy(one => one.Prefix, StringComparer.Ordinal).ThenBy(one => one.Number).ToList();
            for (var i = 1; i < numbers.Count && gaps.Count < MostGaps; i++)
            {
                var (last, next) = (numbers[i - 1], numbers[i]);
                if (last.Prefix != next.Prefix || next.Number - last.Number is < 2 or > LargestGap)
                {
                    continue;
                }

                var missing = Enumerable.Range(1, (int)(next.Number - last.Number - 1)).Select(step => last.Number + step).Where(number => !held.Contains(("", number)) && !held.Contains((last.Prefix, number))).ToList();
                if (missing.Count > 0)
                {
                    string Text(long number) => last.Prefix + number.ToString(CultureInfo.InvariantCulture).PadLeft(last.Width, '0');
                    gaps.Add(new NumberGap(register.Key, Text(missing[0]), Text(missing[^1]), missing.Count, last.Fact.OccurredAt, next.Fact.OccurredAt));
                }
            }
        }

        return gaps;
    }

    // A number is the digits at the end of the text. Of a key, register / date / number, it is the last part.
    private static (string Prefix, long Number, int Width)? Split(string text)
    {
        var own = text[(text.LastIndexOf('/') + 1)..].Trim();
        var digits = own.Length;
        while (digits > 0 && char.IsAsciiDigit(own[digits - 1]))
        {
            digits--;
        }

        return own.Length - digits is > 0 and <= 15 ? (own[..digits], long.Parse(own.AsSpan(digits), NumberStyles.None, CultureInfo.InvariantCulture), own.Length - digits) : null;
    }
}
