using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dapper;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using RetailInsight.Api.Webhooks;

namespace RetailInsight.IntegrationTests.Api;

[Collection(ApiCollections.Contract)]
public sealed class WebhookTests(ApiHost host)
{
    private static readonly Dictionary<string, string?> Loopback = new()
    {
        ["Api:Webhooks:AllowLoopback"] = "true",
        ["Api:Webhooks:Poll"] = "00:00:00.1",
        ["Api:Webhooks:FirstPause"] = "00:00:00.2",
        ["Api:KeysDirectory"] = Path.Combine(AppContext.BaseDirectory, "webhook-test-keys"),
    };

    [Fact]
    public async Task A_change_is_told_once_signed_and_in_sequence_by_however_many_processes()
    {
        await using var database = await FoundAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var one = await ApiHost.StartAsync(database, Loopback);
        await using var two = await ApiHost.StartAsync(database, Loopback);
        using var client = await ApiHost.SignInAsync(ApiHost.AddressOf(one), "honbu");
        var (id, secret) = await CreateAsync(client, new Uri(receiver.Address, "/hook"), "kpi.changed", "data.late");
        Assert.StartsWith("whsec_", secret, StringComparison.Ordinal);
        Assert.True(Convert.FromBase64String(secret[6..]).Length >= 24);
        await PrimedAsync(database);

        await ChangeAsync(database, "aoba", ("S01", "new_data"), ("S02", "late_data"));
        await ChangeAsync(database, "thames", ("S01", "new_data"));
        var messages = (await receiver.WaitAsync(2)).OrderBy(message => message.Body.Contains("data.late", StringComparison.Ordinal)).ToList();
        Assert.Equal(["kpi.changed", "data.late"], messages.Select(message => JsonDocument.Parse(message.Body).RootElement.GetProperty("type").GetString()));
        Assert.Equal([1L, 2L], messages.Select(message => JsonDocument.Parse(message.Body).RootElement.GetProperty("sequence").GetInt64()));
        var data = JsonDocument.Parse(messages[0].Body).RootElement.GetProperty("data");
        Assert.Equal(["S01 2026-11-13 new_data", "S02 2026-11-13 late_data"], data.GetProperty("store_days").EnumerateArray().Select(day =>
            $"{day.GetProperty("store").GetString()} {day.GetProperty("business_date").GetString()} {day.GetProperty("reason").GetString()}"));
        Assert.All(messages, message => Assert.Equal([Sign(secret, message)], message.Signature.Split(' ')));

        // Many more, while both processes look: each once, none left out.
        for (var round = 0; round < 25; round++)
        {
            await ChangeAsync(database, "aoba", ($"S0{1 + (round % 6)}", "correction"));
        }

        for (var wait = 0; wait < 200 && Days(receiver) < 27; wait++)
        {
            await Task.Delay(50);
        }

        await Task.Delay(400);
        Assert.Equal(27, Days(receiver));
        Assert.Equal(receiver.Received.Count, receiver.Received.Select(message => message.Id).Distinct().Count());

        // Two secrets live side by side; a message goes out again under its own id.
        var rotated = await (await client.PostAsJsonAsync($"/v1/webhooks/{id}/rotate", new { overlap_hours = 1 })).Content.ReadFromJsonAsync<JsonElement>();
        var log = (await client.GetFromJsonAsync<JsonElement>($"/v1/webhooks/{id}/deliveries")).GetProperty("items");
        var first = log[log.GetArrayLength() - 1];
        Assert.Equal(("delivered", messages[0].Id), (first.GetProperty("state").GetString(), first.GetProperty("message_id").GetString()));
        var before = receiver.Received.Count;
        Assert.Equal(HttpStatusCode.Accepted, (await client.PostAsync($"/v1/webhooks/{id}/deliveries/{first.GetProperty("id").GetString()}/redeliver", null)).StatusCode);
        var again = (await receiver.WaitAsync(before + 1))[before];
        Assert.Equal(messages[0].Id, again.Id);
        Assert.Equal([Sign(rotated.GetProperty("secret").GetString()!, again), Sign(secret, again)], again.Signature.Split(' '));

        // No secret lies in the database as it is.
        await using var connection = await database.Owner.OpenConnectionAsync();
        var stored = await connection.QueryAsync<byte[]>("SELECT secret FROM api.webhook_endpoint");
        Assert.DoesNotContain(stored, bytes => Encoding.Latin1.GetString(bytes).Contains(secret[6..], StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_failure_is_tried_again_a_redirect_is_not_followed_and_after_three_days_a_person_must_look()
    {
        await using var database = await FoundAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var elsewhere = await WebhookReceiver.StartAsync();
        var answers = 0;
        receiver.Answer = context =>
        {
            context.Response.StatusCode = Interlocked.Increment(ref answers) == 1 ? 307 : 500;
            context.Response.Headers.Location = elsewhere.Address.ToString();
            return Task.CompletedTask;
        };
        await using var app = await ApiHost.StartAsync(database, Loopback);
        using var client = await ApiHost.SignInAsync(ApiHost.AddressOf(app), "honbu");
        var (id, _) = await CreateAsync(client, receiver.Address, "kpi.changed");
        await PrimedAsync(database);
        await ChangeAsync(database, "aoba", ("S01", "new_data"));
        var tries = await receiver.WaitAsync(3);
        Assert.Single(tries.Select(message => message.Id).Distinct());
        Assert.Empty(elsewhere.Received);

        await using (var connection = await database.Job.OpenConnectionAsync())
        {
            await connection.ExecuteAsync("UPDATE api.webhook_delivery SET first_due_at = now() - interval '3 days'");
        }

        JsonElement endpoint = default;
        for (var wait = 0; wait < 200 && (endpoint.ValueKind == JsonValueKind.Undefined || endpoint.GetProperty("active").GetBoolean()); wait++)
        {
            await Task.Delay(50);
            endpoint = await client.GetFromJsonAsync<JsonElement>($"/v1/webhooks/{id}");
        }

        Assert.Contains("3 days", endpoint.GetProperty("disabled_reason").GetString(), StringComparison.Ordinal);
        var delivery = (await client.GetFromJsonAsync<JsonElement>($"/v1/webhooks/{id}/deliveries")).GetProperty("items")[0];
        Assert.Equal("failed", delivery.GetProperty("state").GetString());
        Assert.Equal([500, 307], delivery.GetProperty("latest_attempts").EnumerateArray().Select(attempt => attempt.GetProperty("status").GetInt32()).Distinct());

        // What happens meanwhile waits and is delivered once the endpoint works again.
        await ChangeAsync(database, "aoba", ("S03", "new_data"));
        await Task.Delay(500);
        receiver.Received.Clear();
        receiver.Answer = _ => Task.CompletedTask;
        var mended = await client.PutAsJsonAsync($"/v1/webhooks/{id}", new { url = receiver.Address, events = new[] { "kpi.changed" } });
        Assert.Equal(JsonValueKind.Null, (await mended.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("disabled_reason").ValueKind);
        Assert.Contains("S03", Assert.Single(await receiver.WaitAsync(1)).Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NoContent, (await client.DeleteAsync($"/v1/webhooks/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync($"/v1/webhooks/{id}")).StatusCode);
    }

    [Fact]
    public async Task No_message_goes_into_a_private_network_whatever_the_url_or_the_name_says()
    {
        await using var database = await FoundAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        var port = receiver.Address.Port;
        var lookups = 0;
        var settings = new Dictionary<string, string?>(Loopback) { ["Api:Webhooks:AllowLoopback"] = "false" };
        await using var app = await ApiHost.StartAsync(database, settings, arrange: services => services.AddSingleton(new HostLookup((name, _) => Task.FromResult<IPAddress[]>(name switch
        {
            // Public when it is registered, this machine ever after.
            "rebind.example" => [Interlocked.Increment(ref lookups) == 1 ? IPAddress.Parse("93.184.216.34") : IPAddress.Loopback],
            "mixed.example" => [IPAddress.Parse("93.184.216.34"), IPAddress.Parse("10.0.0.1")],
            "mapped.example" => [IPAddress.Parse("::ffff:127.0.0.1")],
            _ => [IPAddress.Loopback],
        }))));
        using var client = await ApiHost.SignInAsync(ApiHost.AddressOf(app), "honbu");
        foreach (var url in new[]
        {
            $"http://127.0.0.1:{port}/", $"https://127.0.0.1:{port}/", $"https://[::1]:{port}/", "https://169.254.169.254/latest/meta-data", "https://10.0.0.1/", "https://2130706433/",
            "https://0177.0.0.1/", "https://0x7f.1/", "https://0x7f000001/", "https://127.1/", "https://[::ffff:127.0.0.1]/", "https://[64:ff9b::7f00:1]/", "https://localhost/", "https://intern.example/",
            "https://mixed.example/", "https://mapped.example/", "http://rebind2.example/", "ftp://example.com/", "https://user:secret@example.com/", "https://１２７.0.0.1/", "file:///etc/passwd", "nonsense", "", "https://93.184.216.34/",
        })
        {
            var answer = await client.PostAsJsonAsync("/v1/webhooks", new { url, events = new[] { "kpi.changed" } });
            Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, $"{url}: {answer.StatusCode}");
            Assert.Equal("url", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors")[0].GetProperty("parameter").GetString());
        }

        var (id, _) = await CreateAsync(client, new Uri($"https://rebind.example:{port}/"), "kpi.changed");
        foreach (var url in new[] { $"http://127.0.0.1:{port}/", "https://169.254.169.254/", "https://[::ffff:127.0.0.1]/", "https://mixed.example/", "https://2130706433/", "https://localhost/" })
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await client.PutAsJsonAsync($"/v1/webhooks/{id}", new { url, events = new[] { "kpi.changed" } })).StatusCode);
        }

        await PrimedAsync(database);
        await ChangeAsync(database, "aoba", ("S01", "new_data"));
        JsonElement attempts = default;
        for (var wait = 0; wait < 200 && (attempts.ValueKind == JsonValueKind.Undefined || attempts.GetArrayLength() < 2); wait++)
        {
            await Task.Delay(50);
            var items = (await client.GetFromJsonAsync<JsonElement>($"/v1/webhooks/{id}/deliveries")).GetProperty("items");
            attempts = items.GetArrayLength() == 0 ? default : items[0].GetProperty("latest_attempts");
        }

        Assert.All(attempts.EnumerateArray(), attempt => Assert.Contains("not on the public internet", attempt.GetProperty("error").GetString(), StringComparison.Ordinal));
        Assert.Empty(receiver.Received);
    }

    [Fact]
    public async Task Endpoints_belong_to_head_office_and_to_one_company()
    {
        await using var database = await FoundAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var app = await ApiHost.StartAsync(database, Loopback);
        using var office = await ApiHost.SignInAsync(ApiHost.AddressOf(app), "honbu");
        using var manager = await ApiHost.SignInAsync(ApiHost.AddressOf(app), "shibuya");
        using var other = await ApiHost.SignInAsync(ApiHost.AddressOf(app), "camden");
        var (id, _) = await CreateAsync(office, receiver.Address, "export.ready");
        Assert.Equal(HttpStatusCode.Forbidden, (await manager.GetAsync("/v1/webhooks")).StatusCode);
        Assert.Equal(0, (await other.GetFromJsonAsync<JsonElement>("/v1/webhooks")).GetProperty("items").GetArrayLength());
        var change = new { url = receiver.Address, events = new[] { "kpi.changed" } };
        foreach (var answer in new[]
        {
            await other.GetAsync($"/v1/webhooks/{id}"), await other.PutAsJsonAsync($"/v1/webhooks/{id}", change), await other.DeleteAsync($"/v1/webhooks/{id}"),
            await other.PostAsJsonAsync($"/v1/webhooks/{id}/rotate", new { }), await other.GetAsync($"/v1/webhooks/{id}/deliveries"), await other.PostAsync($"/v1/webhooks/{id}/deliveries/1/redeliver", null),
        })
        {
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }

        Assert.Equal("export.ready", (await office.GetFromJsonAsync<JsonElement>($"/v1/webhooks/{id}")).GetProperty("events")[0].GetString());
        Assert.Equal(HttpStatusCode.BadRequest, (await office.PostAsJsonAsync("/v1/webhooks", new { url = receiver.Address, events = new[] { "kpi.changed" }, tenant = "thames" })).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await office.PostAsJsonAsync("/v1/webhooks", new { url = receiver.Address, events = new string?[] { null } })).StatusCode);
    }

    private static int Days(WebhookReceiver receiver) => receiver.Received.Where(message => message.Body.Contains("kpi.changed", StringComparison.Ordinal))
        .Sum(message => JsonDocument.Parse(message.Body).RootElement.GetProperty("data").GetProperty("store_days").GetArrayLength());

    // Written from the specification: HMAC-SHA256 of id.timestamp.body with the bytes behind whsec_.
    private static string Sign(string secret, (string Path, string Id, string Timestamp, string Signature, string Body) message)
    {
        using var hash = new HMACSHA256(Convert.FromBase64String(secret.Split('_')[1]));
        Assert.InRange(long.Parse(message.Timestamp, CultureInfo.InvariantCulture), 1_700_000_000, 4_000_000_000);
        return "v1," + Convert.ToBase64String(hash.ComputeHash(Encoding.UTF8.GetBytes(message.Id + "." + message.Timestamp + "." + message.Body)));
    }

    private static async Task<(string Id, string Secret)> CreateAsync(HttpClient client, Uri url, params string[] events)
    {
        var answer = await client.PostAsJsonAsync("/v1/webhooks", new { url, events });
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        var made = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal($"/v1/webhooks/{made.GetProperty("webhook").GetProperty("id").GetString()}", answer.Headers.Location!.OriginalString);
        return (made.GetProperty("webhook").GetProperty("id").GetString()!, made.GetProperty("secret").GetString()!);
    }

    private async Task<TestDatabase> FoundAsync()
    {
        var database = await host.EmptyDatabaseAsync();
        await Company.FoundAsync(database.Job);
        return database;
    }

    /// <summary>Waits until what was there before is known, so that only what comes now is news.</summary>
    private static async Task PrimedAsync(TestDatabase database)
    {
        await using var connection = await database.Job.OpenConnectionAsync();
        for (var wait = 0; wait < 200 && await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM api.webhook_progress WHERE tenant = 'aoba'") == 0; wait++)
        {
            await Task.Delay(50);
        }
    }

    private static async Task ChangeAsync(TestDatabase database, string tenant, params (string Store, string Reason)[] changes)
    {
        await using var connection = await database.Job.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        foreach (var (store, reason) in changes)
        {
            await connection.ExecuteAsync(
                "INSERT INTO mart.kpi_change (tenant, store, business_date, net_was, net_is, first, reason) VALUES (@tenant, @store, '2026-11-13', 1, 2, false, @reason)", new { tenant, store, reason }, transaction);
        }

        await connection.ExecuteAsync("UPDATE mart.data_version SET version = version + 1 WHERE tenant = @tenant", new { tenant }, transaction);
        await transaction.CommitAsync();
    }
}
