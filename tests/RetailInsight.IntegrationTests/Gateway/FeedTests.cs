using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using RetailInsight.Cli;

namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>A feed from its making to its retirement, over the API and with the tool.</summary>
public sealed class FeedTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly Dictionary<string, string?> Settings = new() { ["Gateway:CacheSeconds"] = "0" };

    [Fact]
    public async Task An_operator_makes_a_feed_that_is_pushed_to_changed_retired_and_opened_again_and_the_audit_names_who()
    {
        await using var gateway = await GatewayHost.StartAsync(postgres, Settings);
        using (var made = await SendAsync(gateway.Operator, HttpMethod.Post, "/v1/feeds", new { feed = "shop-b", profile = "vendor-b" }))
        {
            Assert.Equal((HttpStatusCode.Created, "/v1/feeds/shop-b"), (made.StatusCode, made.Headers.Location?.ToString()));
            Assert.Equal("shop-b vendor-b vendor-b transactions append active", Line(await made.JsonAsync()));
        }

        // The same once more is the same feed; another of that name is refused.
        using (var again = await SendAsync(gateway.Operator, HttpMethod.Post, "/v1/feeds", new { feed = "shop-b", profile = "vendor-b" }))
        {
            Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        }

        await RefusedAsync(gateway.Operator, HttpMethod.Post, "/v1/feeds", new { feed = "shop-b", profile = "vendor-a" }, HttpStatusCode.Conflict, "feed_exists");

        await GatewayHost.AddKeyAsync(gateway.Database.Owner, GatewayHost.Key("shop"), "shop", "acme", ["shop-b"]);
        var shop = gateway.Client(GatewayHost.Key("shop"));
        Assert.Equal((1, 1, 0, 0, 0), (await shop.LandAsync("shop-b", VendorFiles.SalesJson("S001", "1", "100"))).Rows());
        Assert.Equal(["shop-b"], (await shop.GetJsonAsync("/v1/feeds")).GetProperty("items").EnumerateArray().Select(feed => feed.Text("feed")));

        // Another identity would count what came a second time.
        await RefusedAsync(gateway.Operator, HttpMethod.Patch, "/v1/feeds/shop-b", new { profile = "smaregi" }, HttpStatusCode.Conflict, "feed_profile_incompatible");
        using (var replace = await SendAsync(gateway.Operator, HttpMethod.Patch, "/v1/feeds/shop-b", new { resend = "replace" }))
        {
            Assert.Equal("shop-b vendor-b vendor-b transactions replace active", Line(await replace.JsonAsync()));
        }

        await gateway.Operator.PostJsonAsync("/v1/feeds/shop-b/retire", new { });
        await gateway.Operator.PostJsonAsync("/v1/feeds/shop-b/retire", new { });
        using (var refused = await shop.PushAsync("shop-b", VendorFiles.SalesJson("S001", "2", "100")))
        {
            Assert.Equal((HttpStatusCode.Gone, "feed_retired"), (refused.StatusCode, (await refused.JsonAsync()).Text("code")));
        }

        using (var reopened = await SendAsync(gateway.Operator, HttpMethod.Post, "/v1/feeds", new { feed = "shop-b", profile = "vendor-b" }))
        {
            var feed = await reopened.JsonAsync();
            Assert.Equal("shop-b vendor-b vendor-b transactions append active", Line(feed));
            Assert.Equal(["reopen", "retire", "change", "create"], feed.GetProperty("changes").EnumerateArray().Select(change => change.Text("action")));
            Assert.All(feed.GetProperty("changes").EnumerateArray(), change => Assert.Equal("acme-operator", change.Text("actor")));
            Assert.Equal("append", feed.GetProperty("changes")[2].GetProperty("detail").GetProperty("resend").Text("from"));
        }

        Assert.Equal((1, 1, 0, 0, 0), (await shop.LandAsync("shop-b", VendorFiles.SalesJson("S001", "2", "100"))).Rows());
    }

    [Theory]
    [InlineData("""{"feed":"Shop B","profile":"vendor-b"}""", "feed takes")]
    [InlineData("""{"feed":"shop-b"}""", "profile is missing")]
    [InlineData("""{"feed":"shop-b","profile":"nobody"}""", "no published profile")]
    [InlineData("""{"feed":"shop-b","profile":"vendor-b","resend":"sometimes"}""", "append, delta or replace")]
    [InlineData("""{"feed":"shop-b","profile":"vendor-b","vendor":"V B"}""", "vendor takes")]
    [InlineData("""{"feed":"shop-b","profile":"vendor-b","colour":"red"}""", "nothing else")]
    [InlineData("[]", "JSON object")]
    [InlineData("", "JSON object")]
    public async Task What_makes_no_feed_is_refused_with_field_and_fix(string body, string says)
    {
        await using var gateway = await GatewayHost.StartAsync(postgres, Settings);
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await gateway.Operator.PostAsync(new Uri("/v1/feeds", UriKind.Relative), content);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(says, (await response.JsonAsync()).Text("detail"), StringComparison.Ordinal);
        Assert.Equal(0, await gateway.CountAsync("SELECT count(*) FROM gateway.feed_audit"));
    }

    [Fact]
    public async Task A_vendors_key_changes_nothing_and_nobody_sees_another_tenants_feeds()
    {
        await using var gateway = await GatewayHost.StartAsync(postgres, Settings);
        await RefusedAsync(gateway.Acme, HttpMethod.Post, "/v1/feeds", new { feed = "x", profile = "vendor-b" }, HttpStatusCode.Forbidden, "operator_only");
        await RefusedAsync(gateway.Acme, HttpMethod.Patch, "/v1/feeds/vendor-b", new { resend = "delta" }, HttpStatusCode.Forbidden, "operator_only");
        await RefusedAsync(gateway.Acme, HttpMethod.Post, "/v1/feeds/vendor-b/retire", new { }, HttpStatusCode.Forbidden, "operator_only");
        await gateway.Operator.PostJsonAsync("/v1/feeds", new { feed = "only-acme", profile = "vendor-b" });
        var rival = gateway.Client(GatewayHost.Key("rival-operator"));
        await RefusedAsync(rival, HttpMethod.Post, "/v1/feeds/only-acme/retire", new { }, HttpStatusCode.NotFound, "feed_unknown");
        Assert.Equal(["vendor-a", "vendor-b"], (await rival.GetJsonAsync("/v1/feeds")).GetProperty("items").EnumerateArray().Select(feed => feed.Text("feed")));
        using var hidden = await gateway.Client(GatewayHost.Key("acme-b")).GetAsync(new Uri("/v1/feeds/vendor-a", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);
        Assert.Equal("append", await gateway.TextAsync("SELECT resend FROM gateway.feed WHERE tenant = 'acme' AND feed = 'vendor-b'"));
    }

    [Fact]
    public async Task The_tool_makes_lists_and_retires_a_feed_and_lists_profiles_and_stores()
    {
        await using var gateway = await GatewayHost.StartAsync(postgres, Settings);
        var made = await RunAsync(gateway, "acme-operator", 0, "feed", "create", "web-shop", "--profile", "vendor-b", "--vendor", "web", "--resend", "delta");
        Assert.Matches("web-shop +web +vendor-b +1 +transactions +delta +active", made);
        Assert.Matches("acme-operator +create", made);
        Assert.Contains("web-shop", await RunAsync(gateway, "acme-operator", 0, "feed", "list"), StringComparison.Ordinal);
        Assert.Matches("web-shop .* retired", await RunAsync(gateway, "acme-operator", 0, "feed", "retire", "web-shop"));
        Assert.DoesNotContain("web-shop", await RunAsync(gateway, "acme", 0, "feed", "list"), StringComparison.Ordinal);
        await RunAsync(gateway, "acme", 1, "feed", "retire", "vendor-b");

        var profiles = await RunAsync(gateway, "acme", 0, "profile", "list");
        Assert.Matches("vendor-a +1 +vendor-a +transactions +csv +cp932 +JPY", profiles);
        Assert.Matches("arts-poslog +1 +.*xml", profiles);
        Assert.Matches("people-counter +1 +people-counter +people_counts +json +utf-8", profiles);

        Assert.Matches("S001 +S001 +Asia/Tokyo +05:00", await RunAsync(gateway, "acme", 0, "store", "list"));
        var ofStore = await RunAsync(gateway, "acme-s001", 0, "store", "list", "--json");
        Assert.Equal(["S001"], JsonDocument.Parse(ofStore).RootElement.GetProperty("items").EnumerateArray().Select(store => store.Text("store")));
    }

    [Fact]
    public async Task A_draft_the_tool_writes_from_a_file_reads_that_file_once_its_questions_are_answered()
    {
        await using var gateway = await GatewayHost.StartAsync(postgres, Settings);
        await gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster());
        var directory = Directory.CreateTempSubdirectory("draft-").FullName;
        var (file, draft) = (Path.Combine(directory, "sales.csv"), Path.Combine(directory, "draft.yaml"));
        await File.WriteAllBytesAsync(file, VendorFiles.SalesCsv(VendorFiles.Sale("0001", 1000), VendorFiles.Sale("0002", 500)));
        await RunAsync(gateway, "acme", 0, "profile", "draft", file, "--id", "new-shop", "--output", draft);
        await RunAsync(gateway, "acme", 2, "profile", "draft", file, "--output", draft);

        // The answers a person gives: whose registers these are.
        var yaml = await File.ReadAllTextAsync(draft);
        Assert.Contains("DECIDE", yaml, StringComparison.Ordinal);
        await File.WriteAllTextAsync(draft, yaml.Replace("vendor: new-shop", "vendor: vendor-a", StringComparison.Ordinal));
        var tried = await RunAsync(gateway, "acme", 0, "profile", "test", file, "--profile", draft);
        Assert.Contains("2 rows read, 2 accepted, 0 held", tried, StringComparison.Ordinal);
        Directory.Delete(directory, recursive: true);
    }

    /// <summary>Runs the tool against the gateway.</summary>
    internal static async Task<string> RunAsync(GatewayHost gateway, string key, int exitCode, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var surroundings = new Surroundings(output, error, _ => null, Path.GetTempPath(), TimeProvider.System, false, 200);
        var exit = await RetailCommand.RunAsync([.. args, "--gateway", gateway.Address.ToString(), "--key", GatewayHost.Key(key)], surroundings, CancellationToken.None);
        Assert.True(exit == exitCode, $"{exit}: {output}{error}");
        return output.ToString();
    }

    private static async Task RefusedAsync(HttpClient client, HttpMethod method, string path, object body, HttpStatusCode status, string code)
    {
        using var refused = await SendAsync(client, method, path, body);
        Assert.Equal((status, code), (refused.StatusCode, (await refused.JsonAsync()).Text("code")));
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, HttpMethod method, string path, object body) =>
        client.SendAsync(new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) });

    private static string Line(JsonElement feed) => $"{feed.Text("feed")} {feed.Text("vendor")} {feed.Text("profile")} {feed.Text("content")} {feed.Text("resend")} {feed.Text("state")}";
}
