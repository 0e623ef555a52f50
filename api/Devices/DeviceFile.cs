using System.Globalization;
using System.Text.RegularExpressions;
using RetailInsight.Api.Files;

namespace RetailInsight.Api.Devices;

/// <summary>Reads a CSV file of devices to enrol, a row a line of a device, and names every fault of it at once.</summary>
internal static partial class DeviceFile
{
    private const int Needed = 3;
    private const int MinutesOfHour = 60;
    private const int LatestHour = 48;

    private static readonly (string Field, string[] Names)[] Columns =
    [
        ("device", ["device", "機器", "機器ID"]), ("device_group", ["device_group", "グループ"]), ("interval_seconds", ["interval_seconds", "間隔秒"]),
        ("name", ["name", "名称"]), ("maker", ["maker", "メーカー"]), ("model", ["model", "型番"]), ("revision", ["revision", "版"]),
        ("opens", ["opens", "計測開始"]), ("closes", ["closes", "計測終了"]),
        ("network", ["network", "回線"]), ("subscriber", ["subscriber", "SIM", "加入者番号"]), ("equipment", ["equipment", "端末識別番号"]),
        ("line", ["line", "ライン"]), ("store", ["store", "店舗", "店舗コード"]), ("valid_from", ["valid_from", "適用開始日"]), ("valid_to", ["valid_to", "適用終了日"]),
        ("role", ["role", "用途"]), ("reversed", ["reversed", "逆向き"]), ("zone", ["zone", "ゾーン"]),
    ];

    // What is said of a device and not of one of its lines.
    private static readonly string[] Facts = [.. Columns.Select(column => column.Field).Skip(1).TakeWhile(field => field != "line")];

    private static readonly Dictionary<string, string> Roles = new(StringComparer.Ordinal)
    {
        [""] = "entrance",
        ["entrance"] = "entrance",
        ["入口"] = "entrance",
        ["passage"] = "passage",
        ["通路"] = "passage",
        ["interior"] = "interior",
        ["店内"] = "interior",
    };

    /// <summary>The columns a file may have, for people.</summary>
    public const string Description =
        "UTF-8, a row a line of a device. Columns device, device_group, interval_seconds; name, maker, model, revision, opens and closes (10:00, 25:00), network, subscriber, equipment; "
        + "line (* for every one), store, valid_from, valid_to (YYYY-MM-DD), role (entrance, passage, interior), reversed (yes or no), zone. A device's further rows repeat its facts or leave them empty.";

    /// <summary>Reads it.</summary>
    /// <param name="text">The file.</param>
    /// <param name="groups">The groups the company has.</param>
    /// <param name="stores">The stores the company has.</param>
    /// <returns>The devices and no fault, or the faults.</returns>
    public static (IReadOnlyList<DeviceRequest> Devices, IReadOnlyList<RowFault> Faults) Read(string text, IReadOnlySet<string> groups, IReadOnlySet<string> stores)
    {
        var found = new OrderedDictionary<string, Entry>(StringComparer.Ordinal);
        using var table = new CsvTable(text, Columns, Needed);
        while (table.Next())
        {
            var id = table.Cell("device");
            if (found.TryGetValue(id, out var entry))
            {
                foreach (var field in Facts.Where(field => table.Cell(field).Length > 0 && table.Cell(field) != entry.Cells[field]))
                {
                    table.Fault(field, $"differs from row {entry.Row} of the same device: repeat what stands there or leave it empty.");
                }
            }
            else
            {
                found.Add(id, entry = new Entry(table.Row, Facts.ToDictionary(field => field, table.Cell, StringComparer.Ordinal), Request(table, id, groups)));
            }

            if (Line(table, stores) is { } line)
            {
                entry.Request.Lines!.Add(line);
                entry.LineRows.Add(table.Row);
            }
        }

        List<RowFault> faults = [.. table.Faults];
        if (faults.Count == 0)
        {
            faults.AddRange(found.Values.SelectMany(entry => DeviceRules.Of(entry.Request, enrols: true).Select(fault => Fault(entry, fault.Parameter, fault.Detail))));
            faults.AddRange(found.Values.Where(entry => entry.Request.Subscriber is not null).GroupBy(entry => (entry.Request.Network, entry.Request.Subscriber)).SelectMany(same => same.Skip(1)
                .Select(entry => new RowFault(entry.Row, "subscriber", $"is that of row {same.First().Row} as well: a SIM is in one device."))));
        }

        return faults.Count > 0 ? ([], [.. faults.OrderBy(fault => fault.Row).Take(CsvTable.MostFaults)]) : ([.. found.Values.Select(entry => entry.Request)], []);
    }

