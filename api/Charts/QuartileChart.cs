using RetailInsight.Api.Pages;

namespace RetailInsight.Api.Charts;

/// <summary>One of the own values beside the others.</summary>
/// <param name="Value">Where it stands.</param>
/// <param name="Said">What is said of it.</param>
internal sealed record QuartilePoint(decimal Value, string Said);

/// <summary>The middle half of many values as a band with its median, and own values as points on the same line.</summary>
internal static class QuartileChart
{
    private const double Height = 74;
    private const double Middle = 26;
    private const double Band = 20;
    private const double Side = 26;

    /// <param name="canvas">Size.</param>
    /// <param name="name">Makes element ids unique on a page.</param>
    /// <param name="lower">First quartile.</param>
    /// <param name="median">Median.</param>
    /// <param name="upper">Third quartile.</param>
    /// <param name="own">Own values.</param>
    /// <param name="write">Writes a value for the axis.</param>
    /// <param name="title">What it shows.</param>
    /// <param name="description">The same in a sentence.</param>
    public static Markup Draw(
        Canvas canvas, string name, decimal lower, decimal median, decimal upper, IReadOnlyList<QuartilePoint> own, Func<decimal, string> write, string title, string description)
    {
        var id = $"{name}-{canvas.Name}";
        var values = own.Select(point => point.Value).Append(lower).Append(upper).ToList();
        var (low, high) = (values.Min(), values.Max());
        var room = high == low ? Math.Max(0.01m, Math.Abs(high) * 0.1m) : (high - low) * 0.08m;
        (low, high) = (low - room, high + room);
        double X(decimal value) => Side + ((canvas.Width - (2 * Side)) * (double)((value - low) / (high - low)));
        return Markup.Of(
            $"""
            <svg class="chart quartiles {canvas.Name}" viewBox="0 0 {canvas.Width} {Height}" role="img" aria-labelledby="{id}-title {id}-desc">
            <title id="{id}-title">{title}</title><desc id="{id}-desc">{description}</desc>
            <path class="base" d="M{Side} {Middle}H{canvas.Width - Side}"/>
            <rect class="band" x="{X(lower)}" y="{Middle - (Band / 2)}" width="{Math.Max(2, X(upper) - X(lower))}" height="{Band}" rx="3"/>
            <path class="target-line" d="M{X(median)} {Middle - (Band / 2) - 4}V{Middle + (Band / 2) + 4}"/>
            {Labels(lower, median, upper).Select(value => Markup.Of($"""<text class="tick" text-anchor="middle" x="{X(value)}" y="{Middle + (Band / 2) + 20}">{write(value)}</text>"""))}
            {own.Select(point => Markup.Of($"""<g><title>{point.Said}</title><circle class="own-place" cx="{X(point.Value)}" cy="{Middle}" r="5"/></g>"""))}
            </svg>
            """);

        // Where the quartiles lie too near for three labels, the median alone has one.
        IEnumerable<decimal> Labels(decimal first, decimal second, decimal third) => X(second) - X(first) > 44 && X(third) - X(second) > 44 ? [first, second, third] : [second];
    }
}
