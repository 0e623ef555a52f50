using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using RetailInsight.Dags.Engine;
using RetailInsight.Fuzzing;
using Xunit.Abstractions;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>
/// Every operation of the document, right and damaged, as nobody, as a manager and as an administrator. Long runs with other seeds:
/// <c>tests/Soak/fuzz-api.sh</c>.
/// </summary>
[Collection(ApiCollections.Hardening)]
public sealed class FuzzTests(ApiHost host, ITestOutputHelper output)
{
    private static readonly Dictionary<string, string[]> Known = new()
    {
        ["store"] = ["S01", "S02", "S99"],
        ["stores"] = ["S01", "S02"],
        ["from"] = ["2026-11-01", "2026-11-10"],
        ["to"] = ["2026-11-12", "2026-11-14"],
        ["date"] = ["2026-11-14", "2026-11-01"],
        ["as_of"] = ["2026-11-14", "2026-11-01"],
        ["model"] = ["sales", "none"],
        ["limit"] = ["1", "3", "1000", "0"],
        ["vendor"] = ["vendor-a"],
        ["feeds"] = ["vendor-a"],
        ["role"] = ["store_manager", "head_office", "admin"],
        ["login"] = ["kanto", "nobody", "honbu", "camden"],
        ["dag"] = ["store_kpis", "housekeeping", "none"],
        ["run"] = ["1", "2", "77"],
        ["language"] = ["ja", "en"],
        ["business_date"] = ["2026-11-14"],
        ["name"] = ["fuzz", "fuzz2"],
        ["display_name"] = ["x"],
        ["label"] = ["x"],
        ["state"] = ["queued", "asleep"],
        ["keyId"] = ["00000000000000000000000000000001"],
        ["metric"] = ["net_sales", "conversion", "tender_receipts"],
        ["direction"] = ["below", "above"],
        ["against"] = ["value", "weekday", "target"],
        ["threshold"] = ["20", "0.5", "x"],
        ["recipients"] = ["name@example.com", "nobody"],
        ["scope"] = ["chain", "personal"],
        ["kind"] = ["rain", "note", "snow", "clear", "mark", "cancel"],
        ["as"] = ["success", "failed", "done"],
        ["task"] = ["store_master", "store_figures", "none"],
        ["tasks"] = ["store_master", "store_figures[S01]", "none"],
        ["plan"] = ["1", "2", "77"],
        ["action"] = ["1", "2", "77"],
        ["older"] = ["1", "2", "77"],
        ["newer"] = ["1", "2", "77"],
        ["try"] = ["1", "9"],
        ["reason"] = ["late file", ""],
        ["visibility"] = ["personal", "store", "chain"],
        ["tenant"] = ["aoba", "thames"],
        ["anchor"] = ["1:" + new string('0', 64), "x"],
    };

