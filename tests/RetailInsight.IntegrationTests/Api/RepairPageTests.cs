using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using RetailInsight.Dags.Engine;
using RetailInsight.IntegrationTests.Dags;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>The pages about backfills, partitions and approvals as a browser without a script asks for them.</summary>
[Collection(ApiCollections.Pages)]
public sealed class RepairPageTests(ApiHost host) : IAsyncLifetime
{
    private const string Hostile = "</td><script>alert('why')</script>\"&";
    private const string Partition = "/ops/partitions/store_figures/2025-03-03";

    private WebApplication _app = null!;
    private long _approval;

    public async Task InitializeAsync()
    {
        _app = await ApiHost.StartAsync(host.Database, new() { ["Api:LoginAttemptsPerMinute"] = "10000", ["Api:ChangesPerMinute"] = "10000" });
        await _app.Services.GetRequiredService<DagRegistration>().RegisterAsync(CancellationToken.None);
        _approval = await host.Database.ScalarAsync<long>(
            """
            INSERT INTO api.app_user (login, tenant, password_hash, role, language, display_name) SELECT 'thames-engineer', 'thames', password_hash, 'data_engineer', 'en', 'Tess' FROM api.app_user WHERE login = 'camden' ON CONFLICT DO NOTHING;
            INSERT INTO dags.asset_partition (tenant, asset, business_date, store, version, reason)
            SELECT 'aoba', 'pos_transaction', '2025-03-01'::date + d, s, 1, 'received' FROM generate_series(0, 4) d, unnest(ARRAY['S01', 'S02']) s ON CONFLICT DO NOTHING;
            INSERT INTO dags.asset_partition (tenant, asset, business_date, store, version, reason, stale_since, stale_cause, kpi)
            VALUES ('aoba', 'store_figures', '2025-03-03', 'S01', 2, 'asset', now(), jsonb_build_object('released_by', @Hostile::text), '{"net":"1500","receipts":3,"visitors":null}') ON CONFLICT DO NOTHING;
            INSERT INTO dags.asset_version (tenant, asset, business_date, store, version, fence, kpi, reason, published_at, inputs)
            SELECT 'aoba', 'store_figures', '2025-03-03', 'S01', v, v, jsonb_build_object('net', (500 + 500 * v)::text, 'receipts', 3), 'asset', now() - interval '3 hours' + v * interval '1 hour', jsonb_build_object('pos_transaction', v)
            FROM generate_series(1, 2) v ON CONFLICT DO NOTHING;
            WITH run AS (
              INSERT INTO dags.dag_run (dag_id, version_id, run_type, tenant, partition_key, state) SELECT dag_id, current_version, 'asset', 'aoba', 'aoba/2025-03-03', 'running' FROM dags.dag WHERE dag_id = 'store_kpis' RETURNING run_id),
            task AS (INSERT INTO dags.task_instance (run_id, task_id, state, max_tries) SELECT run_id, 'store_figures', 'awaiting_input', 3 FROM run RETURNING run_id, ti_id)
            INSERT INTO dags.approval (tenant, run_id, ti_id, digest, question, detail) SELECT 'aoba', run_id, ti_id, 'd', @Hostile, jsonb_build_array(jsonb_build_object('store', @Hostile::text, 'netWas', 1000000, 'netIs', null)) FROM task RETURNING approval_id
            """,
            new { Hostile });
    }

