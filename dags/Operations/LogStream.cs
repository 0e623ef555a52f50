using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Hosting;
using RetailInsight.Dags.Engine;

namespace RetailInsight.Dags.Operations;

/// <summary>A line of a log as it is shown.</summary>
/// <param name="Line">From 1 within its try; a gap shows where the task logged faster than could be written.</param>
/// <param name="At">UTC.</param>
/// <param name="Level"><c>information</c>, <c>warning</c>, <c>error</c> or <c>critical</c>.</param>
/// <param name="Message">What it says.</param>
internal sealed record LogLineView(int Line, DateTimeOffset At, string Level, string Message)
{
    /// <summary>The line as it is shown.</summary>
    public static LogLineView Of(TaskLogLine line) => new(line.Line, line.At, line.Level.ToString().ToLowerInvariant(), line.Message);
}

/// <summary>How a task stands: sent while nothing else is, and last.</summary>
/// <param name="State">The task's state.</param>
internal sealed record LogStandView(string State);

/// <summary>Where a reader of a log is: in which try, and behind which line.</summary>
internal readonly record struct LogPlace(long LeaseToken, int Line)
{
    /// <summary>Reads the id of an event; null where it is none.</summary>
    public static LogPlace? Parse(string text) => text.Split('-') is [var token, var line]
        && long.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var lease) && int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var last) ? new LogPlace(lease, last) : null;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{LeaseToken}-{Line}");
}

/// <summary>
/// Follows what a task logs, try after try, until it has ended. The database is asked now and then and no connection is held between:
/// a reader who falls asleep costs nobody anything.
/// </summary>
internal sealed class LogStream(TaskTries tries, TaskLogs logs, OperationsOptions options, IHostApplicationLifetime lifetime, TimeProvider clock) : IDisposable
{
    private const int LinesAtOnce = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    // Lines are written a moment after they were said; those of a worker that died never come.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1.5);

    private readonly PartitionedRateLimiter<Caller> _places = PartitionedRateLimiter.Create<Caller, Caller>(
        caller => RateLimitPartition.GetConcurrencyLimiter(caller, _ => new ConcurrencyLimiterOptions { PermitLimit = options.LogStreams }));

    /// <summary>Takes one of the places a person has; not acquired where all are taken. Disposing it gives it back.</summary>
    public RateLimitLease Enter(Caller caller) => _places.AttemptAcquire(caller);

    /// <summary>
    /// Events <c>try</c> where a try begins, <c>line</c>, <c>waiting</c> while nothing comes, and last <c>end</c>. Without <c>end</c> the time of one
    /// answer was over: ask again from the id of the last event.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="task">The task's id.</param>
    /// <param name="key">Which of a mapped task.</param>
    /// <param name="leaseToken">Only this try; null for all from the place on.</param>
    /// <param name="from">Where the reader is.</param>
    /// <param name="caller">Who reads.</param>
    /// <param name="cancellationToken">The reader has gone.</param>
    public async IAsyncEnumerable<SseItem<object>> FollowAsync(
        long run, string task, string? key, long? leaseToken, LogPlace from, Caller caller, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (place, begun) = (from, clock.GetTimestamp());
        long? spoken = null, ended = null;
        while (await tries.OfAsync(run, task, key, leaseToken, caller.Tenant, cancellationToken) is { } found)
        {
            var news = false;
            foreach (var attempt in found.Tries.Where(attempt => leaseToken is { } only ? attempt.LeaseToken == only : attempt.LeaseToken >= place.LeaseToken))
            {
                if (attempt.LeaseToken != place.LeaseToken)
                {
                    // The next try may begin before the last lines of the one that has just ended are written.
                    if (found.Tries.FirstOrDefault(one => one.LeaseToken == place.LeaseToken)?.EndedAt is { } at && clock.GetUtcNow() - at is var age && age >= TimeSpan.Zero && age < Grace)
                    {
                        break;
                    }

                    (place, news) = (new LogPlace(attempt.LeaseToken, 0), true);
                    yield return new SseItem<object>(attempt, "try") { EventId = place.ToString() };
                }

                IReadOnlyList<TaskLogLine> read;
                do
                {
                    read = await logs.ReadAsync(place.LeaseToken, place.Line, LinesAtOnce, cancellationToken);
                    foreach (var line in read)
                    {
                        (place, news) = (place with { Line = line.Line }, true);
                        yield return new SseItem<object>(LogLineView.Of(line), "line") { EventId = place.ToString() };
                    }
                }
                while (read.Count == LinesAtOnce);
            }

            var over = found.Ended || (leaseToken is { } one && found.Tries.Any(attempt => attempt.LeaseToken == one && attempt.Outcome is not null));
            ended = !over ? null : news || ended is null ? clock.GetTimestamp() : ended;
            if (ended is { } since && clock.GetElapsedTime(since) >= Grace)
            {
                yield return new SseItem<object>(new LogStandView(found.State), "end") { EventId = place.ToString() };
                yield break;
            }

            // Of what has ended the last lines are waited for, whatever the time: who asks again would wait for them anew.
            if (ended is null && (lifetime.ApplicationStopping.IsCancellationRequested || clock.GetElapsedTime(begun) >= options.LogStreamTime))
            {
                yield break;
            }

            if (news)
            {
                spoken = clock.GetTimestamp();
            }
            else if (spoken is not { } at || clock.GetElapsedTime(at) >= options.LogStreamPulse)
            {
                yield return new SseItem<object>(new LogStandView(found.State), "waiting");
                spoken = clock.GetTimestamp();
            }

            // Of a mapped task the same one, although it ends before its siblings do.
            key ??= found.Key;
            await Task.Delay(Pause, clock, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _places.Dispose();
}