    private static DeviceRequest Request(CsvTable table, string id, IReadOnlySet<string> groups)
    {
        var group = table.Cell("device_group");
        if (!groups.Contains(group))
        {
            table.Fault("device_group", $"'{CsvTable.Shown(group)}' is no group: write one of GET /v1/device-groups.");
        }

        if (!int.TryParse(table.Cell("interval_seconds"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            table.Fault("interval_seconds", $"'{CsvTable.Shown(table.Cell("interval_seconds"))}' is no number of seconds: write 900 for a quarter of an hour.");
            seconds = 1;
        }

        string? Known(string field) => table.Cell(field) is { Length: > 0 } text ? text : null;
        return new DeviceRequest(
            group, seconds, id, table.Cell("name"), table.Cell("maker"), table.Cell("model"), table.Cell("revision"), Minute(table, "opens"), Minute(table, "closes"), Known("network"), Known("subscriber"),
            Known("equipment"), []);
    }

    private static DeviceLineView? Line(CsvTable table, IReadOnlySet<string> stores)
    {
        string[] ofLine = ["line", "store", "valid_from", "valid_to", "role", "reversed", "zone"];
        if (ofLine.All(field => table.Cell(field).Length == 0))
        {
            return null;
        }

        var (before, store) = (table.Faults.Count, table.Cell("store"));
        if (!stores.Contains(store))
        {
            table.Fault("store", $"'{CsvTable.Shown(store)}' is no store of the company: write its code as in GET /v1/stores.");
        }

        if (!Roles.TryGetValue(table.Cell("role"), out var role))
        {
            table.Fault("role", $"'{CsvTable.Shown(table.Cell("role"))}' is none of entrance, passage and interior.");
        }

        bool? reversed = table.Cell("reversed").ToUpperInvariant() switch { "" or "NO" or "FALSE" or "0" or "いいえ" => false, "YES" or "TRUE" or "1" or "はい" => true, _ => null };
        if (reversed is null)
        {
            table.Fault("reversed", $"'{CsvTable.Shown(table.Cell("reversed"))}' is neither yes nor no.");
        }

        var (from, to) = (Date(table, "valid_from"), table.Cell("valid_to").Length == 0 ? null : Date(table, "valid_to"));
        return table.Faults.Count > before ? null
            : new DeviceLineView(table.Cell("line") is { Length: > 0 } line ? line : "*", store, from!.Value, to, role!, reversed!.Value, table.Cell("zone"));
    }

    private static DateOnly? Date(CsvTable table, string field)
    {
        if (DateOnly.TryParseExact(table.Cell(field), ["yyyy-MM-dd", "yyyy/MM/dd", "yyyy/M/d"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            return date;
        }

        table.Fault(field, $"'{CsvTable.Shown(table.Cell(field))}' is no date: write it as YYYY-MM-DD.");
        return null;
    }

    private static int? Minute(CsvTable table, string field)
    {
        var text = table.Cell(field);
        if (text.Length == 0)
        {
            return null;
        }

        if (Clock().Match(text) is { Success: true } clock && int.Parse(clock.Groups[1].Value, CultureInfo.InvariantCulture) is var hour and <= LatestHour)
        {
            return (hour * MinutesOfHour) + int.Parse(clock.Groups[2].Value, CultureInfo.InvariantCulture);
        }

        table.Fault(field, $"'{CsvTable.Shown(text)}' is no time of day: write 10:00, or 25:00 for one o'clock of the next day.");
        return null;
    }

    // The rules name members; the person looks at rows and columns.
    private static RowFault Fault(Entry entry, string member, string detail)
    {
        var column = member switch { "opens_minute" => "opens", "closes_minute" => "closes", _ => member };
        return Place().Match(member) is { Success: true } place && int.Parse(place.Groups[1].Value, CultureInfo.InvariantCulture) is var at && at < entry.LineRows.Count
            ? new RowFault(entry.LineRows[at], place.Groups[2].Value is { Length: > 0 } named ? named : "line", Place().Replace(detail, other => $"row {entry.LineRows[int.Parse(other.Groups[1].Value, CultureInfo.InvariantCulture)]}"))
            : new RowFault(entry.Row, column, detail);
    }

    [GeneratedRegex(@"^([0-9]{1,2}):([0-5][0-9])\z")]
    private static partial Regex Clock();

    [GeneratedRegex(@"lines\[([0-9]{1,4})\](?:\.(\w+))?")]
    private static partial Regex Place();

    private sealed record Entry(int Row, Dictionary<string, string> Cells, DeviceRequest Request)
    {
        public List<int> LineRows { get; } = [];
    }
}
