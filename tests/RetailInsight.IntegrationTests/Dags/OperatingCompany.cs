using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using RetailInsight.Core.Tenancy;
using RetailInsight.Dags.Engine;
using RetailInsight.IntegrationTests.Api;

namespace RetailInsight.IntegrationTests.Dags;

/// <summary>A company whose people operate small DAGs through the real API, and another one whose people must not notice.</summary>
public abstract class OperatingCompany(ApiHost host) : OwnCompanyTests(host)
{
    /// <summary>Tasks that fail, by name.</summary>
    protected ConcurrentDictionary<string, bool> Broken { get; } = [];

    /// <summary>A data engineer of the company.</summary>
    protected HttpClient Engineer { get; private set; } = null!;

    /// <summary>An administrator of the other company.</summary>
    protected HttpClient Stranger { get; private set; } = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await using (var owner = await Database.Owner.OpenConnectionAsync())
        {
            await owner.ExecuteAsync(
                """
                INSERT INTO api.app_user (login, tenant, password_hash, role, language, display_name)
                SELECT 'thames-admin', 'thames', password_hash, 'admin', 'en', 'Admin' FROM api.app_user WHERE login = 'camden'
                """);
        }

        (Engineer, Stranger) = (await SignInAsync("engineer"), await SignInAsync("thames-admin"));
    }

    public override async Task DisposeAsync()
    {
        Engineer.Dispose();
        Stranger.Dispose();
        await base.DisposeAsync();
    }

    /// <summary>a before b and c, these before d.</summary>
    private protected Dag Diamond() => new("diamond", [Work("a"), Work("b") with { Upstreams = ["a"] }, Work("c") with { Upstreams = ["a"] }, Work("d") with { Upstreams = ["b", "c"] }]);

    /// <summary>The same for trading days, so that it can be started by hand.</summary>
    private protected Dag Partitioned() => Diamond() with { Partitions = new PartitionTrigger([Datasets.PosTransaction], (_, _, _) => Task.FromResult<IReadOnlyList<PartitionChange>>([])) };

    /// <summary>A task that does nothing, or fails.</summary>
    private protected DagTask Work(string id) => new(id, (context, _) => Broken.ContainsKey(context.TaskId) ? throw new FatalTaskException("broken") : Task.FromResult(TaskOutput.None));

    /// <summary>Runs a DAG for a day of the company to its end.</summary>
    protected async Task<long> RunAsync(string end, string dag = "diamond")
    {
        var run = await Database.QueueAsync(dag, "aoba/2026-11-14");
        Assert.Equal(end, await Database.EndOfAsync(run));
        return run;
    }

    /// <summary>Waits for the next end of a run that goes on.</summary>
    protected async Task<string> EndAgainAsync(long run)
    {
        await Database.WaitUntilAsync("(SELECT state NOT IN ('queued', 'running') AND NOT EXISTS (SELECT FROM dags.ti_event e WHERE e.run_id = r.run_id) FROM dags.dag_run r WHERE run_id = @run)", new { run });
        return await Database.EndOfAsync(run);
    }

    /// <summary>How the tasks of a run stand, by name.</summary>
    protected async Task<string> StandingAsync(long run) =>
        string.Join(' ', await Database.ListAsync<string>("SELECT task_id || ':' || state FROM dags.task_instance WHERE run_id = @run ORDER BY 1", new { run }));

    /// <summary>Sends a body and expects a status.</summary>
    protected static async Task<JsonElement> PostAsync(HttpClient client, string address, object body, HttpStatusCode status = HttpStatusCode.OK, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = JsonContent.Create(body) };
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        }

        using var answer = await client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == status, $"{address}: {answer.StatusCode} {text}");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    /// <summary>Makes a plan.</summary>
    protected async Task<JsonElement> PlanAsync(long run, object selection) => await PostAsync(Engineer, $"/v1/ops/runs/{run}/plans", selection, HttpStatusCode.Created);

    /// <summary>The members of a list, as text.</summary>
    protected static string[] List(JsonElement holder, string name, Func<JsonElement, string> text) => [.. holder.GetProperty(name).EnumerateArray().Select(text)];
}
