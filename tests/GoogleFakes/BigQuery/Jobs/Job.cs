using System.Globalization;
using System.Text.Json.Nodes;
using RetailInsight.GoogleFakes.BigQuery.Sql;
using RetailInsight.Platform.Native.DuckDb;

namespace RetailInsight.GoogleFakes.BigQuery.Jobs;

/// <summary>A result kept for paging.</summary>
/// <param name="Duck">The table in DuckDB.</param>
/// <param name="Columns">Its columns.</param>
/// <param name="Rows">Its rows.</param>
internal sealed record JobResult(string Duck, IReadOnlyList<SqlColumn> Columns, long Rows);

/// <summary>A job and how it stands.</summary>
internal sealed class Job : IDisposable
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _cancel = new();
    private DuckDbConnection? _running;

    public Job(string project, string id, string location, JsonObject configuration, long now)
    {
        Project = project;
        Id = id;
        Location = location;
        Configuration = configuration;
        Statistics["creationTime"] = Text(now);
    }

    public string Project { get; }

    public string Id { get; }

    public string Location { get; }

    /// <summary>As the caller sent it, completed.</summary>
    public JsonObject Configuration { get; }

    /// <summary>Statistics so far.</summary>
    public JsonObject Statistics { get; } = [];

    /// <summary>PENDING, RUNNING or DONE.</summary>
    public string State { get; private set; } = "PENDING";

    /// <summary>Why it failed, once it is done.</summary>
    public BigQueryException? Error { get; private set; }

    /// <summary>Its rows, once it is done.</summary>
    public JobResult? Result { get; set; }

    /// <summary>Id of the script it is a statement of.</summary>
    public string? Parent { get; init; }

    /// <summary>Ends when the job does.</summary>
    public Task Done => _done.Task;

    /// <summary>Asked to stop.</summary>
    public CancellationToken Cancelled => _cancel.Token;

    /// <summary>Milliseconds since 1970 as the API writes them.</summary>
    public static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Says that work begins.</summary>
    public void Start(long now)
    {
        State = "RUNNING";
        Statistics["startTime"] = Text(now);
    }

    /// <summary>Says how it ended.</summary>
    public void Finish(long now, BigQueryException? error = null)
    {
        Statistics["startTime"] ??= Text(now);
        Statistics["endTime"] = Text(now);
        Error = error;
        State = "DONE";
        _done.TrySetResult();
    }

    /// <summary>Names the connection that a cancel interrupts.</summary>
    public void RunOn(DuckDbConnection? connection)
    {
        lock (_lock)
        {
            _running = connection;
        }
    }

    /// <summary>Asks it to stop.</summary>
    public void Cancel()
    {
        lock (_lock)
        {
            _cancel.Cancel();
            _running?.Interrupt();
        }
    }

    /// <summary>The job as the API shows it.</summary>
    public JsonObject Resource()
    {
        var status = new JsonObject { ["state"] = State };
        if (State == "DONE" && Error is { } error)
        {
            status["errorResult"] = ErrorOf(error);
            status["errors"] = new JsonArray(ErrorOf(error));
        }

        // While it runs, its statistics are being written.
        var statistics = State == "DONE" ? (JsonObject)Statistics.DeepClone() : [];
        if (Parent is not null)
        {
            statistics["parentJobId"] = Parent;
        }

        return new JsonObject
        {
            ["kind"] = "bigquery#job",
            ["id"] = $"{Project}:{Location}.{Id}",
            ["selfLink"] = $"/bigquery/v2/projects/{Project}/jobs/{Id}",
            ["jobReference"] = Reference(),
            ["configuration"] = Configuration.DeepClone(),
            ["status"] = status,
            ["statistics"] = statistics,
            ["user_email"] = "fake@example.com",
        };
    }

    /// <summary>Its name.</summary>
    public JsonObject Reference() => new() { ["projectId"] = Project, ["jobId"] = Id, ["location"] = Location };

    /// <inheritdoc/>
    public void Dispose() => _cancel.Dispose();

    private static JsonObject ErrorOf(BigQueryException error) => new() { ["reason"] = error.Reason, ["location"] = error.Reason == "invalidQuery" ? "query" : null, ["message"] = error.Message };
}
