using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace RetailInsight.Platform.GoogleCloud.BigQuery;

/// <summary>
/// Runs jobs whose ids say what they do. An id is taken once, so a lost answer is settled by asking for the job; attempt
/// n + 1 is started only when attempt n is done with an error.
/// </summary>
/// <param name="api">BigQuery.</param>
/// <param name="options">Patience.</param>
/// <param name="clock">Clock of pauses.</param>
/// <param name="logger">Told of attempts that failed.</param>
internal sealed class BigQueryJobs(BigQueryApi api, BigQueryOptions options, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan CancelTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Runs a job to a good end, or finds that it came to one before.</summary>
    /// <param name="name">What it does; attempts are <c>NAME_a1</c>, <c>NAME_a2</c> …</param>
    /// <param name="configuration">The job's <c>configuration</c>.</param>
    /// <param name="cancellationToken">Stops waiting; the job goes on and is found by the next call.</param>
    /// <returns>The job, done without error.</returns>
    /// <exception cref="JobFailedException">It fails in a way that another attempt now does not mend.</exception>
    /// <exception cref="TimeoutException">It did not end in time.</exception>
    public async Task<JsonElement> RunAsync(string name, object configuration, CancellationToken cancellationToken)
    {
        var started = 0;
        for (var attempt = 1; ; attempt++)
        {
            var id = $"{name}_a{attempt}";
            var isNew = await InsertAsync(id, configuration, cancellationToken);
            var job = await UntilDoneAsync(id, cancellationToken);
            if (FailureOf(id, job) is not { } failure)
            {
                return job;
            }

            started += isNew ? 1 : 0;
            if (failure.Action == ErrorAction.Refuse || (isNew && (failure.Action != ErrorAction.Retry || started == options.JobAttempts)))
            {
                throw failure;
            }

            if (isNew)
            {
                var pause = Jitter(options.JobPause * Math.Pow(2, started - 1));
                logger.JobRunsAnew(id, failure.Reason, failure.Message, pause);
                await Task.Delay(pause, clock, cancellationToken);
            }
        }
    }

    /// <summary>Starts a job unless its id is taken.</summary>
    /// <returns>Whether this call started it, as far as can be told: after a lost answer it looks like another's.</returns>
    public Task<bool> InsertAsync(string id, object configuration, CancellationToken cancellationToken) => api.CreateAsync(
        "jobs", new { jobReference = new { projectId = api.Google.Project, jobId = id, location = api.Google.Location }, configuration }, cancellationToken);

    /// <summary>Asks BigQuery to stop a job; nobody waits for it to be stopped.</summary>
    /// <param name="id">The job.</param>
    /// <param name="cancellationToken">Not the one whose cancellation is the reason: that has ended already.</param>
    public async Task CancelAsync(string id, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(CancelTimeout, clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        Task cancelled = api.SendAsync(HttpMethod.Post, $"jobs/{id}/cancel?location={api.Google.Location}", null, linked.Token);
        await cancelled.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Looks whether a job has failed.</summary>
    /// <exception cref="JobFailedException">It has.</exception>
    public async Task ThrowIfFailedAsync(string id, CancellationToken cancellationToken)
    {
        var job = await api.SendAsync(HttpMethod.Get, $"jobs/{id}?location={api.Google.Location}", null, cancellationToken);
        if (job.GetProperty("status").GetProperty("state").GetString() == "DONE" && FailureOf(id, job) is { } failure)
        {
            throw failure;
        }
    }

    private async Task<JsonElement> UntilDoneAsync(string id, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        for (var pause = options.FirstPoll; ; pause = pause * 2 < options.MaxPoll ? pause * 2 : options.MaxPoll)
        {
            var job = await api.SendAsync(HttpMethod.Get, $"jobs/{id}?location={api.Google.Location}", null, cancellationToken);
            if (job.GetProperty("status").GetProperty("state").GetString() == "DONE")
            {
                return job;
            }

            if (clock.GetElapsedTime(started) > options.JobTimeout)
            {
                await CancelAsync(id, cancellationToken);
                throw new TimeoutException($"BigQuery job {id} is not done after {options.JobTimeout}.");
            }

            await Task.Delay(Jitter(pause), clock, cancellationToken);
        }
    }

    private static JobFailedException? FailureOf(string id, JsonElement job)
    {
        var status = job.GetProperty("status");
        if (!status.TryGetProperty("errorResult", out var error))
        {
            return null;
        }

        // The result says that it failed, the list which rows are to blame.
        var messages = status.TryGetProperty("errors", out var errors)
            ? errors.EnumerateArray().Select(each => Text(each, "message")).Prepend(Text(error, "message")).Distinct().Take(5)
            : [Text(error, "message")];
        return new JobFailedException(id, Text(error, "reason"), string.Join("; ", messages));
    }

    private static string Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";

    private static TimeSpan Jitter(TimeSpan pause) => pause * (RandomNumberGenerator.GetInt32(500, 1500) / 1000.0);
}