    public async Task DisposeAsync()
    {
        await host.Database.ScalarAsync<int?>("UPDATE dags.dag_run SET state = 'canceled', ended_at = now() WHERE partition_key = 'aoba/2025-03-03' AND state IN ('queued', 'running')");
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task A_backfill_is_planned_applied_once_with_a_reason_and_paused_resumed_and_canceled()
    {
        using var client = await SignInAsync("engineer");
        var form = "/ops/backfills/new?dag=store_kpis&from=2025-03-01&to=2025-03-31&lang=en";
        Assert.Matches("Missing[^<]*<b>5 days", await client.GetStringAsync(form));
        foreach (var (name, value, said) in new[] { ("at_once", "17", "Give 1 to 16 runs"), ("stores", "S01 S99", "no such store: S99"), ("to", "2025-02-01", "must not be before"), ("dag", "housekeeping", "Choose a DAG") })
        {
            var wrong = await client.SendFormAsync(form, "/ops/backfills/plans", [.. Choice().Where(field => field.Name != name), (name, value)]);
            Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
            Assert.Contains(said, await wrong.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        var made = await client.SendFormAsync(form, "/ops/backfills/plans", Choice());
        var plan = made.Headers.Location!.OriginalString;
        Assert.Contains("5 days of store_kpis would be computed.", await client.GetStringAsync(plan + "?lang=en"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await client.SendFormAsync(plan, plan, ("reason", " "))).StatusCode);
        var applied = (await client.SendFormAsync(plan, plan, ("reason", Hostile))).Headers.Location!.OriginalString;
        Assert.Matches("^/ops/backfills/[0-9]+[?]done=started$", applied);
        var backfill = applied.Split('?')[0];
        var html = await client.GetStringAsync(backfill + "?lang=en");
        Assert.DoesNotContain(Hostile, html, StringComparison.Ordinal);
        Assert.Equal(5, Regex.Count(html, "<th scope=\"row\">2025/3/"));
        Assert.Contains("was applied already", await client.GetStringAsync(plan + "?lang=en"), StringComparison.Ordinal);

        foreach (var (what, state) in new[] { ("pause", "paused"), ("resume", "running"), ("cancel", "canceled") })
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await client.SendFormAsync(backfill, backfill, ("do", what), ("reason", ""))).StatusCode);
            Assert.Equal(backfill + "?done=changed", (await client.SendFormAsync(backfill, backfill, ("do", what), ("reason", "x"))).Headers.Location!.OriginalString);
            Assert.Equal(state, await host.Database.ScalarAsync<string>("SELECT state FROM dags.backfill WHERE backfill_id = @id", new { id = long.Parse(backfill.Split('/')[^1], System.Globalization.CultureInfo.InvariantCulture) }));
        }

        Assert.DoesNotContain($"action=\"{backfill}\"", await client.GetStringAsync(backfill), StringComparison.Ordinal);
        Assert.Contains($"href=\"{backfill}\"", await client.GetStringAsync("/ops/actions?kind=cancel_backfill"), StringComparison.Ordinal);
        using var other = await SignInAsync("thames-engineer");
        Assert.All([plan, backfill], address => Assert.Equal(HttpStatusCode.NotFound, other.GetAsync(address).Result.StatusCode));
        Assert.DoesNotContain(backfill, await other.GetStringAsync("/ops/backfills"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_that_is_sent_twice_has_one_effect_and_one_that_was_filled_in_otherwise_has_another()
    {
        using var client = await SignInAsync("engineer");
        var html = await client.GetStringAsync("/ops/start");
        Assert.Contains("customers_and_baskets", html, StringComparison.Ordinal);
        var hidden = Regex.Matches(html, "<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"").Select(match => KeyValuePair.Create(match.Groups[1].Value, match.Groups[2].Value))
            .Where(field => field.Key is "form_key" || field.Key.StartsWith("__", StringComparison.Ordinal)).DistinctBy(field => field.Key).ToList();
        async Task<string> SendAsync(string date)
        {
            using var content = new FormUrlEncodedContent([.. hidden, new("dag", "customers_and_baskets"), new("date", date), new("stores", "")]);
            return (await client.PostAsync("/ops/start", content)).Headers.Location!.OriginalString;
        }

        var together = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => SendAsync("2025-03-04")));
        Assert.Single(together.Distinct());
        Assert.Equal(together[0], await SendAsync("2025-03-04"));
        Assert.NotEqual(together[0], await SendAsync("2025-03-05"));
        Assert.Equal(["aoba/2025-03-04", "aoba/2025-03-05"], await host.Database.ListAsync<string>("SELECT partition_key FROM dags.dag_run WHERE dag_id = 'customers_and_baskets' AND partition_key LIKE 'aoba/2025-03-%' ORDER BY 1"));
    }

    [Fact]
    public async Task A_partition_says_what_it_was_and_why_and_is_not_restored_when_it_has_changed_since_it_was_compared()
    {
        using var client = await SignInAsync("engineer");
        var html = await client.GetStringAsync(Partition + "?store=S01&lang=en");
        Assert.Contains("+¥500 (+50.0%)", WebUtility.HtmlDecode(html), StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", html, StringComparison.Ordinal);
        var restore = Partition + "/restore";
        var compare = restore + "?store=S01&version=1";
        Assert.Equal(HttpStatusCode.BadRequest, (await client.SendFormAsync(compare, restore, ("reason", ""))).StatusCode);
        var moved = await client.SendFormAsync(compare, restore, ("reason", "x"), ("stands", "1"));
        Assert.Equal(HttpStatusCode.Conflict, moved.StatusCode);
        Assert.Contains("Another version stands by now", await moved.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        // Nothing of that version was ever kept here.
        var refused = await client.SendFormAsync(compare + "&lang=ja", restore, ("reason", "x"));
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("その版の内容はもう保存していません", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(2, await host.Database.ScalarAsync<long>("SELECT version FROM dags.asset_partition WHERE asset = 'store_figures' AND business_date = '2025-03-03'"));
        using var other = await SignInAsync("thames-engineer");
        Assert.All([Partition + "?store=S01", compare], address => Assert.Equal(HttpStatusCode.NotFound, other.GetAsync(address).Result.StatusCode));
        using var office = await SignInAsync("honbu");
        Assert.DoesNotContain("/restore", await office.GetStringAsync(Partition + "?store=S01"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await office.GetAsync(compare)).StatusCode);
    }

    [Fact]
    public async Task A_question_is_refused_with_a_reason_by_head_office_alone_and_once()
    {
        var address = $"/ops/approvals/{_approval}";
        using var engineer = await SignInAsync("engineer");
        Assert.DoesNotContain(address, await engineer.GetStringAsync("/ops/approvals"), StringComparison.Ordinal);
        using var office = await SignInAsync("honbu");
        Assert.DoesNotContain("<script>alert", await office.GetStringAsync("/ops/approvals"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await office.SendFormAsync("/ops/approvals", address, ("do", "refuse"), ("reason", ""))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await office.SendFormAsync("/ops/approvals", address, ("do", "dance"), ("reason", "x"))).StatusCode);
        Assert.Equal("/ops/approvals?done=refused", (await office.SendFormAsync("/ops/approvals", address, ("do", "refuse"), ("reason", "wrong file"))).Headers.Location!.OriginalString);
        Assert.Equal("failed", await host.Database.ScalarAsync<string>("SELECT t.state FROM dags.task_instance t JOIN dags.approval USING (ti_id) WHERE approval_id = @_approval", new { _approval }));
        Assert.Contains("wrong file", await office.GetStringAsync("/ops/approvals"), StringComparison.Ordinal);
        Assert.DoesNotContain(address, await office.GetStringAsync("/ops/approvals"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/ops/backfills?page=2", 400)]
    [InlineData("/ops/backfills/99999999", 404)]
    [InlineData("/ops/backfills/plans/99999999", 404)]
    [InlineData("/ops/backfills/new?dag=nothing", 400)]
    [InlineData("/ops/backfills/new?from=2025-02-30", 400)]
    [InlineData("/ops/backfills/new?from=2025-03-02&to=2025-03-01", 400)]
    [InlineData("/ops/approvals?done=perhaps", 400)]
    [InlineData("/ops/partitions?asset=nothing", 400)]
    [InlineData("/ops/partitions?days=9", 400)]
    [InlineData("/ops/partitions?store=S99", 400)]
    [InlineData("/ops/partitions?asset=store_figures&store=S01&days=7&date=2025-03-05", 200)]
    [InlineData("/ops/partitions/store_figures/2025-03-03", 404)]
    [InlineData("/ops/partitions/store_figures/yesterday?store=S01", 404)]
    [InlineData("/ops/partitions/pos_transaction/2025-03-03?store=S01", 200)]
    [InlineData("/ops/partitions/store_figures/2025-03-03/restore?store=S01", 400)]
    [InlineData("/ops/partitions/store_figures/2025-03-03/restore?store=S01&version=9", 404)]
    [InlineData("/ops/partitions/store_figures/2025-03-03/release?store=S01", 404)]
    [InlineData("/ops/lineage", 200)]
    public async Task An_address_is_right_or_refused_with_a_page(string address, int status)
    {
        using var client = await SignInAsync("administrator");
        var answer = await client.GetAsync(address);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("text/html", answer.Content.Headers.ContentType!.MediaType);
    }

    private static (string Name, string Value)[] Choice() => [("selector", "missing"), ("order", "newest_first"), ("at_once", "2")];

    private Task<HttpClient> SignInAsync(string login) => ApiHost.SignInAsync(ApiHost.AddressOf(_app), login);
}
