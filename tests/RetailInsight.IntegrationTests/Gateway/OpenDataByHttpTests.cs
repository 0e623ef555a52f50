using System.Globalization;
using System.Text;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Etl.Models;
using RetailInsight.IntegrationTests.Etl;
using Xunit.Abstractions;

namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>
/// Street counters and cameras as cities publish them, pushed over HTTP as a city would: <c>RETAILINSIGHT_OPEN_DATA</c> names a folder with
/// <c>leeds_footfall</c> and <c>fukui_camera</c>; without it there is nothing to push. <c>tests/Soak/open-data.sh</c> asks for it.
/// </summary>
public sealed class OpenDataByHttpTests(PostgresFixture postgres, ITestOutputHelper output) : IClassFixture<PostgresFixture>
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("RETAILINSIGHT_OPEN_DATA");

    [Fact]
    public async Task Every_month_of_street_counters_goes_in_adds_up_and_shows_its_holes()
    {
        if (Folder is null)
        {
            return;
        }

        await using var gateway = await CityAsync();
        var city = gateway.Client(GatewayHost.Key("city"));
        var (read, accepted, duplicate, superseding, quarantined) = (0, 0, 0, 0, 0);
        var told = new Dictionary<(string Location, DateTime At), long>();
        foreach (var file in Directory.GetFiles(Path.Combine(Folder, "leeds_footfall"), "*.csv").Order(StringComparer.Ordinal))
        {
            var payload = await File.ReadAllBytesAsync(file);
            var rows = Plain(payload);
            foreach (var location in rows.Select(row => row.Location).Distinct())
            {
                await gateway.ExecuteAsync(
                    $"""
                    INSERT INTO tenancy.device (tenant, device, device_group, interval_seconds) VALUES ('acme', '{location}', 'street', 3600) ON CONFLICT DO NOTHING;
                    INSERT INTO tenancy.device_line (tenant, device, line, valid_from, store) VALUES ('acme', '{location}', '*', '2000-01-01', 'LEEDS') ON CONFLICT DO NOTHING;
                    """);
            }

            var receipt = await SettledAsync(city, "leeds", payload);
            var (r, a, d, s, q) = receipt.Rows();
            Assert.Equal((rows.Count, r), (r, a + d + s + q));
            Assert.Equal(rows.Count(row => row.IsSkipped), q);
            (read, accepted, duplicate, superseding, quarantined) = (read + r, accepted + a, duplicate + d, superseding + s, quarantined + q);
            foreach (var row in rows.Where(row => !row.IsSkipped))
            {
                told[(row.Location, row.At)] = row.In;
            }

            // The same file again is the same payload; the same rows in other bytes are duplicates.
            using (var again = await city.PushAsync("leeds", payload))
            {
                Assert.Equal("true", again.Headers.GetValues("Idempotent-Replay").Single());
            }

            Assert.Equal((rows.Count, 0, rows.Count - q, 0, q), (await SettledAsync(city, "leeds", [.. payload, .. "\r\n"u8])).Rows());
        }

        Assert.Equal(read, accepted + duplicate + superseding + quarantined);
        var published = await gateway.PublishedAsync();
        var counts = Newest(published);
        Assert.Equal(Sums(told.Select(row => (row.Key.Location, row.Key.At, row.Value))), Sums(counts.Select(count => (count.Device, count.At, (long)count.Entered))));
        await AssertHolesAsync(published, told);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{read} rows read = {accepted} accepted + {duplicate} duplicate + {superseding} superseding + {quarantined} quarantined; {counts.Count} counts, sums of {told.Select(row => (row.Key.Location, row.Key.At.Year, row.Key.At.Month)).Distinct().Count()} camera-months equal"));
    }

    [Fact]
    public async Task A_day_that_is_sent_in_part_and_then_whole_counts_once()
    {
        if (Folder is null)
        {
            return;
        }

        await using var gateway = await CityAsync();
        var city = gateway.Client(GatewayHost.Key("city"));
        await gateway.ExecuteAsync(
            """
            INSERT INTO tenancy.device (tenant, device, device_group, interval_seconds) VALUES ('acme', 'fukui-station-east-entrance', 'street', 3600);
            INSERT INTO tenancy.device_line (tenant, device, line, valid_from, store) VALUES ('acme', 'fukui-station-east-entrance', '*', '2000-01-01', 'S001');
            """);
        var files = Directory.GetFiles(Path.Combine(Folder, "fukui_camera"), "*.csv").Order(StringComparer.Ordinal).ToList();
        var part = (await SettledAsync(city, "fukui", await File.ReadAllBytesAsync(files[0]))).Rows();
        var whole = (await SettledAsync(city, "fukui", await File.ReadAllBytesAsync(files[1]))).Rows();
        Assert.Equal(0, part.Quarantined + whole.Quarantined);
        Assert.Equal(24, whole.Read);
        var counts = Newest(await gateway.PublishedAsync());
        Assert.Equal(24, counts.Count);
        Assert.Equal((await File.ReadAllLinesAsync(files[1])).Skip(1).Sum(line => long.Parse(line.Split(',')[4], CultureInfo.InvariantCulture)), counts.Sum(count => (long)count.Entered));
        output.WriteLine($"part: {part}; whole: {whole}; 24 hours, {counts.Sum(count => (long)count.Entered)} people, once");
    }

    // A day no row came of has no figure at all, and the hour that never was is no observation although a row came of it.
    private async Task AssertHolesAsync(IEnumerable<EventBatch> published, Dictionary<(string Location, DateTime At), long> told)
    {
        await using var mart = await MartHarness.StartAsync(postgres, []);
        await using (var street = mart.Database.Owner.CreateCommand(
            """
            INSERT INTO tenancy.tenant VALUES ('acme', 'Acme', 'GBP', 'Europe/London');
            INSERT INTO tenancy.store (tenant, store, name, time_zone, opens_minute, closes_minute, door_lines) VALUES ('acme', 'LEEDS', 'Leeds', 'Europe/London', 0, 1440, 8);
            """))
        {
            await street.ExecuteNonQueryAsync();
        }

        await mart.StoreMaster.SnapshotAsync("acme", default);
        await mart.LoadAsync(published);
        var days = told.Keys.Select(row => DateOnly.FromDateTime(row.At)).ToHashSet();
        var holes = Enumerable.Range(0, days.Max().DayNumber - days.Min().DayNumber).Select(days.Min().AddDays).Where(day => !days.Contains(day) && days.Any(known => known.Year == day.Year && known.Month == day.Month)).ToList();
        Assert.Contains(new DateOnly(2015, 7, 4), holes);
        foreach (var hole in holes)
        {
            Assert.Empty(await RowsAsync(mart, "device_line_day", hole, "entered"));
            Assert.All(await RowsAsync(mart, "opening_hour", hole, "visitors"), Assert.Null);
            Assert.All(await RowsAsync(mart, "opening_hour", hole, "observed_minutes"), minutes => Assert.Equal(0L, minutes));
        }

        var spring = days.Where(day => day.Month == 3 && day.DayOfWeek == DayOfWeek.Sunday && day.Day > 24 && told.Count(row => DateOnly.FromDateTime(row.Key.At) == day) > 8).ToList();
        Assert.NotEmpty(spring);
        foreach (var day in spring)
        {
            Assert.All(await RowsAsync(mart, "device_line_day", day, "intervals"), intervals => Assert.Equal(23L, intervals));
        }

        output.WriteLine($"{holes.Count} whole days without a row show as missing; {spring.Count} spring days of 23 hours");
    }

    private static async Task<List<object?>> RowsAsync(MartHarness mart, string model, DateOnly day, string column)
    {
        var values = new List<object?>();
        await foreach (var block in mart.Runner.Run(model, new ModelPartition("acme", day, ["LEEDS"])).ReadAsync(default))
        {
            for (var row = 0; row < block.RowCount; row++)
            {
                values.Add(block[column].ValueAt(row));
            }
        }

        return values;
    }

    private async Task<GatewayHost> CityAsync()
    {
        var gateway = await GatewayHost.StartAsync(postgres, new() { ["Gateway:CacheSeconds"] = "0" });
        await gateway.ExecuteAsync(
            """
            INSERT INTO tenancy.store (tenant, store, name, time_zone, opens_minute, closes_minute) VALUES ('acme', 'LEEDS', 'Leeds', 'Europe/London', 0, 1440);
            INSERT INTO gateway.feed (tenant, feed, vendor, profile) VALUES ('acme', 'leeds', 'leeds-footfall', 'leeds-footfall'), ('acme', 'fukui', 'fukui-camera', 'fukui-camera');
            INSERT INTO tenancy.device_group (tenant, device_group, feed) VALUES ('acme', 'street', 'leeds');
            """);
        await GatewayHost.AddKeyAsync(gateway.Database.Owner, GatewayHost.Key("city"), "city", "acme", ["leeds", "fukui"]);
        return gateway;
    }

    private static async Task<System.Text.Json.JsonElement> SettledAsync(HttpClient client, string feed, byte[] payload)
    {
        var receipt = await client.LandAsync(feed, payload);
        while (receipt.Text("state") == "landed")
        {
            await Task.Delay(50);
            receipt = await client.GetJsonAsync("/v1/receipts/" + receipt.Text("receipt_id"));
        }

        return receipt;
    }

    private static List<(string Device, DateTime At, uint Entered)> Newest(IEnumerable<EventBatch> batches)
    {
        var london = TimeZoneInfo.FindSystemTimeZoneById("Europe/London");
        var newest = new Dictionary<(ulong, ulong), (uint Revision, string Device, DateTime At, uint Entered)>();
        foreach (var batch in batches)
        {
            var counts = batch.PeopleCounts;
            for (var i = 0; i < (counts?.Store.Count ?? 0); i++)
            {
                var id = (counts!.EventIdHi[i], counts.EventIdLo[i]);
                var at = TimeZoneInfo.ConvertTime(DateTimeOffset.UnixEpoch.AddTicks(counts.FromUs[i] * TimeSpan.TicksPerMicrosecond), london).DateTime;
                if (!newest.TryGetValue(id, out var known) || known.Revision < counts.Revision[i])
                {
                    newest[id] = (counts.Revision[i], batch.Strings[(int)counts.Device[i]], at, (uint)counts.Entered[i]);
                }
            }
        }

        return [.. newest.Values.Select(count => (count.Device, count.At, count.Entered))];
    }

    private static Dictionary<(string, int, int), long> Sums(IEnumerable<(string Location, DateTime At, long In)> rows) =>
        rows.GroupBy(row => (row.Location, row.At.Year, row.At.Month)).ToDictionary(month => month.Key, month => month.Sum(row => row.In));

    // A reader of its own: columns by name, three ways of writing a date. What is quoted has no comma in it that matters here.
    private static List<(string Location, DateTime At, long In, bool IsSkipped)> Plain(byte[] payload)
    {
        var lines = Encoding.UTF8.GetString(payload).TrimStart('\uFEFF').Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries).Where(line => line.Trim(',', ' ').Length > 0).ToList();
        var header = Fields(lines[0]);
        var rows = new List<(string, DateTime, long, bool)>();
        foreach (var fields in lines.Skip(1).Select(Fields))
        {
            string Of(string name) => fields[header.IndexOf(name)];
            var date = DateOnly.ParseExact(Of("Date"), ["yyyy-MM-dd", "dd/MM/yyyy", "dd-MMM-yy"], CultureInfo.InvariantCulture);
            var text = Of("Hour").Split(':')[0];
            var hour = text.Length > 0 ? int.Parse(text, CultureInfo.InvariantCulture) : -1;
            rows.Add((Of("LocationName"), date.ToDateTime(new TimeOnly(Math.Max(hour, 0), 0)), long.Parse(Of("InCount"), CultureInfo.InvariantCulture), hour == 1 && date is { Month: 3, DayOfWeek: DayOfWeek.Sunday, Day: > 24 }));
        }

        return rows;
    }

    private static List<string> Fields(string line)
    {
        var fields = new List<string> { "" };
        var quoted = false;
        foreach (var letter in line)
        {
            if (letter == ',' && !quoted)
            {
                fields.Add("");
            }
            else if (letter == '"')
            {
                quoted = !quoted;
            }
            else
            {
                fields[^1] += letter;
            }
        }

        return fields.ConvertAll(field => field.Trim());
    }
}
