using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using RetailInsight.Dags.Engine;
using Xunit.Abstractions;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>Texts on which a pattern that tries every way to match would never end, in every text the API and the pages take.</summary>
[Collection(ApiCollections.Hardening)]
public sealed partial class BacktrackingTextTests(ApiHost host, ITestOutputHelper output) : OwnCompanyTests(host)
{
    private const int Long = 50_000;

    // Of an address with everything escaped, which the server takes up to 8 KiB.
    private const int LongestInAddress = 6_000;

    // Far above what any answer takes on a machine with other work, far below what one such pattern takes.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly string[] Corpus =
    [
        Of("a") + "!", Of("a") + "@", "a@" + Of("a."), "a@" + Of("a-") + "!", Of("a.") + "@", Of("a@"), Of("aA0_") + "\u00E9", "name@" + Of("a") + "." + Of("b") + "!", Of("(") + Of(")"), Of("([{<"), Of("()*+?"), Of("[^"), "(a+)+$" + Of("a") + "!",
        Of(" ") + "x", "x" + Of(" ") + "x", Of("\t \r\n") + "x", Of("\u3000") + "x", "a" + Of("\u0301"), Of("e\u0301\u0323"), Of("\u0E33"), Of("\uFDFA"), Of("\u202E") + "x", Of("\uD83D\uDC69\u200D"), Of("ſ") + "K",
        Of("0") + "x", "1" + Of("0"), Of("1,"), Of("-"), Of("2026-11-14"), "2026-11-" + Of("1"), Of("1:"), Of("a,"), Of("a:"), Of("a="), Of("a;"), Of("<form"), Of("<a "), Of("&#"), Of("%25"), Of("../"), Of("\""), Of("\\"), Of("'"),
        "https://" + Of("a.") + "/", "https://" + Of("a") + "@", "https://[" + Of(":"), "https://example.com/" + Of("?"), Of("?store=S01&"), "?" + Of("store=S01&"), "/" + Of("//"), Of("1e"), Of("W/\""), Of("a/a,"), Of("en;q=0."),
    ];

    private static readonly Dictionary<string, string> Right = new()
    {
        ["store"] = "S01",
        ["from"] = "2026-11-01",
        ["to"] = "2026-11-12",
        ["date"] = "2026-11-14",
        ["metrics"] = "net_sales",
        ["dimensions"] = "store",
        ["metric"] = "net_sales",
        ["id"] = "net_sales",
        ["login"] = "honbu",
        ["dag"] = "store_kpis",
        ["compare"] = "previous_week",
    };

    // What is there, or would be, without having been made through the API.
    private static readonly Dictionary<string, string> Standing = new()
    {
        ["predict"] = "/v1/predict/sales",
        ["setCompanyTargets"] = "/v1/company-targets/2099-01",
        ["decideReviewCase"] = "/v1/ops/models/review/1",
        ["mapDevice"] = "/v1/devices/door/lines",
        ["calibrateDevice"] = "/v1/devices/door/calibrations",
        ["createDeviceKey"] = "/v1/devices/door/keys",
        ["routeDeviceGroup"] = "/v1/device-groups/doors",
        ["setStaffEntries"] = "/v1/staff-entries/S01",
    };

    // Every place gets some of the texts, every text goes to some of the places; all of them to all where there is time.
    private static readonly int Share = Environment.GetEnvironmentVariable("RETAILINSIGHT_SOAK_REQUESTS") is null ? 10 : 1;

    private readonly List<string> _offenders = [];
    private int _turn;
    private readonly Dictionary<int, int> _statuses = [];
    private TimeSpan _slowest;
    private HttpClient _client = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Services.GetRequiredService<DagRegistration>().RegisterAsync(CancellationToken.None);
        PredictionTests.Serve(Services, "aoba", "sales");
        await using (var doors = Database.Owner.CreateCommand(
            """
            INSERT INTO tenancy.device_group (tenant, device_group, feed) VALUES ('aoba', 'doors', 'doors');
            INSERT INTO tenancy.device (tenant, device, device_group, interval_seconds) VALUES ('aoba', 'door', 'doors', 900);
            """))
        {
            await doors.ExecuteNonQueryAsync();
        }

