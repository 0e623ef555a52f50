using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Claims;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Dapper;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using RetailInsight.Dags;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>The things the requests name, and the requests themselves.</summary>
public sealed partial class EveryStatusTests
{
    // One of each thing that has an address, made by a person of a company.
    private async Task<Dictionary<string, string>> ThingsAsync(string login, string name)
    {
        using var person = await SignInAsync(login);
        async Task<JsonElement> MakeAsync(string address, string body)
        {
            using var content = new StringContent(body, Encoding.UTF8, Json);
            using var answer = await person.PostAsync(address, content);
            Assert.True(answer.IsSuccessStatusCode, $"{address} {answer.StatusCode}");
            return await answer.Content.ReadFromJsonAsync<JsonElement>();
        }

        static string Text(JsonElement made, params string[] path) => path.Aggregate(made, (element, member) => element.GetProperty(member)).GetString()!;
        var things = new Dictionary<string, string>
        {
            ["webhookId"] = Text(await MakeAsync("/v1/webhooks", Webhook), "webhook", "id"),
            ["ruleId"] = Text(await MakeAsync("/v1/alerts/rules", Rule), "id"),
            ["annotationId"] = Text(await MakeAsync("/v1/annotations", Note), "id"),
            ["keyId"] = Text(await MakeAsync("/v1/keys", Key), "key", "key_id"),
            ["exportId"] = Text(await MakeAsync("/v1/exports", Export), "id"),
            ["id"] = login == "camden" ? "nothing" : "net_sales",
            ["dag"] = login == "camden" ? "none" : "store_kpis",
            ["run"] = "999999",
            ["task"] = login == "camden" ? "none" : "store_master",
            ["plan"] = "999999",
            ["action"] = "999999",
            ["older"] = "999999",
            ["newer"] = "999999",
            ["asset"] = login == "camden" ? "none" : "store_figures",
            ["model"] = login == "camden" ? "none" : "sales",
            ["date"] = "2026-10-01",
            ["backfill"] = "999999",
            ["backfillPlan"] = "999999",
            ["approval"] = "999999",
            ["store"] = login == "camden" ? "none" : "S01",
            ["month"] = login == "camden" ? "none" : "2099-01",
            ["reviewCase"] = "999999",
            ["fresh"] = "fresh-" + name,
            ["device"] = "door-" + name,
            ["deviceGroup"] = login == "camden" ? "none" : "doors",
        };
        things["operationId"] = things["exportId"];
        var user = await MakeAsync("/v1/users", Person.Replace("NAME", "person-" + name, StringComparison.Ordinal));
        (things["login"], things["token"]) = (Text(user, "user", "login"), Text(user, "one_time_token"));
        await MakeAsync($"/v1/alerts/rules/{things["ruleId"]}/test", "{}");
        things["deliveryId"] = Text((await person.GetFromJsonAsync<JsonElement>($"/v1/webhooks/{things["webhookId"]}/deliveries")).GetProperty("items")[0], "id");
        var file = (await ApiHost.ExportReadyAsync(person, $"/v1/operations/{things["exportId"]}")).GetProperty("files")[0];
        (things["name"], things["etag"]) = (Text(file, "name"), $"\"{Text(file, "sha256")}\"");
        await using var connection = await Database.Owner.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            INSERT INTO tenancy.device_group (tenant, device_group, feed) VALUES (@tenant, 'doors', 'vendor-a') ON CONFLICT DO NOTHING;
            INSERT INTO tenancy.device (tenant, device, device_group, interval_seconds) VALUES (@tenant, @device, 'doors', 900)
            """, new { tenant = login == "camden" ? "thames" : "aoba", device = things["device"] });
        things["alertId"] = (await connection.ExecuteScalarAsync<long>(
            """
            INSERT INTO api.alert_incident (tenant, rule_id, store, business_date, state, gap, data_version)
            SELECT tenant, rule_id, 'S01', '2026-11-14', 'open', 'none', 1 FROM api.alert_rule WHERE rule_id = @rule RETURNING incident_id
            """, new { rule = Guid.Parse(things["ruleId"]) })).ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (login != "camden")
        {
            await TargetAsync(connection);
            var run = await MakeAsync("/v1/ops/dags/store_kpis/runs", """{"business_date":"2026-11-14"}""");
            things["run"] = RunNumber().Match(run.GetRawText()).Groups[1].Value;
            static string Number(JsonElement made, params string[] path) => path.Aggregate(made, (element, member) => element.GetProperty(member)).GetRawText();
            things["plan"] = Number(await MakeAsync($"/v1/ops/runs/{things["run"]}/plans", """{"kind":"cancel"}"""), "plan_id");
            var failed = await connection.ExecuteScalarAsync<long>(
                """
                WITH run AS (
                  INSERT INTO dags.dag_run (dag_id, version_id, run_type, tenant, partition_key, state, started_at, ended_at)
                  SELECT dag_id, current_version, 'scheduled', 'aoba', 'aoba/2026-11-13', 'failed', now(), now() FROM dags.dag WHERE dag_id = 'store_kpis' RETURNING run_id)
                INSERT INTO dags.task_instance (run_id, task_id, state, max_tries) SELECT run_id, 'store_master', 'failed', 1 FROM run RETURNING run_id
                """);
            var mark = Number(await MakeAsync($"/v1/ops/runs/{failed}/plans", """{"kind":"mark","tasks":["store_master"]}"""), "plan_id");
            things["action"] = Number(await MakeAsync($"/v1/ops/plans/{mark}/apply", Reason), "action", "action_id");
            await PartitionAsync(connection);
            await ModelsOfACompany.RegisterAsync(Database.Job, "aoba");
            things["reviewCase"] = await CaseAsync(connection, name);
            things["backfillPlan"] = Number(await MakeAsync("/v1/ops/backfills/plans", Backfill), "plan_id");
            things["backfill"] = Number(await MakeAsync($"/v1/ops/backfills/plans/{Number(await MakeAsync("/v1/ops/backfills/plans", Backfill), "plan_id")}/apply", Reason), "backfill_id");
            (things["approval"], things["other approval"]) = (await QuestionAsync(connection), await QuestionAsync(connection));
            things["older"] = things["newer"] = $"{await connection.ExecuteScalarAsync<long>("SELECT current_version FROM dags.dag WHERE dag_id = 'store_kpis'")}";
        }

        return things;
    }

    // A target that holds, of a month nobody who runs this lives to see.
    private static Task<int> TargetAsync(Npgsql.NpgsqlConnection connection) => connection.ExecuteAsync(
        """
        INSERT INTO mart.month_target (tenant, store, month, version, state, amount, currency, explanation, decided_by, decided_at)
        SELECT 'aoba', 'S01', '2099-01-01', version, (ARRAY['proposed', 'frozen'])[version], 31000000, 'JPY',
          '{"expected":31,"start":31,"ambition":0.5,"lift":0,"is_held_by_odds":false,"company_adjustment":{"micros":0,"currency":"JPY"},"probability":0.6,"potentials":[],"peers":[]}', 'outlook', now()
        FROM generate_series(1, 2) AS version ON CONFLICT DO NOTHING;
        INSERT INTO mart.month_target_day (tenant, store, month, version, business_date, amount)
        SELECT 'aoba', 'S01', '2099-01-01', version, day, 1000000 FROM generate_series(1, 2) AS version, generate_series('2099-01-01'::date, '2099-01-31', '1 day') AS day ON CONFLICT DO NOTHING
        """);

    // A store-day of which an earlier version is kept.
    private static Task<int> PartitionAsync(Npgsql.NpgsqlConnection connection) => connection.ExecuteAsync(
        """
        INSERT INTO dags.asset_partition (tenant, asset, business_date, store, version, fence) VALUES
          ('aoba', 'pos_transaction', '2026-10-01', 'S01', 1, 0), ('aoba', 'store_figures', '2026-10-01', 'S01', 2, -1) ON CONFLICT DO NOTHING;
        INSERT INTO dags.asset_version (tenant, asset, business_date, store, version, fence, published_at)
        SELECT 'aoba', 'store_figures', '2026-10-01', 'S01', n, n - 3, now() FROM generate_series(1, 2) AS n ON CONFLICT DO NOTHING;
        INSERT INTO mart.replaced_rows (tenant, store, business_date, table_name, replaced_by, rows)
        VALUES ('aoba', 'S01', '2026-10-01', 'mart.kpi_store_day', -1, '[]') ON CONFLICT DO NOTHING;
        """);

    // A case that waits, of a model that is watched.
    private static async Task<string> CaseAsync(Npgsql.NpgsqlConnection connection, string store) => (await connection.ExecuteScalarAsync<long>(
        """
        INSERT INTO mart.model_drift (tenant, as_of, model, verdict, reasons, days, forecasts, expected_days, missing_days) VALUES ('aoba', '2026-11-14', 'sales', 'steady', '[]', 0, 0, 0, 0) ON CONFLICT DO NOTHING;
        INSERT INTO ml.review_case (tenant, reason, store, subject, business_date, as_of, uncertainty, chance, detail, expires_on)
        VALUES ('aoba', 'wide_range', @store, 'net_sales', '2026-11-14', '2026-11-14', 1, 1, '{}', '2026-11-28') RETURNING case_id
        """, new { store })).ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<string> QuestionAsync(Npgsql.NpgsqlConnection connection) => (await connection.ExecuteScalarAsync<long>(
        """
        WITH run AS (
          INSERT INTO dags.dag_run (dag_id, version_id, run_type, tenant, partition_key, state, started_at)
          SELECT dag_id, current_version, 'manual', 'aoba', 'aoba/2026-09-' || (10 + count(r.run_id)), 'running', now()
          FROM dags.dag LEFT JOIN dags.dag_run r USING (dag_id) WHERE dag_id = 'store_kpis' GROUP BY dag_id, current_version RETURNING run_id),
        task AS (
          INSERT INTO dags.task_instance (run_id, task_id, state, max_tries) SELECT run_id, 'store_figures', 'awaiting_input', 1 FROM run RETURNING run_id, ti_id)
        INSERT INTO dags.approval (tenant, run_id, ti_id, digest, question, detail) SELECT 'aoba', run_id, ti_id, 'x', 'May it?', '[]' FROM task RETURNING approval_id
        """)).ToString(System.Globalization.CultureInfo.InvariantCulture);

    // What concerns all tenants is done by somebody who has none; such a person comes from another provider of identities.
    private async Task PlatformAsync(Dictionary<string, string> things)
    {
        await using var app = await StartAsync(new() { ["Api:LoginAttemptsPerMinute"] = "1000", ["Api:ChangesPerMinute"] = "1000" }, services => services.AddSingleton<IClaimsTransformation, WithoutTenant>());
        using var client = Client(ApiHost.AddressOf(app));
        var cookie = await CookieAsync(client, "administrator");
        foreach (var operation in _operations.Where(one => one.Id is "pauseDag" or "resumeDag").OrderBy(one => one.Id))
        {
            var right = (await RightAsync(client, operation, things, cookie)).With("Idempotency-Key", operation.Id);
            await SendAsync(client, operation, right);
            await SendAsync(client, operation, right with { Query = "a=b" });
        }
    }

    [GeneratedRegex("\"run_?[iI]d\":\\s*(\\d+)")]
    private static partial Regex RunNumber();

    private sealed class WithoutTenant : IClaimsTransformation
    {
        public Task<ClaimsPrincipal> TransformAsync(ClaimsPrincipal principal)
        {
            foreach (var identity in principal.Identities)
            {
                identity.FindAll(DagsPolicies.TenantClaim).ToList().ForEach(identity.RemoveClaim);
            }

            return Task.FromResult(principal);
        }
    }

    private sealed record Call(string Method, string Path, string Query, string? Body, string Type, string? Cookie, (string Name, string Value)[] Headers)
    {
        public Call With(string name, string value) => this with { Headers = [.. Headers, (name, value)] };

        public HttpRequestMessage Request()
        {
            var request = new HttpRequestMessage(new HttpMethod(Method), Query.Length == 0 ? Path : $"{Path}?{Query}");
            if (Body is not null)
            {
                request.Content = new StringContent(Body, Encoding.UTF8, new MediaTypeHeaderValue(Type));
            }

            foreach (var (name, value) in Cookie is null ? Headers : [.. Headers, ("Cookie", Cookie)])
            {
                _ = request.Headers.TryAddWithoutValidation(name, value) || request.Content!.Headers.TryAddWithoutValidation(name, value);
            }

            // Refused by its length, before it is sent.
            request.Headers.ExpectContinue = Body?.Length > 1 << 20;
            return request;
        }
    }
}
