using System.Globalization;
using System.Text;
using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Core.Outcomes;
using RetailInsight.Profiles;
using Xunit;
using Xunit.Abstractions;

namespace RetailInsight.Tests.Profiles.Counts;

/// <summary>
/// Street counters and cameras as cities publish them, with all that is wrong with them: <c>RETAILINSIGHT_OPEN_DATA</c> names a folder with
/// <c>leeds_footfall</c> and <c>fukui_camera</c>; without it there is nothing to read.
/// </summary>
public sealed class OpenDataTests(ITestOutputHelper output)
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("RETAILINSIGHT_OPEN_DATA");

    [Fact]
    public void Every_month_of_street_counters_adds_up_to_what_its_file_says()
    {
        if (Folder is null)
        {
            return;
        }

        var files = Directory.GetFiles(Path.Combine(Folder, "leeds_footfall"), "*.csv").Order(StringComparer.Ordinal).ToList();
        Assert.True(files.Count >= 20);
        var (rows, counts, skipped) = (0, 0, 0);
        foreach (var file in files)
        {
            var payload = File.ReadAllBytes(file);
            var told = Plain(payload);
            var conversion = Convert("leeds-footfall", payload, told.Select(row => row.Location), "ONLINE-UK");
            ProfileFixtures.AssertRowsBalance(conversion);
            Assert.Equal(told.Count, conversion.RowsRead);
            Assert.Empty(conversion.Findings);

            // An hour that never was is no observation, and nothing else is held.
            Assert.All(conversion.Held, held => Assert.Equal(RejectionReason.TimeSkipped, Assert.Single(held.Rejections).Reason));
            Assert.Equal(told.Count(row => row.IsSkipped), conversion.Held.Count);
            Assert.Equal(
                Sums(told.Where(row => !row.IsSkipped).Select(row => (row.Location, row.Date, row.In))),
                Sums(conversion.PeopleCounts.Select(count => (count.Record.Device, DateOnly.FromDateTime(count.Record.From.DateTime), (long)count.Record.Entered))));
            rows += told.Count;
            counts += conversion.PeopleCounts.Count;
            skipped += conversion.Held.Count;
        }

        output.WriteLine($"{files.Count} files, {rows} rows: {counts} counts, {skipped} of hours that never were");
    }

    [Fact]
    public void A_day_that_is_sent_in_part_and_then_whole_is_the_whole_day_once()
    {
        if (Folder is null)
        {
            return;
        }

        var folder = Path.Combine(Folder, "fukui_camera");
        var files = Directory.GetFiles(folder, "*.csv").Order(StringComparer.Ordinal).ToList();
        var days = files.ConvertAll(file => Convert("fukui-camera", File.ReadAllBytes(file), ["fukui-station-east-entrance"], "S001"));
        var (part, whole) = (days[0], days[1]);
        Assert.Equal(24, whole.PeopleCounts.Count);
        Assert.True(part.PeopleCounts.Count < whole.PeopleCounts.Count || part.PeopleCounts.Sum(count => count.Record.Entered) < whole.PeopleCounts.Sum(count => count.Record.Entered));
        var ids = whole.PeopleCounts.Select(count => count.Record.EventId).ToHashSet();
        Assert.All(part.PeopleCounts, count => Assert.Contains(count.Record.EventId, ids));
        Assert.Equal(File.ReadAllLines(files[1]).Skip(1).Sum(line => long.Parse(line.Split(',')[4], CultureInfo.InvariantCulture)), whole.PeopleCounts.Sum(count => (long)count.Record.Entered));
    }

    private static Conversion Convert(string profile, byte[] payload, IEnumerable<string> devices, string store)
    {
        var names = devices.Distinct().ToList();
        var context = ProfileFixtures.Context with
        {
            Devices = new DeviceDirectory(names, names.Select(name => new DeviceLine(name, "*", store, "", CountRole.Entrance, false, new(2000, 1, 1), null))),
        };
        return Converter.Convert(ProfileFixtures.Catalog.Find(profile)!, payload, context, CancellationToken.None);
    }

    private static Dictionary<(string, int, int), long> Sums(IEnumerable<(string Location, DateOnly Date, long In)> rows) =>
        rows.GroupBy(row => (row.Location, row.Date.Year, row.Date.Month)).ToDictionary(month => month.Key, month => month.Sum(row => row.In));

    // A reader of its own: columns by name, three ways of writing a date.
    private static List<(string Location, DateOnly Date, long In, bool IsSkipped)> Plain(byte[] payload)
    {
        var lines = Encoding.UTF8.GetString(payload).TrimStart('\uFEFF').Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries).Where(line => line.Trim(',', ' ').Length > 0).ToList();
        var header = lines[0].Split(',').Select(name => name.Trim()).ToList();
        var rows = new List<(string, DateOnly, long, bool)>();
        foreach (var line in lines.Skip(1))
        {
            var fields = Fields(line);
            string Of(string name) => fields[header.IndexOf(name)].Trim();
            var date = DateOnly.ParseExact(Of("Date"), ["yyyy-MM-dd", "dd/MM/yyyy", "dd-MMM-yy"], CultureInfo.InvariantCulture);
            var hour = Of("Hour").Split(':')[0];
            var isSkipped = hour.Length > 0 && int.Parse(hour, CultureInfo.InvariantCulture) == 1 && date.Month == 3 && date.DayOfWeek == DayOfWeek.Sunday && date.Day > 24;
            rows.Add((Of("LocationName"), date, long.Parse(Of("InCount"), CultureInfo.InvariantCulture), isSkipped));
        }

        return rows;
    }

    private static List<string> Fields(string line)
    {
        var fields = new List<string>();
        var (field, quoted) = (new StringBuilder(), false);
        foreach (var letter in line)
        {
            if (letter == '"')
            {
                quoted = !quoted;
            }
            else if (letter == ',' && !quoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
            {
                field.Append(letter);
            }
        }

        fields.Add(field.ToString());
        return fields;
    }
}