        _client = ApiHost.Client(Address);
        _client.Timeout = Patience;
        (await _client.PostAsJsonAsync("/v1/session", new { login = "administrator", password = Company.Password })).EnsureSuccessStatusCode();
    }

    public override async Task DisposeAsync()
    {
        _client.Dispose();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task No_text_of_a_body_keeps_the_server_busy()
    {
        foreach (var body in DocumentedBody.All(await DocumentAsync()).ToList())
        {
            // What is to be changed has to be there, or nobody reads the change.
            var target = Standing.GetValueOrDefault(body.Id) ?? (body.Path.EndsWith('}') ? await MadeAsync(body) : body.Path);
            var places = body.IsJson ? body.Places().ToList() : [.. Cells(body.Text)];
            Assert.True(places.Count > 0 || body.Id == "rotateKey", body.Id);
            foreach (var (place, with) in places)
            {
                foreach (var text in Texts())
                {
                    using var request = body.Request(with(body.IsJson ? JsonSerializer.Serialize(text, Plainly) : text));
                    request.RequestUri = new Uri(target, UriKind.Relative);
                    await SendAsync($"{body.Id}, {place}", text, request);
                }
            }
        }

        Judge(2_000, 200, 400, 401, 422);
    }

    [Fact]
    public async Task No_parameter_of_an_address_keeps_the_server_busy()
    {
        foreach (var path in (await DocumentAsync()).GetProperty("paths").EnumerateObject())
        {
            if (!path.Value.TryGetProperty("get", out var reading) || !reading.TryGetProperty("parameters", out var parameters))
            {
                continue;
            }

            var all = parameters.EnumerateArray().Select(one => (Name: one.GetProperty("name").GetString()!, InPath: one.GetProperty("in").GetString() == "path", Wanted: one.TryGetProperty("required", out var wanted) && wanted.GetBoolean())).ToList();
            foreach (var one in all)
            {
                foreach (var text in Texts())
                {
                    var (address, query) = (path.Name, new List<string>());
                    foreach (var (name, inPath, wanted) in all)
                    {
                        var value = name == one.Name ? Escaped(text) : Right.GetValueOrDefault(name, "x");
                        address = inPath ? address.Replace($"{{{name}}}", value, StringComparison.Ordinal) : address;
                        if (!inPath && (name == one.Name || wanted || name is "from" or "to" or "metrics"))
                        {
                            query.Add($"{name}={value}");
                        }
                    }

                    using var request = new HttpRequestMessage(HttpMethod.Get, $"{address}?{string.Join('&', query)}");
                    await SendAsync($"{path.Name}, {one.Name}", text, request);
                }
            }
        }

        Judge(2_000, 200, 400, 404);
    }

    [Theory]
    [InlineData("/", "store", "date", "compare", "seen", "lang")]
    [InlineData("/period", "store", "date", "grain", "compare")]
    [InlineData("/stores", "pick", "group", "grain", "metric", "total")]
    [InlineData("/products", "store", "date")]
    [InlineData("/alerts", "store", "state", "lang")]
    [InlineData("/login", "return", "lang")]
    [InlineData("/export/day/figures.csv", "store", "encoding", "lang")]
    public async Task No_address_and_no_header_of_a_page_keeps_the_server_busy(string page, params string[] parameters)
    {
        foreach (var text in Texts())
        {
            foreach (var parameter in parameters)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, $"{page}?{parameter}={Escaped(text)}");
                await SendAsync($"{page}, {parameter}", text, request);
            }

            foreach (var header in new[] { "Accept", "Accept-Language", "Accept-Encoding", "If-None-Match", "Cookie", "Authorization", "Range" })
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, page);
                request.Headers.TryAddWithoutValidation(header, NotOfHeaders().Replace(text, "~")[..Math.Min(text.Length, LongestInAddress)]);
                await SendAsync($"{page}, {header}", text, request);
            }
        }

        Judge(400, 200);
    }

    [Theory]
    [InlineData("/?store=S01&date=2026-11-13", "/notes", "do=save&kind=rain&visibility=chain&store=&text=x&from=2026-11-13&return=/")]
    [InlineData("/alerts", "/alerts", "do=save&rule=&name=x&metric=net_sales&direction=below&against=weekday&threshold=20&scope=chain&recipients=a@example.com&language=ja")]
    [InlineData("/?store=S01&date=2026-11-13", "/shares", "page=day&filter=?store=S01&days=7")]
    [InlineData("/people/new", "/people", "name=x&display_name=x&role=head_office&store=S01&language=ja")]
    [InlineData("/morning", "/morning", "mail=a@example.com&store=all&hour=7&language=ja")]
    public async Task No_field_of_a_form_keeps_the_server_busy(string page, string action, string fields)
    {
        var token = Token().Match(await _client.GetStringAsync(page));
        var right = fields.Split('&').Select(field => KeyValuePair.Create(field[..field.IndexOf('=', StringComparison.Ordinal)], field[(field.IndexOf('=', StringComparison.Ordinal) + 1)..])).ToList();
        FormUrlEncodedContent Form(string? field, string text) =>
            new([new(token.Groups[1].Value, WebUtility.HtmlDecode(token.Groups[2].Value)), .. right.Select(one => one.Key == field ? KeyValuePair.Create(field, text) : one)]);

        // As it stands it is taken: what is refused below is refused for its text.
        using (var form = Form(null, ""))
        using (var answer = await _client.PostAsync(action, form))
        {
            Assert.True((int)answer.StatusCode < 400, $"{answer.StatusCode}");
        }

        foreach (var field in right.Select(field => field.Key))
        {
            foreach (var text in Texts())
            {
                using var content = Form(field, text);
                using var request = new HttpRequestMessage(HttpMethod.Post, action) { Content = content };
                await SendAsync($"{action}, {field}", text, request);
            }
        }

        Judge(100, 400);
    }

    private static readonly JsonSerializerOptions Plainly = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private IEnumerable<string> Texts()
    {
        var turn = _turn++ % Share;
        return Corpus.Where((_, at) => at % Share == turn);
    }

    private static string Of(string part) => string.Concat(Enumerable.Repeat(part, Long / part.Length));

    private static string Escaped(string text)
    {
        var escaped = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            var one = Uri.EscapeDataString(rune.ToString());
            if (escaped.Length + one.Length > LongestInAddress - 20)
            {
                break;
            }

            escaped.Append(one);
        }

        // The end is what makes such a pattern go back.
        return escaped.Append(Uri.EscapeDataString(text[^1..].EnumerateRunes().Single().ToString())).ToString();
    }

    private static IEnumerable<(string Place, Func<string, string> With)> Cells(string csv)
    {
        var lines = csv.Split('\n');
        foreach (var (row, name) in new[] { (0, "name"), (1, "cell") })
        {
            var cells = lines[row].Split(',');
            for (var at = 0; at < cells.Length; at++)
            {
                var column = at;
                yield return ($"{name} {column}", text => string.Join('\n', lines.Select((line, place) => place == row ? string.Join(',', cells.Select((cell, one) => one == column ? text : cell)) : line)));
            }
        }
    }

    private Task<JsonElement> DocumentAsync() => _client.GetFromJsonAsync<JsonElement>("/openapi/v1.json");

    private async Task<string> MadeAsync(DocumentedBody change)
    {
        var list = change.Path[..change.Path.LastIndexOf('/')];
        var making = DocumentedBody.All(await DocumentAsync()).Single(body => body.Method == "POST" && body.Path == list);
        using var request = making.Request(making.Text);
        using var answer = await _client.SendAsync(request);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, $"{making.Id}: {await answer.Content.ReadAsStringAsync()}");
        return answer.Headers.Location!.OriginalString;
    }

    private async Task SendAsync(string place, string text, HttpRequestMessage request)
    {
        var shown = $"{place}, {text[..Math.Min(12, text.Length)]}…{text[^1]}";
        var clock = Stopwatch.StartNew();
        try
        {
            using var answer = await _client.SendAsync(request);
            var status = (int)answer.StatusCode;
            _statuses[status] = _statuses.GetValueOrDefault(status) + 1;
            if (status >= 500)
            {
                _offenders.Add($"{shown}: {status} {await answer.Content.ReadAsStringAsync()}");
            }
        }
        catch (TaskCanceledException)
        {
            _offenders.Add($"{shown}: no answer after {Patience}");
        }

        _slowest = clock.Elapsed > _slowest ? clock.Elapsed : _slowest;
    }

    private void Judge(int ofAll, params int[] statuses)
    {
        var least = ofAll / Share;
        var tried = _statuses.Values.Sum();
        output.WriteLine($"{tried} requests, the slowest {_slowest.TotalMilliseconds:F0} ms, answers {string.Join(", ", _statuses.OrderBy(one => one.Key).Select(one => $"{one.Key}: {one.Value}"))}");
        Assert.True(_offenders.Count == 0, $"{_offenders.Count}:\n" + string.Join('\n', _offenders.Take(40)));
        Assert.True(tried >= least, $"{tried}");
        Assert.All(statuses, status => Assert.Contains(status, _statuses.Keys));
    }

    [GeneratedRegex("""<input type="hidden" name="([^"]+)" value="([^"]+)">""")]
    private static partial Regex Token();

    [GeneratedRegex("[^ -~]")]
    private static partial Regex NotOfHeaders();
}
