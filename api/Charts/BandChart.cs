using System.Globalization;
using System.Text;
using RetailInsight.Api.Pages;

namespace RetailInsight.Api.Charts;

/// <summary>A place of a <see cref="BandChart"/>: a share, and between which it usually lies; null where nothing is known.</summary>
internal readonly record struct BandPoint(string Label, double? Value, double? Low, double? High);

/// <summary>A small picture of a share over time before the band it usually keeps to; what lies outside is ringed.</summary>
internal static class BandChart
{
    private const double Width = 360;
    private const double Height = 104;
    private const double Left = 34;
    private const double Right = 352;
    private const double Top = 8;
    private const double Bottom = 84;

    /// <param name="points">Oldest first.</param>
    /// <param name="said">The same in words.</param>
    public static Markup Draw(IReadOnlyList<BandPoint> points, string said)
    {
        var most = points.SelectMany(point => new[] { point.Value, point.High }).OfType<double>().DefaultIfEmpty(0).Max();
        var least = points.SelectMany(point => new[] { point.Value, point.Low }).OfType<double>().DefaultIfEmpty(0).Min();
        if (most <= 0)
        {
            return Markup.Empty;
        }

        // Where all shares are large the axis begins near them: coverage moves between two thirds and one.
        var floor = least > 0.5 ? Math.Floor(least * 10) / 10 : 0;
        var top = Math.Max(floor + 0.05, floor + ((most - floor) * 1.1));
        double X(int at) => points.Count == 1 ? (Left + Right) / 2 : Left + ((Right - Left) * at / (points.Count - 1));
        double Y(double share) => Bottom - ((Bottom - Top) * (share - floor) / (top - floor));
        var band = points.Index().Where(point => point.Item is { Low: not null, High: not null }).ToList();
        var (line, outline) = (new StringBuilder(), new StringBuilder());
        foreach (var (at, point) in points.Index().Where(point => point.Item.Value is not null))
        {
            line.Append(CultureInfo.InvariantCulture, $"{(at > 0 && points[at - 1].Value is not null ? 'L' : 'M')}{X(at):0.#} {Y(point.Value!.Value):0.#}");
        }

        foreach (var (at, y) in band.Select(point => (point.Index, Y(point.Item.High!.Value))).Concat(band.AsEnumerable().Reverse().Select(point => (point.Index, Y(point.Item.Low!.Value)))))
        {
            outline.Append(CultureInfo.InvariantCulture, $"{(outline.Length == 0 ? 'M' : 'L')}{X(at):0.#} {y:0.#}");
        }

        var marks = points.Index().Where(point => point.Item.Value is not null).Select(point => Markup.Of(
            $"""<circle class="{(point.Item.Value > point.Item.High || point.Item.Value < point.Item.Low ? "outside" : "within")}" cx="{X(point.Index)}" cy="{Y(point.Item.Value!.Value)}" r="3"/>"""));
        var every = Math.Max(1, points.Count / 4);
        return Markup.Of(
            $"""
            <svg class="course-chart" viewBox="0 0 {Width} {Height}" role="img" aria-label="{said}">
            <path class="range" d="{outline.ToString()}"/><path class="zero" d="M{Left} {Bottom}H{Right}"/>
            <text class="tick" x="0" y="{Top + 8}">{Percent(top)}</text><text class="tick" x="0" y="{Bottom}">{Percent(floor)}</text>
            <path class="course" d="{line.ToString()}"/>{marks}
            {points.Index().Where(point => point.Index % every == 0).Select(point => Markup.Of($"""<text class="tick" text-anchor="middle" x="{Math.Clamp(X(point.Index), Left + 8, Right - 12)}" y="{Height - 4}">{point.Item.Label}</text>"""))}
            </svg>
            """);
    }

    private static string Percent(double share) => FigureText.Percent((decimal)share);
}
