using System.Globalization;

namespace RetailInsight.Api.Pages.Sheets;

/// <summary>A cell of a file: a text, or a number as it is written; null is an empty cell, for what is not known.</summary>
internal readonly record struct SheetCell(string? Content, bool IsNumber)
{
    public static implicit operator SheetCell(string? text) => new(text, false);

    public static implicit operator SheetCell(decimal? number) => new(number?.ToString("0.##########", CultureInfo.InvariantCulture), true);

    public static implicit operator SheetCell(long? number) => new(number?.ToString(CultureInfo.InvariantCulture), true);

    public static implicit operator SheetCell(int? number) => new(number?.ToString(CultureInfo.InvariantCulture), true);

    /// <summary>A date as YYYY-MM-DD, which spreadsheets read as one.</summary>
    public static implicit operator SheetCell(DateOnly? date) => new(date?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), true);

    /// <summary>A moment as ISO 8601 with the offset of a zone.</summary>
    public static SheetCell At(DateTimeOffset? instant, string timeZone) => new(
        instant is { } at ? TimeZoneInfo.ConvertTime(at, TimeZoneInfo.FindSystemTimeZoneById(timeZone)).ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture) : null, true);
}

/// <summary>A column: its id and how a row's cell is read.</summary>
internal sealed record SheetColumn<T>(string Id, Func<T, SheetCell> Read);