    [Fact]
    public async Task No_request_makes_the_server_fail_or_answer_what_is_not_documented()
    {
        var seed = int.Parse(Environment.GetEnvironmentVariable("RETAILINSIGHT_SOAK_SEED") ?? "20261121", CultureInfo.InvariantCulture);
        var count = int.Parse(Environment.GetEnvironmentVariable("RETAILINSIGHT_SOAK_REQUESTS") ?? "30", CultureInfo.InvariantCulture);
        await using var database = await host.EmptyDatabaseAsync();
        await Company.FoundAsync(database.Job);
        await using (var feeds = database.Owner.CreateCommand("INSERT INTO gateway.feed (tenant, feed, vendor, profile) VALUES ('aoba', 'vendor-a', 'vendor-a', 'vendor-a') ON CONFLICT DO NOTHING"))
        {
            await feeds.ExecuteNonQueryAsync();
        }

        await using var app = await ApiHost.StartAsync(database, new() { ["Api:LoginAttemptsPerMinute"] = "30", ["Api:ChangesPerMinute"] = "100000" });
        await app.Services.GetRequiredService<DagRegistration>().RegisterAsync(CancellationToken.None);
        var address = ApiHost.AddressOf(app);
        using var reader = ApiHost.Client(address);
        var fuzzer = new ApiFuzzer(await reader.GetFromJsonAsync<JsonElement>("/openapi/v1.json"), new Random(seed), Known);
        Assert.True(fuzzer.Operations.Count > 15);

        var (complaints, seen, sent) = (new List<string>(), new Dictionary<string, int>(), 0);
        string?[] people = ["administrator", "shibuya", null];
        var cookies = new Dictionary<string, string>();
        foreach (var login in people.OfType<string>())
        {
            cookies[login] = await CookieAsync(address, login);
        }

        // Operations that sign in use up the attempts of this address, so they come last; those that end sessions are sent without one.
        foreach (var operation in fuzzer.Operations.OrderBy(one => one.Id is "createSession" or "setPassword"))
        {
            using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, AutomaticDecompression = DecompressionMethods.All }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(20) };
            for (var turn = 0; turn < count; turn++)
            {
                var login = operation.Id is "deleteSession" or "deleteSessions" or "resetPassword" or "signOutUser" && turn % 3 == 1 ? null : people[turn % people.Length];
                using var request = fuzzer.Request(operation);
                if (login is not null && operation.Id is not ("deleteSessions" or "deleteSession"))
                {
                    request.Headers.TryAddWithoutValidation("Cookie", cookies[login]);
                }

                using var answer = await client.SendAsync(request);
                var body = await answer.Content.ReadAsStringAsync();
                sent++;
                seen[$"{operation.Id} {(int)answer.StatusCode}"] = seen.GetValueOrDefault($"{operation.Id} {(int)answer.StatusCode}") + 1;
                if (fuzzer.Complaint(operation, request, answer, body) is { } complaint)
                {
                    complaints.Add($"{complaint}: {login ?? "nobody"} {request} → {(int)answer.StatusCode} {body[..Math.Min(300, body.Length)]}");
                }
            }
        }

        output.WriteLine($"seed {seed}: {sent} requests over {fuzzer.Operations.Count} operations, {seen.Count} pairs of operation and status, {complaints.Count} complaints");
        Assert.True(complaints.Count == 0, $"{complaints.Count} of {sent}:\n" + string.Join("\n\n", complaints.DistinctBy(complaint => complaint[..complaint.IndexOf(':', StringComparison.Ordinal)]).Take(40)));
        Assert.All(fuzzer.Operations.Where(operation => operation.Id is not ("deleteSession" or "deleteSessions" or "setPassword" or "ready" or "health")), operation =>
            Assert.True(seen.Keys.Count(pair => pair.StartsWith(operation.Id + " ", StringComparison.Ordinal)) > 1, $"{operation.Id} always answered the same: the requests do not reach it."));
    }

    [Theory]
    [InlineData("/?store=S01&date=2026-11-13", "/notes", "do", "note", "return", "kind", "visibility", "store", "text", "from", "to", "from_hour", "to_hour")]
    [InlineData("/alerts", "/alerts", "do", "rule", "alert", "name", "metric", "direction", "against", "threshold", "until_hour", "scope", "stores", "minimum_coverage", "recipients", "language", "store", "note", "until", "reason")]
    [InlineData("/?store=S01&date=2026-11-13", "/shares", "page", "filter", "days")]
    [InlineData("/people/new", "/people", "name", "display_name", "role", "store", "vendor", "language")]
    [InlineData("/morning", "/morning", "mail", "store", "hour", "language")]
    [InlineData("/account", "/account/password", "current", "password", "again")]
    public async Task No_form_of_a_page_makes_the_server_fail(string page, string action, params string[] fields)
    {
        using var client = await host.SignInAsync("administrator");
        var random = new Random(20261122);
        var token = System.Text.RegularExpressions.Regex.Match(await client.GetStringAsync(page), """<input type="hidden" name="([^"]+)" value="([^"]+)">""");
        var texts = ApiFuzzer.Strings.Where(text => !text.Contains('\ud800', StringComparison.Ordinal)).Concat(["save", "acknowledge", "S01", "2026-11-13", "0", "1", "chain", "net_sales", "day", "?store=S01"]).ToArray();
        var seen = new HashSet<int>();
        for (var turn = 0; turn < 60; turn++)
        {
            using var content = new FormUrlEncodedContent(
            [
                new(token.Groups[1].Value, WebUtility.HtmlDecode(token.Groups[2].Value)),
                .. fields.Where(_ => random.Next(5) > 0).SelectMany(field => Enumerable.Repeat(field, random.Next(8) == 0 ? 2 : 1)).Select(field => KeyValuePair.Create(field, texts[random.Next(texts.Length)])),
            ]);
            using var answer = await client.PostAsync(action, content);
            var body = await answer.Content.ReadAsStringAsync();
            Assert.True((int)answer.StatusCode < 500, $"{action} {await content.ReadAsStringAsync()}: {answer.StatusCode}");
            Assert.DoesNotContain("<script>", body, StringComparison.Ordinal);
            Assert.False(answer.Headers.Location is { IsAbsoluteUri: true } || answer.Headers.Location?.OriginalString.StartsWith("//", StringComparison.Ordinal) == true, $"{answer.Headers.Location}");
            seen.Add((int)answer.StatusCode);
        }

        using var large = new HttpRequestMessage(HttpMethod.Post, action) { Content = new FormUrlEncodedContent([new("text", new string('a', 2 << 20))]) };
        large.Headers.ExpectContinue = true;
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await client.SendAsync(large)).StatusCode);
        using var many = new FormUrlEncodedContent(Enumerable.Range(0, 2000).Select(number => KeyValuePair.Create($"field{number}", "x")));
        Assert.Equal(HttpStatusCode.BadRequest, (await client.PostAsync(action, many)).StatusCode);
        output.WriteLine($"{action}: {string.Join(", ", seen.Order())}");
    }

    private static async Task<string> CookieAsync(Uri address, string login)
    {
        using var client = ApiHost.Client(address);
        var answer = await client.PostAsJsonAsync("/v1/session", new { login, password = Company.Password });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }
}
