using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>Rules about counters and cameras.</summary>
public sealed partial class AlertTests
{
    [Fact]
    public async Task A_device_that_is_overdue_and_one_that_counted_too_little_are_told_once_each_and_end_when_they_are_well()
    {
        await using var database = await FoundAsync();
        await ExecuteAsync(
            database,
            """
            INSERT INTO tenancy.device_group (tenant, device_group, feed) VALUES ('aoba', 'doors', 'doors');
            INSERT INTO tenancy.device (tenant, device, device_group, interval_seconds, enrolled_at) SELECT 'aoba', d, 'doors', 900, '2026-10-01' FROM unnest(ARRAY['door-1', 'door-2', 'door-3', 'door-4']) d;
            INSERT INTO tenancy.device_line (tenant, device, line, valid_from, store)
              VALUES ('aoba', 'door-1', 'a', '2026-10-01', 'S01'), ('aoba', 'door-2', 'a', '2026-10-01', 'S01'), ('aoba', 'door-3', '*', '2026-10-01', 'S03'), ('aoba', 'door-4', '*', '2026-10-01', 'S03');
            INSERT INTO tenancy.device_seen VALUES ('aoba', 'door-3', '2026-11-14T21:00:00+09:00', ''), ('aoba', 'door-4', '2026-11-14T23:20:00+09:00', '');
            INSERT INTO mart.device_line_day (tenant, store, business_date, device, line, measure, role, intervals, observed_minutes, partial_minutes, entered, exited, staff, entered_outside_hours, missing_packages,
              longest_silence_minutes, longest_flat_minutes, flat_entered, firmware)
            SELECT 'aoba', d.store, d.day::date, d.device, 'a', 'raw', 'entrance', 10, d.minutes, 0, 10, 10, 0, 0, 0, 0, 0, 0, ''
            FROM (VALUES ('S01', '2026-11-14', 'door-1', 60), ('S01', '2026-11-14', 'door-2', 1440), ('S01', '2026-11-13', 'door-1', 1440), ('S01', '2026-11-13', 'door-2', 1440), ('S03', '2026-11-13', 'door-3', 1440),
              ('S03', '2026-11-13', 'door-4', 1440)) AS d(store, day, device, minutes);
            """);
        await using var mails = MailReceiver.Start();
        await using var hooks = await WebhookReceiver.StartAsync();
        await using var app = await StartAsync(database, mails);
        using var office = await SignInAsync(ApiHost.AddressOf(app), "honbu");
        Assert.Equal(HttpStatusCode.Created, (await office.PostAsJsonAsync("/v1/webhooks", new { url = hooks.Address, events = new[] { "alert.opened", "alert.closed" } })).StatusCode);
        foreach (var (wrong, parameter) in new (object, string)[]
        {
            (new { name = "x", metric = "device_silence", direction = "below", against = "value", threshold = "30" }, "metric"),
            (new { name = "x", metric = "device_coverage", direction = "below", against = "weekday", threshold = "30" }, "metric"),
            (new { name = "x", metric = "device_coverage", direction = "below", against = "value", threshold = "0.9", until_hour = 12 }, "metric"),
        })
        {
            var answer = await office.PostAsJsonAsync("/v1/alerts/rules", wrong);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Contains(parameter, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("parameter").GetString()));
        }

        await CreateAsync(office, new { name = "黙っている機器", metric = "device_silence", direction = "above", against = "value", threshold = "60", scope = "chain", recipients = new[] { "office@shop.example" } });
        var silent = Assert.Single(await mails.WaitAsync(1));
        Assert.Contains("door-3", silent.Subject, StringComparison.Ordinal);
        Assert.Contains("機器の無通信（分）が 60 を上回ったとき", silent.Text, StringComparison.Ordinal);
        await CreateAsync(office, new { name = "Counted too little", metric = "device_coverage", direction = "below", against = "value", threshold = "0.9", scope = "chain", language = "en", recipients = new[] { "office@shop.example" } });
        var little = (await mails.WaitAsync(2))[1];
        Assert.Contains("door-1 2026-11-14", little.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("door-2", little.Text, StringComparison.Ordinal);
        Assert.Contains("Coverage of a device below 90", little.Text, StringComparison.Ordinal);
        var alerts = (await office.GetFromJsonAsync<JsonElement>("/v1/alerts?state=open")).GetProperty("items").EnumerateArray().Where(alert => alert.GetProperty("device").ValueKind == JsonValueKind.String).ToList();
        Assert.Equal(["S01 door-1", "S03 door-3"], alerts.Select(alert => $"{alert.GetProperty("store").GetString()} {alert.GetProperty("device").GetString()}").Order(StringComparer.Ordinal));
        Assert.Contains("<bdi>door-3</bdi>", await office.GetStringAsync("/alerts?store=all"), StringComparison.Ordinal);
        Assert.Equal("door-3", JsonDocument.Parse((await hooks.WaitAsync(2))[0].Body).RootElement.GetProperty("data").GetProperty("alerts")[0].GetProperty("device").GetString());

        // A form in percent, like other shares; heard again and counted again both end, with one message each.
        await ExecuteAsync(database, "UPDATE tenancy.device_seen SET last_seen_at = '2026-11-14T23:29:00+09:00' WHERE device = 'door-3'; UPDATE mart.device_line_day SET observed_minutes = 1400 WHERE device = 'door-1'");
        await BumpAsync(database);
        var ended = (await mails.WaitAsync(4)).Skip(2).Select(mail => mail.Subject).ToList();
        Assert.Contains(ended, subject => subject.Contains("【解消】黙っている機器", StringComparison.Ordinal) && subject.Contains("door-3", StringComparison.Ordinal));
        Assert.Contains(ended, subject => subject.StartsWith("Over: Counted too little", StringComparison.Ordinal));
        await BumpAsync(database);
        await EvaluatedAsync(database);
        Assert.Equal(4, mails.Received.Count);
    }
}
