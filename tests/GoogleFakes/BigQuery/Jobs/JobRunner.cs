using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using RetailInsight.GoogleFakes.BigQuery.Sql;

namespace RetailInsight.GoogleFakes.BigQuery.Jobs;

/// <summary>Takes jobs, runs them and remembers them.</summary>
internal sealed class JobRunner : IDisposable
{
    private readonly ConcurrentDictionary<(string Project, string Id), Job> _jobs = new();
    private readonly ConcurrentDictionary<(string Project, string Request), Job> _requests = new();
    // Jobs beyond these stay PENDING, as without a free slot.
    private readonly SemaphoreSlim _slots = new(8);
    private readonly BigQuerySettings _settings;
    private readonly TimeProvider _clock;
    private readonly QueryJob _queries;
    private readonly LoadJob _loads;
    private readonly CopyJob _copies;

    public JobRunner(DuckStore store, Catalog catalog, BigQuerySettings settings, TimeProvider clock)
    {
        _settings = settings;
        _clock = clock;
        var quota = new ModificationQuota(settings, clock);
        _queries = new QueryJob(store, catalog, new MutationLocks(), quota);
        _loads = new LoadJob(store, catalog, settings, quota);
        _copies = new CopyJob(store, catalog, quota);
    }

    /// <summary>Jobs of a project, newest first.</summary>
    public IEnumerable<Job> List(string project, string? parent) => _jobs.Values.Where(job => job.Project == project && job.Parent == parent)
        .OrderByDescending(job => (string?)job.Statistics["creationTime"], StringComparer.Ordinal);

    /// <summary>A job.</summary>
    /// <exception cref="BigQueryException">There is none of that name.</exception>
    public Job Find(string project, string id) => _jobs.GetValueOrDefault((project, id)) ?? throw BigQueryException.NotFound($"Job {project}:{id}");

    /// <summary>Forgets a job.</summary>
    public void Forget(string project, string id) => _jobs.TryRemove((project, Find(project, id).Id), out _);

    /// <summary>A dry run: nothing is kept of it.</summary>
    public JsonObject DryRun(string project, JsonObject query) => _queries.DryRun(project, query);

    /// <summary>Takes a job and starts it.</summary>
    /// <exception cref="BigQueryException">Its id is taken, or it is of no known kind.</exception>
    public Job Submit(string project, JsonNode? reference, JsonObject configuration, byte[]? upload = null)
    {
        var kind = configuration["query"] is not null ? "QUERY" : configuration["load"] is not null ? "LOAD" : configuration["copy"] is not null ? "COPY"
            : throw BigQueryException.Invalid("Required parameter is missing: query, load or copy");
        if (configuration[kind.ToLowerInvariant()] is not JsonObject)
        {
            throw BigQueryException.Invalid($"Invalid value at 'configuration.{kind.ToLowerInvariant()}'");
        }

        var id = (string?)reference?["jobId"] is { Length: > 0 } given ? given : $"job_{RandomId.Next()}";
        if (id.Length > 1024 || id.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('_' or '-')))
        {
            throw BigQueryException.Invalid($"Invalid job ID \"{id}\". Job IDs must be alphanumeric (plus underscores and dashes) and must be at most 1024 characters long.");
        }

        configuration["jobType"] = kind;
        var job = new Job(project, id, (string?)reference?["location"] ?? "US", configuration, Now());
        if (!_jobs.TryAdd((project, id), job))
        {
            job.Dispose();
            throw BigQueryException.Duplicate($"Job {project}:{job.Location}.{id}");
        }

        _ = Task.Factory.StartNew(() => RunAsync(job, upload), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return job;
    }

    /// <summary>The job of a request id: the one it started before, or a new one.</summary>
    public Job Once(string project, string? request, Func<Job> start) =>
        string.IsNullOrEmpty(request) ? start() : _requests.GetOrAdd((project, request), _ => start());

    /// <inheritdoc/>
    public void Dispose() => _slots.Dispose();

    private async Task RunAsync(Job job, byte[]? upload)
    {
        var hasSlot = false;
        try
        {
            await Task.Delay(_settings.Pending, job.Cancelled);
            await _slots.WaitAsync(job.Cancelled);
            hasSlot = true;
            job.Start(Now());
            await Task.Delay(_settings.Running, job.Cancelled);
            if (job.Configuration["load"] is not null)
            {
                await _loads.RunAsync(job, upload);
            }
            else if (job.Configuration["copy"] is not null)
            {
                _copies.Run(job);
            }
            else
            {
                var statements = 0;
                _queries.Run(job, statistics => AddChild(job, statements++, statistics));
            }

            job.Finish(Now());
        }
        catch (Exception exception)
        {
            job.Result = null;
            job.Finish(Now(), DuckErrors.Translate(exception));
        }
        finally
        {
            if (hasSlot)
            {
                _slots.Release();
            }
        }
    }

    private void AddChild(Job parent, int statement, JsonObject statistics)
    {
        var child = new Job(parent.Project, $"script_job_{parent.Id}_{statement}", parent.Location, (JsonObject)parent.Configuration.DeepClone(), Now()) { Parent = parent.Id };
        foreach (var (name, value) in statistics)
        {
            child.Statistics[name] = value?.DeepClone();
        }

        child.Result = parent.Result;
        child.Finish(Now());
        _jobs[(child.Project, child.Id)] = child;
    }

    private long Now() => _clock.GetUtcNow().ToUnixTimeMilliseconds();
}
