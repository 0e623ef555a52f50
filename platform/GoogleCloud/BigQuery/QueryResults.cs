using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using RetailInsight.Core.Ports;
using RetailInsight.Platform.GoogleSql;
using RetailInsight.Platform.Warehouse;

namespace RetailInsight.Platform.GoogleCloud.BigQuery;

/// <summary>Runs query jobs and streams their pages.</summary>
/// <param name="api">BigQuery.</param>
/// <param name="jobs">Jobs.</param>
/// <param name="options">Page size and patience.</param>
/// <param name="clock">Clock of the job's timeout.</param>
internal sealed class QueryResults(BigQueryApi api, BigQueryJobs jobs, BigQueryOptions options, TimeProvider clock)
{
    // How long the service itself holds the question; the try's own timeout is longer.
    private const int WaitMilliseconds = 10_000;

    /// <summary>The rows of a query, a page at a time.</summary>
    /// <param name="configuration">The job.</param>
    /// <param name="cancellationToken">Stops at once, and the job too.</param>
    /// <exception cref="WarehouseDataException">BigQuery refuses the query, or it fails on its way.</exception>
    /// <exception cref="JobFailedException">It failed for a reason that passes: it was stopped, BigQuery had a bad moment.</exception>
    public async IAsyncEnumerable<RowBlock> ReadAsync(object configuration, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // An id of our own: the job can be found when the answer is lost, and cancelled when nobody waits any more.
        var id = $"query_{RandomNumberGenerator.GetHexString(32, lowercase: true)}";
        using var cancelled = cancellationToken.Register(() => _ = jobs.CancelAsync(id, CancellationToken.None));
        await jobs.InsertAsync(id, configuration, cancellationToken);
        IReadOnlyList<WarehouseColumn> columns = [];
        string? token = null;
        var started = clock.GetTimestamp();
        do
        {
            var page = await NextAsync(id, token, columns, cancellationToken);
            columns = page.Columns;
            if (page.Rows is { } rows)
            {
                yield return rows;
            }

            if (!page.IsComplete && clock.GetElapsedTime(started) > options.JobTimeout)
            {
                await jobs.CancelAsync(id, cancellationToken);
                throw new TimeoutException($"BigQuery query {id} is not done after {options.JobTimeout}.");
            }

            if (!page.IsComplete)
            {
                // The service holds the question back itself; this is for one that does not.
                await Task.Delay(options.FirstPoll, clock, cancellationToken);
            }

            token = page.NextPage;
            if (page.IsComplete && token is null)
            {
                yield break;
            }
        }
        while (true);
    }

    private async Task<ResultPage> NextAsync(string id, string? token, IReadOnlyList<WarehouseColumn> columns, CancellationToken cancellationToken)
    {
        var path = $"queries/{id}?location={api.Google.Location}&maxResults={options.PageRows}&timeoutMs={WaitMilliseconds}&formatOptions.useInt64Timestamp=true"
            + (token is null ? "" : $"&pageToken={Uri.EscapeDataString(token)}");
        for (var started = clock.GetTimestamp(); ;)
        {
            try
            {
                return await api.PageAsync(path, columns, cancellationToken);
            }
            catch (GoogleApiException failure) when (BigQueryErrors.Of(failure.Reason, failure.Message, failure.Status) == ErrorAction.Refuse)
            {
                throw new WarehouseDataException(failure.Message, failure);
            }
            catch (GoogleApiException failure) when (BigQueryErrors.IsTransient(failure) && clock.GetElapsedTime(started) < options.ResultPatience)
            {
                // A job that failed for a passing reason answers with that reason for ever; only the job itself tells.
                await jobs.ThrowIfFailedAsync(id, cancellationToken);
            }
        }
    }
}
