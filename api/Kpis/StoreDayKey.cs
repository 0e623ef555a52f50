using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace RetailInsight.Api.Kpis;

/// <summary>
/// Where a page ended. The cursor is opaque but not secret: what it names is checked against the person's stores like any
/// other filter, so it need not be signed. <see cref="Metric"/> is empty where a store-day is one item.
/// </summary>
internal sealed record StoreDayKey(string Store, DateOnly BusinessDate, string Metric = "")
{
    public string ToCursor() => Base64Url.EncodeToString(
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"1{BusinessDate:yyyyMMdd}{Metric}\n{Store}")));

    /// <summary>Null when the text is no cursor.</summary>
    public static StoreDayKey? FromCursor(string cursor)
    {
        if (cursor.Length > 1000 || !Base64Url.IsValid(cursor))
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor));
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        return end >= 9 && text[0] == '1' && !text.Contains('\0', StringComparison.Ordinal)
            && DateOnly.TryParseExact(text.AsSpan(1, 8), "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? new StoreDayKey(text[(end + 1)..], date, text[9..end])
            : null;
    }
}
