using System.Globalization;
using RetailInsight.Api.Files;

namespace RetailInsight.Api.Staff;

/// <summary>Hours of one clock hour of a store-day, in minutes of all who served; null where the file says nothing.</summary>
internal sealed record StaffHour(string Store, DateOnly Date, int Hour, int? Planned, int? Worked);

/// <summary>Reads a CSV file of staff hours and names every fault of it at once.</summary>
internal static class StaffHoursFile
{
    private const int LastHour = 47;
    private const int MinutesOfHour = 60;
    private const int MostHours = 10_000;

    private static readonly (string Field, string[] Names)[] Columns =
    [
        ("store", ["store", "店舗", "店舗コード"]), ("business_date", ["business_date", "営業日"]), ("hour", ["hour", "時", "時間帯"]),
        ("planned_hours", ["planned_hours", "計画時間"]), ("actual_hours", ["actual_hours", "実績時間"]),
    ];

    /// <summary>Reads it.</summary>
    /// <param name="text">The file.</param>
    /// <param name="isKnown">Whether the person has a store of that code.</param>
    /// <returns>The rows and no fault, or the faults.</returns>
    public static (IReadOnlyList<StaffHour> Rows, IReadOnlyList<RowFault> Faults) Read(string text, Func<string, bool> isKnown)
    {
        var (rows, seen) = (new List<StaffHour>(), new HashSet<(string, DateOnly, int)>());
        using var table = new CsvTable(text, Columns, needed: 3);
        if (table.Faults.All(fault => fault.Row == 1) && !table.Has("planned_hours") && !table.Has("actual_hours"))
        {
            table.Fault("actual_hours", "is missing: add actual_hours, planned_hours or both to the header.");
        }

        while (table.Next())
        {
            if (Row(table, isKnown) is { } row)
            {
                if (!seen.Add((row.Store, row.Date, row.Hour)))
                {
                    table.Fault("hour", "this store, business date and hour stand in the file twice: leave one of them out.");
                }

                rows.Add(row);
            }
        }

        return table.Faults.Count > 0 ? ([], table.Faults) : (rows, []);
    }

    private static StaffHour? Row(CsvTable table, Func<string, bool> isKnown)
    {
        var before = table.Faults.Count;
        var store = table.Cell("store");
        if (!isKnown(store))
        {
            table.Fault("store", $"'{CsvTable.Shown(store)}' is no store you may see: write its code as in GET /v1/stores.");
        }

        if (!DateOnly.TryParseExact(table.Cell("business_date"), ["yyyy-MM-dd", "yyyy/MM/dd", "yyyy/M/d"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) || date.Year is < 1950 or >= 2200)
        {
            table.Fault("business_date", $"'{CsvTable.Shown(table.Cell("business_date"))}' is no business date: write it as YYYY-MM-DD, from 1950 to 2199.");
        }

        if (!int.TryParse(table.Cell("hour"), NumberStyles.None, CultureInfo.InvariantCulture, out var hour) || hour > LastHour)
        {
            table.Fault("hour", $"'{CsvTable.Shown(table.Cell("hour"))}' is no clock hour of a business date: write 0 to {LastHour}, 25 being 01:00 of the next day.");
        }

        var (planned, worked) = (Minutes("planned_hours"), Minutes("actual_hours"));
        if (table.Faults.Count == before && planned is null && worked is null)
        {
            table.Fault("actual_hours", "the row has neither planned nor actual hours: write at least one, 0 where nobody worked.");
        }

        return table.Faults.Count == before ? new StaffHour(store, date, hour, planned, worked) : null;

        int? Minutes(string field)
        {
            var text = table.Cell(field);
            if (text.Length == 0)
            {
                return null;
            }

            if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var hours) && hours <= MostHours)
            {
                return (int)Math.Round(hours * MinutesOfHour, MidpointRounding.AwayFromZero);
            }

            var parts = text.Split(':');
            if (parts.Length == 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var whole) && whole <= MostHours
                && parts[1].Length == 2 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) && minutes < MinutesOfHour)
            {
                return (whole * MinutesOfHour) + minutes;
            }

            table.Fault(field, $"'{CsvTable.Shown(text)}' is no number of hours: write 3.5 or 3:30, at most {MostHours}, not below 0.");
            return null;
        }
    }
}
