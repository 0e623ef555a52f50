namespace RetailInsight.Api.Pages;

/// <summary>
/// A change as people read it: arrow, sign and words, so that colour only repeats what is said. Small changes are steady: noise
/// must not alarm anybody.
/// </summary>
internal sealed record Trend(string Style, string Arrow, string Text)
{
    private const decimal SteadyShare = 0.01m;
    private const decimal SteadyPoints = 0.005m;

    /// <summary>Relative change; null when it is undefined.</summary>
    public static Trend? Share(decimal? now, decimal? then, Wording words)
    {
        if (now is not { } current || then is not { } before || before <= 0)
        {
            return null;
        }

        var change = (current - before) / before;
        return Of(change, SteadyShare, (change > 0 ? "+" : "") + FigureText.Percent(change), words);
    }

    /// <summary>Change of a ratio in percentage points; null when it is undefined.</summary>
    public static Trend? Points(decimal? now, decimal? then, Wording words)
    {
        if (now is not { } current || then is not { } before)
        {
            return null;
        }

        var change = current - before;
        return Of(change, SteadyPoints, $"{(change > 0 ? "+" : "")}{FigureText.Number(change * 100, 1)} {words.Points}", words);
    }

    private static Trend Of(decimal change, decimal steady, string text, Wording words) => Math.Abs(change) < steady
        ? new Trend("flat", "→", $"{words.Steady} {text}")
        : change > 0 ? new Trend("up", "▲", text) : new Trend("down", "▼", text);
}
