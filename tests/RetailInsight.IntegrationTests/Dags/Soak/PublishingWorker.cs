using System.Diagnostics;
using Dapper;
using Npgsql;
using RetailInsight.Core.Tenancy;
using RetailInsight.Dags.Engine;
using RetailInsight.Dags.Engine.Assets;

namespace RetailInsight.IntegrationTests.Dags.Soak;

/// <summary>
/// A process of its own that publishes and is held at one point of it: the test assembly started with itself as a startup hook. Most points
/// are held by a trigger in the database that waits for a lock the test has, the others by the task; the product knows of none.
/// </summary>
internal static class PublishingWorker
{
    /// <summary>The lock that holds.</summary>
    public const long Lock = 4711;

    private const string ConnectionVariable = "RETAIL_TEST_PUBLISHER_DATABASE";
    private const string PointVariable = "RETAIL_TEST_PUBLISHER_POINT";

    // Which rows of which statement hold at which point.
    private static readonly (string Point, string Trigger)[] Triggers =
    [
        ("first row", "BEFORE INSERT ON public.effect FOR EACH ROW WHEN (NEW.task = 'work')"),
        ("partition", "BEFORE INSERT ON dags.asset_partition FOR EACH ROW WHEN (NEW.asset = 'figures')"),
        ("version", "BEFORE INSERT ON dags.asset_version FOR EACH ROW"),
        ("stale", "BEFORE UPDATE ON dags.asset_partition FOR EACH ROW WHEN (OLD.asset = 'summary')"),
        ("try", "BEFORE INSERT ON dags.task_try FOR EACH ROW"),
        ("task", "BEFORE UPDATE ON dags.task_instance FOR EACH ROW WHEN (NEW.state = 'success')"),
        ("queue", "BEFORE DELETE ON dags.task_queue FOR EACH ROW"),
        ("event", "BEFORE INSERT ON dags.ti_event FOR EACH ROW WHEN (NEW.kind = 'success')"),
        ("evaluation", "BEFORE DELETE ON dags.ti_event FOR EACH ROW WHEN (OLD.kind = 'success')"),
    ];

    /// <summary>The points, in the order of the transaction.</summary>
    public static IReadOnlyList<string> Points { get; } =
        ["fence", "hold", "first row", "between rows", "last row", "partition", "version", "stale", "try", "task", "queue", "event", "commit", "evaluation"];

    /// <summary>What is written from this point on stands.</summary>
    public static bool IsCommitted(string point) => point is "commit" or "evaluation";

    /// <summary>The name under which the process of a point connects.</summary>
    public static string Name(string point) => "soak " + point;

    /// <summary>One task publishes a partition in two rows, the next one a row; another DAG's asset is made of the first.</summary>
    public static IEnumerable<Dag> Define(string point = "")
    {
        var figures = new Asset("figures", PartitionGrain.StoreDay, [new AssetInput("arrivals")]);
        yield return new Dag("publishing",
        [
            new DagTask("work", async (context, cancellationToken) =>
            {
                if (point is "fence" or "computing")
                {
                    await using var source = NpgsqlDataSource.Create(Environment.GetEnvironmentVariable(ConnectionVariable)!);
                    await using var connection = await source.OpenConnectionAsync(cancellationToken);
                    await connection.ExecuteAsync("SELECT pg_advisory_lock_shared(@Lock)", new { Lock });
                }

                return new TaskOutput(async (publication, token) =>
                {
                    var write = EffectTable.Write(context).Publish!;
                    await write(publication, token);
                    await (point switch
                    {
                        "between rows" => HangAsync(publication.Connection, token),
                        "publishing" => publication.Connection.ExecuteAsync("SELECT pg_advisory_xact_lock_shared(@Lock)", new { Lock }),
                        _ => Task.CompletedTask,
                    });
                    await write(publication, token);
                    publication.Changed("S1");
                    await (point == "last row" ? HangAsync(publication.Connection, token) : Task.CompletedTask);
                })
                {
                    Stores = ["S1"],
                };
            })
            { Produces = figures },
            new DagTask("after", (context, _) => Task.FromResult(EffectTable.Write(context))) { Upstreams = ["work"] },
        ])
        { MaxActiveRuns = 50 };
        yield return new Dag("reading", [new DagTask("sum", (_, _) => Task.FromResult(TaskOutput.None)) { Produces = new Asset("summary", PartitionGrain.Day, [new AssetInput("figures")]) }]);
    }

