using System.Net;
using Dapper;
using Npgsql;
using RetailInsight.Api.Kpis;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.IntegrationTests.Api;

[Collection(ApiCollections.Hardening)]
public sealed class IsolationTests(ApiHost host)
{
    private static readonly string[] Tables =
        ["mart.kpi_store_day", "mart.kpi_store_hour", "mart.data_version", "mart.store_cluster", "mart.store_target", "mart.sales_forecast", "mart.month_target", "tenancy.store", "tenancy.tenant"];

    [Theory]
    [InlineData("/v1/session")]
    [InlineData("/v1/stores")]
    [InlineData("/v1/kpis/store-day?from=2026-11-01&to=2026-11-14")]
    [InlineData("/v1/kpis/store-hour?store=S01&date=2026-11-14")]
    [InlineData("/v1/targets?from=2026-11-01&to=2026-11-14")]
    [InlineData("/v1/products?from=2026-11-01&to=2026-11-14")]
    [InlineData("/v1/peers?store=S01&from=2026-11-01&to=2026-11-14")]
    [InlineData("/v1/customers/segments?date=2026-11-14")]
    [InlineData("/v1/segments")]
    [InlineData("/v1/store-profiles")]
    [InlineData("/v1/features")]
    [InlineData("/v1/peers/nearest?store=S01")]
    [InlineData("/v1/ops/models")]
    public async Task Without_a_session_the_api_answers_401_as_a_problem_and_never_redirects(string address)
    {
        using var client = host.Stranger();
        client.DefaultRequestHeaders.Add("Accept", "text/html");
        var answer = await client.GetAsync(address);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task One_company_never_sees_another()
    {
        using var client = await host.SignInAsync("camden");
        foreach (var address in new[]
        {
            "/v1/stores", "/v1/kpis/store-day?from=2026-11-01&to=2026-11-14&limit=1000", "/v1/targets?from=2026-11-01&to=2026-11-14",
            "/v1/products?from=2026-11-01&to=2026-11-14", "/v1/products/movers?from=2026-11-01&to=2026-11-14", "/v1/products/categories?from=2026-11-01&to=2026-11-14", "/v1/products/pairs?store=S01&date=2026-11-14",
            "/v1/peers?store=S01&from=2026-11-01&to=2026-11-14", "/v1/peers/stores?store=S01&from=2026-11-01&to=2026-11-14", "/v1/customers/segments?date=2026-11-14",
            "/v1/segments", "/v1/store-profiles", "/v1/features", "/v1/peers/nearest?store=S01", "/v1/ops/models", "/store-groups?store=all", "/ops/models",
            "/v1/kpis/store-hour?store=S01&date=2026-11-14", "/", "/?store=all", "/today?store=all", "/period?store=all", "/traffic?store=all", "/peers",
        })
        {
            var body = await client.GetStringAsync(address);
            Assert.DoesNotContain("JPY", body, StringComparison.Ordinal);
            Assert.DoesNotContain("渋谷店", body, StringComparison.Ordinal);
            Assert.DoesNotContain("S02", body, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("camden", "S02")]
    [InlineData("shibuya", "S02")]
    [InlineData("honbu", "S99")]
    public async Task A_store_of_others_and_one_that_does_not_exist_are_both_not_found(string login, string store)
    {
        using var client = await host.SignInAsync(login);
        foreach (var address in new[]
        {
            $"/v1/kpis/store-day?store={store}&from=2026-11-01&to=2026-11-14", $"/v1/kpis/store-hour?store={store}&date=2026-11-14",
            $"/v1/targets?store={store}&from=2026-11-01&to=2026-11-14", $"/?store={store}",
            $"/v1/products?store={store}&from=2026-11-01&to=2026-11-14", $"/v1/products/pairs?store={store}&date=2026-11-14", $"/v1/peers?store={store}&from=2026-11-01&to=2026-11-14", $"/v1/peers/nearest?store={store}", $"/v1/store-profiles?store={store}", $"/v1/customers/segments?store={store}&date=2026-11-14",
        })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(address)).StatusCode);
        }
    }

    [Fact]
    public async Task A_store_manager_sees_only_the_own_store_everywhere()
    {
        using var client = await host.SignInAsync("shibuya");
        foreach (var address in new[]
        {
            "/v1/stores", "/v1/kpis/store-day?from=2026-11-01&to=2026-11-14&limit=1000", "/v1/targets?from=2026-11-01&to=2026-11-14", "/", "/?store=all",
        })
        {
            var body = await client.GetStringAsync(address);
            Assert.Contains("S01", body, StringComparison.Ordinal);
            Assert.DoesNotContain("S02", body, StringComparison.Ordinal);
            Assert.DoesNotContain("横浜", body, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("shibuya", HttpStatusCode.Forbidden)]
    [InlineData("kanto", HttpStatusCode.Forbidden)]
    [InlineData("honbu", HttpStatusCode.OK)]
    [InlineData("engineer", HttpStatusCode.OK)]
    public async Task Only_head_office_engineers_and_administrators_see_the_runs_of_the_dags(string? login, HttpStatusCode status)
    {
        using var client = login is null ? host.Stranger() : await host.SignInAsync(login);
        var answer = await client.GetAsync("/v1/ops/runs");
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(status == HttpStatusCode.OK ? "application/json" : "application/problem+json", answer.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task The_page_role_sees_nothing_without_a_tenant_also_after_one_was_set_on_the_same_connection()
    {
        var settings = new NpgsqlConnectionStringBuilder(host.Database.Options.ConnectionString("retail_app")) { MaxPoolSize = 1 };
        await using var source = NpgsqlDataSource.Create(settings.ConnectionString);
        var seen = await new TenantScope(source).ReadAsync(
            "aoba", (read, token) => read.DaysAsync(null, new(2026, 11, 1), new(2026, 11, 14), null, 1000, token), CancellationToken.None);
        Assert.NotEmpty(seen);

        await using var connection = await source.OpenConnectionAsync();
        foreach (var table in Tables)
        {
            Assert.Equal(0, await connection.ExecuteScalarAsync<long>($"SELECT count(*) FROM {table}"));
        }
    }

    [Fact]
    public async Task The_page_role_cannot_read_people_or_write_anything()
    {
        await using var connection = await host.Database.App.OpenConnectionAsync();
        foreach (var statement in new[]
        {
            "SELECT password_hash FROM api.app_user", "DELETE FROM mart.kpi_store_day", "TRUNCATE mart.kpi_store_day", "SELECT key_hash FROM tenancy.api_key",
        })
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync(statement));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        }
    }
}
