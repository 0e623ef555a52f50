using System.Net;
using Microsoft.Extensions.DependencyInjection;

namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>A vendor tries a file before it goes live, and nothing changes by it.</summary>
public sealed class ProfileTryOutTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private GatewayHost _gateway = null!;

    public async Task InitializeAsync()
    {
        _gateway = await GatewayHost.StartAsync(postgres);
        await _gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster());
    }

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task A_good_file_is_level_A_and_leaves_no_trace()
    {
        var before = await _gateway.TraceAsync();
        var found = await TryAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("1", 110), VendorFiles.Sale("2", 220)));
        Assert.Equal("A", found.Text("level"));
        Assert.Equal((2, 2, 0), (found.GetProperty("rows_read").GetInt32(), found.GetProperty("rows_accepted").GetInt32(), found.GetProperty("rows_held").GetInt32()));
        Assert.Equal("330", found.GetProperty("totals")[0].Text("gross"));
        Assert.Empty(found.GetProperty("findings").EnumerateArray());
        Assert.Equal(before, await _gateway.TraceAsync());
    }

    [Fact]
    public async Task A_bad_receipt_is_level_B_with_row_offset_reason_and_fix_in_both_languages()
    {
        var rows = new[] { VendorFiles.Sale("1", 110), VendorFiles.Sale("2", 220, total: "221") };
        var body = VendorFiles.SalesCsv(rows);
        var found = await TryAsync("vendor-a", body);
        Assert.Equal("B", found.Text("level"));
        var finding = Assert.Single(found.GetProperty("findings").EnumerateArray());
        Assert.Equal(("B", "total_mismatch", 2), (finding.Text("level"), finding.Text("code"), finding.GetProperty("row").GetInt32()));
        Assert.Equal(body.Length - VendorFiles.Csv("", [rows[1]]).Length + 2, finding.GetProperty("byte_offset").GetInt64());
        Assert.All(new[] { "reason", "fix" }, text => Assert.True(finding.GetProperty(text).Text("ja").Length > 5 && finding.GetProperty(text).Text("en").Length > 10));
    }

    [Fact]
    public async Task A_file_of_which_nothing_can_be_used_is_level_C()
    {
        Assert.Equal("C", (await TryAsync("vendor-b", "[1"u8.ToArray())).GetProperty("findings")[0].Text("level"));
        Assert.Equal("C", (await TryAsync("vendor-a", VendorFiles.SalesCsv(VendorFiles.Sale("2", 220, total: "221")))).Text("level"));
        using var unknown = await _gateway.Acme.PostAsync(new Uri("/v1/profiles/nobody/test", UriKind.Relative), new ByteArrayContent([1]));
        Assert.Equal("profile_unknown", (await unknown.JsonAsync()).Text("code"));
    }

    [Fact]
    public async Task A_revoked_key_works_for_five_seconds_at_most_also_when_the_clock_is_set_back()
    {
        var clock = new SetBack();
        await using var gateway = await GatewayHost.StartAsync(postgres, replace: services => services.AddSingleton<TimeProvider>(clock));
        var address = new Uri("/v1/reconciliation", UriKind.Relative);
        using var before = await gateway.Acme.GetAsync(address);
        Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        await using (var revoke = gateway.Database.Owner.CreateCommand("UPDATE tenancy.api_key SET revoked_at = now() WHERE label = 'acme'"))
        {
            await revoke.ExecuteNonQueryAsync();
        }

        clock.By = TimeSpan.FromHours(1);
        var began = System.Diagnostics.Stopwatch.GetTimestamp();
        await GatewayHost.UntilAsync(async () =>
        {
            using var answer = await gateway.Acme.GetAsync(address);
            return answer.StatusCode == HttpStatusCode.Unauthorized;
        });
        Assert.InRange(System.Diagnostics.Stopwatch.GetElapsedTime(began).TotalSeconds, 0, 5);
    }

    [Fact]
    public async Task Two_keys_in_rotation_both_push_and_their_use_is_noted()
    {
        await GatewayHost.AddKeyAsync(_gateway.Database.Owner, GatewayHost.Key("acme-next"), "acme-next", "acme", ["vendor-a"]);
        var body = VendorFiles.SalesCsv(VendorFiles.Sale("1", 110));
        var first = await _gateway.Acme.LandAsync("vendor-a", body);
        Assert.Equal(first.GetRawText(), (await _gateway.Client(GatewayHost.Key("acme-next")).LandAsync("vendor-a", body)).GetRawText());
        Assert.Equal(2, await _gateway.CountAsync("SELECT count(*) FROM tenancy.api_key WHERE label IN ('acme', 'acme-next') AND last_used_at > now() - interval '1 minute'"));
    }

    private sealed class SetBack : TimeProvider
    {
        public TimeSpan By { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() - By;
    }

    private async Task<System.Text.Json.JsonElement> TryAsync(string profile, byte[] body)
    {
        using var answer = await _gateway.Acme.PostAsync(new Uri($"/v1/profiles/{profile}/test", UriKind.Relative), new ByteArrayContent(body));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.JsonAsync();
    }
}