    /// <summary>Puts the points into a database.</summary>
    public static async Task PrepareAsync(TestDatabase database)
    {
        await EffectTable.CreateAsync(database);
        await using var connection = await database.Owner.OpenConnectionAsync();
        await connection.ExecuteAsync(
            $"""
            CREATE FUNCTION public.hold() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF current_setting('application_name') = 'soak ' || TG_ARGV[0] THEN PERFORM pg_advisory_xact_lock_shared({Lock}); END IF;
              IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
              RETURN NEW;
            END $$;
            CREATE CONSTRAINT TRIGGER hold_commit AFTER INSERT ON dags.ti_event DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.kind = 'success') EXECUTE FUNCTION public.hold('commit');
            """ + string.Concat(Triggers.Select((trigger, number) => $"CREATE TRIGGER hold_{number} {trigger.Trigger} EXECUTE FUNCTION public.hold('{trigger.Point}');\n")));
    }

    /// <summary>Queues runs of days nobody has worked on yet and makes their first task ready; what is made of those days stands already.</summary>
    public static async Task<long[]> QueueAsync(TestDatabase database, TestEngine engine, int firstDay, int runs)
    {
        var days = Enumerable.Range(firstDay, runs).Select(day => new DateOnly(2020, 1, 1).AddDays(day)).ToList();
        await using var connection = await database.Owner.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            INSERT INTO dags.asset_partition (tenant, asset, business_date, store, version)
            SELECT 'acme', a.asset, d.day, a.store, a.version FROM unnest(@days) AS d(day), (VALUES ('figures', 'S1', 0), ('summary', '', 1)) AS a(asset, store, version)
            """,
            new { days = days.ToArray() });
        var queued = new List<long>();
        foreach (var day in days)
        {
            queued.Add(await database.QueueAsync("publishing", new DayPartition("acme", day).ToString(), """{"stores":["S1"]}"""));
        }

        await engine.Scheduler.TickAsync(CancellationToken.None);
        return [.. queued];
    }

    public static Process Start(TestDatabase database, string point)
    {
        var assembly = typeof(PublishingWorker).Assembly.Location;
        var start = new ProcessStartInfo("dotnet", ["exec", assembly]);
        start.Environment["DOTNET_STARTUP_HOOKS"] = assembly;
        start.Environment[ConnectionVariable] = new NpgsqlConnectionStringBuilder(database.Options.ConnectionString(DatabaseRole.Job)) { ApplicationName = Name(point) }.ConnectionString;
        start.Environment[PointVariable] = point;
        return Process.Start(start)!;
    }

    public static void RunIfAsked()
    {
        if (Environment.GetEnvironmentVariable(ConnectionVariable) is { } connectionString)
        {
            WorkAsync(connectionString, Environment.GetEnvironmentVariable(PointVariable)!).GetAwaiter().GetResult();
        }
    }

    private static async Task WorkAsync(string connectionString, string point)
    {
        var options = TestEngine.Quick();
        options.Schedule = false;
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var engine = await TestEngine.StartAsync(source, Define(point), options);
        await Task.Delay(TimeSpan.FromMinutes(5));
    }

    // The wait is on the client: the server sees an idle transaction with this as its last query.
    private static async Task HangAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync("SELECT /* hangs */ 1");
        await Task.Delay(Timeout.Infinite, cancellationToken);
    }
}
