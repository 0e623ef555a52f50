using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace RetailInsight.Api.Staff;

/// <summary>Hours of one clock hour of a store-day, in minutes of all who served; null where the file says nothing.</summary>
internal sealed record StaffHour(string Store, DateOnly Date, int Hour, int? Planned, int? Worked);

/// <summary>What is wrong with a row and how to mend it.</summary>
/// <param name="Row">Line of the file, the header being 1; 0 for the file as a whole.</param>
/// <param name="Field">Column.</param>
/// <param name="Detail">What it must be.</param>
internal sealed record RowFault(int Row, string Field, string Detail);

/// <summary>Reads a CSV file of staff hours and names every fault of it at once.</summary>
internal static class StaffHoursFile
{
    /// <summary>The most faults that are told; more say nothing new.</summary>
    public const int MostFaults = 100;

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
        var (rows, faults, seen) = (new List<StaffHour>(), new List<RowFault>(), new HashSet<(string, DateOnly, int)>());
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture) { HasHeaderRecord = false, BadDataFound = null, MissingFieldFound = null, IgnoreBlankLines = true };
        using var csv = new CsvReader(new StringReader(text.TrimStart('\uFEFF')), configuration);
        if (!csv.Read())
        {
            return ([], [new RowFault(0, "file", "is empty: send a header and at least one row.")]);
        }

        var places = Header(csv.Parser.Record ?? [], faults);
        while (faults.Count == 0 || places is not null)
        {
            if (places is null || faults.Count >= MostFaults || !csv.Read())
            {
                break;
            }

            if (Row(csv, places, isKnown, faults) is { } row)
            {
                if (!seen.Add((row.Store, row.Date, row.Hour)))
                {
                    faults.Add(new RowFault(csv.Parser.RawRow, "hour", "this store, business date and hour stand in the file twice: leave one of them out."));
                }

                rows.Add(row);
            }
        }

        if (faults.Count == 0 && rows.Count == 0)
        {
            faults.Add(new RowFault(0, "file", "has no row below its header."));
        }

        return faults.Count > 0 ? ([], faults) : (rows, faults);
    }

    private static Dictionary<string, int>? Header(string[] header, List<RowFault> faults)
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var at = 0; at < header.Length; at++)
        {
            var name = header[at].Trim();
            var field = Columns.FirstOrDefault(column => column.Names.Contains(name)).Field;
            if (field is null || !places.TryAdd(field, at))
            {
                faults.Add(new RowFault(1, Shown(name), $"is no column of its own: there are {string.Join(", ", Columns.Select(column => column.Field))}."));
            }
        }

        foreach (var needed in Columns.Take(3).Where(column => !places.ContainsKey(column.Field)))
        {
            faults.Add(new RowFault(1, needed.Field, "is missing: add this column to the header."));
        }

        if (!places.ContainsKey("planned_hours") && !places.ContainsKey("actual_hours"))
        {
            faults.Add(new RowFault(1, "actual_hours", "is missing: add actual_hours, planned_hours or both to the header."));
        }

        return faults.Count > 0 ? null : places;
    }

    private static StaffHour? Row(CsvReader csv, Dictionary<string, int> places, Func<string, bool> isKnown, List<RowFault> faults)
    {
        var (row, before, cells) = (csv.Parser.RawRow, faults.Count, csv.Parser.Record ?? []);
        string Cell(string field) => places.TryGetValue(field, out var at) && at < cells.Length ? cells[at].Trim() : "";
        void Fault(string field, string detail) => faults.Add(new RowFault(row, field, detail));

        var store = Cell("store");
        if (!isKnown(store))
        {
            Fault("store", $"'{Shown(store)}' is no store you may see: write its code as in GET /v1/stores.");
        }

        if (!DateOnly.TryParseExact(Cell("business_date"), ["yyyy-MM-dd", "yyyy/MM/dd", "yyyy/M/d"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) || date.Year is < 1950 or >= 2200)
        {
            Fault("business_date", $"'{Shown(Cell("business_date"))}' is no business date: write it as YYYY-MM-DD, from 1950 to 2199.");
        }

        if (!int.TryParse(Cell("hour"), NumberStyles.None, CultureInfo.InvariantCulture, out var hour) || hour > LastHour)
        {
            Fault("hour", $"'{Shown(Cell("hour"))}' is no clock hour of a business date: write 0 to {LastHour}, 25 being 01:00 of the next day.");
        }

        var (planned, worked) = (Minutes("planned_hours"), Minutes("actual_hours"));
        if (faults.Count == before && planned is null && worked is null)
        {
            Fault("actual_hours", "the row has neither planned nor actual hours: write at least one, 0 where nobody worked.");
        }

        return faults.Count == before ? new StaffHour(store, date, hour, planned, worked) : null;

        int? Minutes(string field)
        {
            var text = Cell(field);
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

            Fault(field, $"'{Shown(text)}' is no number of hours: write 3.5 or 3:30, at most {MostHours}, not below 0.");
            return null;
        }
    }

    private static string Shown(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
