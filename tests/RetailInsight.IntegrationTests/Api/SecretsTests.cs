using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using RetailInsight.Api;
using RetailInsight.Api.Morning;
using RetailInsight.Api.Webhooks;
using RetailInsight.Core.Ports;
using RetailInsight.Core.Tenancy;
using RetailInsight.Dags;
using RetailInsight.Platform.Local.DuckDb;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>What was once shown to a caller stands nowhere: every column of every table and the whole log are searched for it.</summary>
[Collection(ApiCollections.Hardening)]
public sealed class SecretsTests(ApiHost host)
{
    [Fact]
    public async Task No_key_password_or_token_stands_in_the_database_or_the_log()
    {
        await using var database = await host.EmptyDatabaseAsync();
        await Company.FoundAsync(database.Job);
        await ArrangeAsync(database, "INSERT INTO gateway.feed (tenant, feed, vendor, profile) VALUES ('aoba', 'vendor-a', 'vendor-a', 'vendor-a') ON CONFLICT DO NOTHING");
        var log = new Everything();
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace).AddProvider(log);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection([new("Api:LoginAttemptsPerMinute", "1000"), new("Api:ChangesPerMinute", "1000"), new("Api:ShareViewsPerMinute", "1000"), new("Dags:Schedule", "false"), new("Dags:Work", "false"), new("Logging:LogLevel:Default", "Debug")]);
        builder.Services.AddSingleton(new HostLookup((_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("93.184.216.34")])));
        builder.Services.AddSingleton(TimeProvider.System).AddKeyedSingleton(DatabaseRole.App, database.App).AddKeyedSingleton(DatabaseRole.Job, database.Job).AddSingleton<IParquetWriter, DuckDbParquetWriter>();
        builder.Services.AddDags(builder.Configuration).AddApi(builder.Configuration);
        await using var app = builder.Build();
        app.MapApi();
        await app.StartAsync();
        using var office = await ApiHost.SignInAsync(ApiHost.AddressOf(app), "honbu");

        // Some hold characters that stand escaped in an address.
        List<string> secrets = [Company.Password, "a mistyped password 77", "a password of Hanako's", "a key in the address 55", "forged.token+of/a=stranger"];
        for (var made = 0; made < 100; made++)
        {
            var answer = await office.PostAsJsonAsync("/v1/keys", new { vendor = "vendor-a", feeds = new[] { "vendor-a" }, label = $"till {made}" });
            secrets.Add((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("secret").GetString()!);
        }

        var person = await (await office.PostAsJsonAsync("/v1/users", new { name = "hanako", display_name = "x", role = "head_office" })).Content.ReadFromJsonAsync<JsonElement>();
        var token = person.GetProperty("one_time_token").GetString()!;
        secrets.Add(token);
        var webhook = await (await office.PostAsJsonAsync("/v1/webhooks", new { url = "https://93.184.216.34.example/", events = new[] { "kpi.changed" } })).Content.ReadFromJsonAsync<JsonElement>();
        var rotated = await (await office.PostAsJsonAsync($"/v1/webhooks/{webhook.GetProperty("webhook").GetProperty("id").GetString()}/rotate", new { overlap_hours = 1 })).Content.ReadFromJsonAsync<JsonElement>();
        secrets.AddRange(new[] { webhook, rotated }.Select(one => one.GetProperty("secret").GetString()!).SelectMany(secret => new[] { secret, secret[6..] }));
        var shared = System.Text.RegularExpressions.Regex.Match(await (await office.SendFormAsync("/?store=S01&date=2026-11-13", "/shares", ("days", "1"))).Content.ReadAsStringAsync(), "/s/([A-Za-z0-9_-]{43})").Groups[1].Value;
        var unsubscribe = MorningRegister.NewToken();
        Assert.Equal(43, shared.Length);
        secrets.AddRange([shared, unsubscribe]);
        await ArrangeAsync(database, "INSERT INTO api.morning_sheet_sent (tenant, login, business_date, sent_at, whole, unsubscribe_hash) VALUES ('aoba', 'honbu', '2026-11-13', now(), true, $1)", SHA256.HashData(Encoding.UTF8.GetBytes(unsubscribe)));

        using var stranger = ApiHost.Client(ApiHost.AddressOf(app));
        await stranger.PostAsJsonAsync("/v1/session", new { login = "honbu", password = secrets[1] });
        await stranger.PostAsJsonAsync("/v1/session", new { login = secrets[1], password = secrets[1] });
        using var forged = ApiHost.Client(ApiHost.AddressOf(app));
        forged.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"Bearer {secrets[4]}");
        foreach (var (address, status) in new[]
        {
            ($"/v1/stores?api_key={Uri.EscapeDataString(secrets[3])}", 401), ($"/v1/stores?access_token={Uri.EscapeDataString(secrets[4])}", 401), ($"/v1/kpis/store-day?api_key={secrets[5]}", 401),
            ($"/s/{shared}", 200), ($"/s/{shared}?api_key={secrets[6]}", 200), ($"/welcome/{token}?login=hanako%40aoba", 200), ($"/unsubscribe/{unsubscribe}", 200), ($"/login?return=%2Fs%2F{shared}", 200),
        })
        {
            foreach (var client in new[] { stranger, forged })
            {
                var answer = await client.GetAsync(address);
                Assert.True((int)answer.StatusCode == status, $"{address}: {answer.StatusCode}");
            }
        }

        Assert.Equal(HttpStatusCode.OK, (await stranger.PostAsync($"/unsubscribe/{unsubscribe}", null)).StatusCode);
        await stranger.PostAsJsonAsync("/v1/session/password", new { login = "hanako@aoba", secret = token, password = secrets[2] });
        Assert.Equal(HttpStatusCode.OK, (await stranger.PostAsJsonAsync("/v1/session", new { login = "hanako@aoba", password = secrets[2] })).StatusCode);

        var dump = await database.DumpAsync();
        Assert.True(dump.Split("\n# ").Length > 30 && dump.Contains("hanako@aoba", StringComparison.Ordinal) && dump.Contains("till 99", StringComparison.Ordinal));
        var lines = string.Join('\n', log.Lines);
        Assert.Contains("A sign-in from", lines, StringComparison.Ordinal);
        Assert.All(secrets.SelectMany(secret => new[] { secret, Uri.EscapeDataString(secret) }), secret =>
        {
            Assert.DoesNotContain(secret, dump, StringComparison.Ordinal);
            Assert.DoesNotContain(secret, lines, StringComparison.Ordinal);
            // As bytes a dump shows hex.
            Assert.DoesNotContain(Convert.ToHexString(Encoding.UTF8.GetBytes(secret)), dump, StringComparison.OrdinalIgnoreCase);
        });
        Assert.Contains("/s/{token}", dump, StringComparison.Ordinal);
        await using var connection = await database.Owner.OpenConnectionAsync();
        Assert.Equal(100, await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM tenancy.api_key WHERE length(key_hash) = 32"));
    }

    private static async Task ArrangeAsync(TestDatabase database, string sql, params object[] values)
    {
        await using var command = database.Owner.CreateCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        await command.ExecuteNonQueryAsync();
    }

    private sealed class Everything : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
