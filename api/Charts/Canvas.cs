namespace RetailInsight.Api.Charts;

/// <summary>
/// Where a chart is drawn: its size in units of the view box, which equal pixels at the width it is meant for. A chart is drawn
/// once for a phone and once for a desk, since scaling one drawing would scale its text.
/// </summary>
/// <param name="Name">Makes element ids unique on a page.</param>
/// <param name="Width">Of the view box.</param>
/// <param name="LabelEvery">Every how many narrow columns carry a label.</param>
internal sealed record Canvas(string Name, double Width, int LabelEvery)
{
    public static Canvas Phone { get; } = new("phone", 342, 3);

    public static Canvas Desk { get; } = new("desk", 560, 1);

    /// <summary>Room for the value axis labels.</summary>
    public const double Left = 60;

    public double Right => Width - 6;

    /// <summary>The left edge of a column.</summary>
    public double Column(int index, int count) => Left + ((Right - Left) * index / count);

    public double ColumnWidth(int count) => (Right - Left) / count;
}
