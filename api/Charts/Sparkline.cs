using System.Globalization;
using System.Text;
using RetailInsight.Api.Pages;

namespace RetailInsight.Api.Charts;

/// <summary>The shape of the last days without axes; a day without a value is a gap, not a zero.</summary>
internal static class Sparkline
{
    private const double Width = 132;
    private const double Height = 32;
    private const double Margin = 3;

    public static Markup Draw(IReadOnlyList<decimal?> values, string label)
    {
        var known = values.Where(value => value is not null).Select(value => value!.Value).ToList();
        if (known.Count == 0)
        {
            return Markup.Empty;
        }

        var low = known.Min();
        var range = known.Max() - low;
        var path = new StringBuilder();
        var dots = new List<Markup>();
        for (var index = 0; index < values.Count; index++)
        {
            if (values[index] is not { } value)
            {
                continue;
            }

            var x = Margin + ((Width - (2 * Margin)) * index / Math.Max(1, values.Count - 1));
            var y = range == 0 ? Height / 2 : Height - Margin - ((Height - (2 * Margin)) * (double)((value - low) / range));
            var joined = index > 0 && values[index - 1] is not null;
            path.Append(CultureInfo.InvariantCulture, $"{(joined ? 'L' : 'M')}{x:0.#} {y:0.#}");
            var alone = !joined && (index + 1 == values.Count || values[index + 1] is null);
            if (alone || index + 1 == values.Count)
            {
                dots.Add(Markup.Of($"""<circle cx="{x}" cy="{y}" r="{(index + 1 == values.Count ? 2.6 : 1.4)}"/>"""));
            }
        }

        return Markup.Of(
            $"""<svg class="spark" viewBox="0 0 {Width} {Height}" role="img" aria-label="{label}"><path d="{path.ToString()}"/>{dots}</svg>""");
    }
}
