using System.ComponentModel;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using RetailInsight.Dags.Engine;

namespace RetailInsight.Dags.Operations;

/// <summary>Why a task is not running.</summary>
/// <param name="Kind">What it waits for: <c>upstream</c>, <c>pool</c>, <c>partition_busy</c>, <c>run_limit</c>, <c>retry</c>, <c>paused</c>, …; <c>running</c> or <c>ended</c> where it does not wait.</param>
/// <param name="Sentence">The same in words.</param>
/// <param name="Run">The run it waits for, where it is one.</param>
/// <param name="Until">When that ends, where it is known, UTC.</param>
internal sealed record WhyView(string Kind, string Sentence, long? Run, DateTimeOffset? Until);

/// <summary>Lines of a try.</summary>
/// <param name="Task">The task.</param>
/// <param name="Key">Of a mapped task.</param>
/// <param name="State">How the task stands.</param>
/// <param name="Try">Whose lines they are; null where none has begun.</param>
/// <param name="Lines">Oldest first.</param>
/// <param name="After">Send it as <c>after</c> to read on.</param>
/// <param name="Complete">Whether the try is over and no more lines are there.</param>
internal sealed record LogPage(string Task, string? Key, string State, AttemptView? Try, IReadOnlyList<LogLineView> Lines, int After, bool Complete);

/// <summary>What is known of one task of a run: why it waits, what it said.</summary>
internal static class TaskEndpoints
{
    private const int LongestPage = 1000;
    private const string KeyHelp = "Which of a mapped task; without, the first that has not ended.";
    private const string TryHelp = "Number of the try, the last of that number; without, the last one.";
    private const string TokenHelp = "The try by its lease_token: also one whose number was given again after a crash.";

    public static void Map(RouteGroupBuilder ops)
    {
        ops.MapGet("/runs/{run:long}/tasks/{task}/why", WhyAsync)
            .WithName("whyTaskWaits").WithSummary("Why a task is not running, in one sentence and its parts.").ProducesProblem(StatusCodes.Status404NotFound);
        ops.MapGet("/runs/{run:long}/logs", ReadAsync)
            .WithName("listTaskLog").WithSummary("What a try of a task logged, also while it runs.").ProducesProblem(StatusCodes.Status404NotFound);
        ops.MapGet("/runs/{run:long}/logs/stream", StreamAsync)
            .WithName("followTaskLog").WithSummary("Follows what a task logs as server-sent events until it has ended. Resumes from Last-Event-ID.")
            .Produces<string>(StatusCodes.Status200OK, "text/event-stream").ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status429TooManyRequests);
    }

    private static async Task<Results<Ok<WhyView>, ProblemHttpResult>> WhyAsync(
        long run, string task, OwnRuns runs, Blockers blockers, Caller caller, CancellationToken cancellationToken, [Description(KeyHelp)] string? key = null) =>
        await runs.HasAsync(run, caller, cancellationToken) && await blockers.OfAsync(run, task, key, cancellationToken) is { } found
            ? TypedResults.Ok(new WhyView(JsonNamingPolicy.SnakeCaseLower.ConvertName(found.Kind.ToString()), found.Sentence, found.Run, found.Until))
            : Unknown(run, task);

    private static async Task<Results<Ok<LogPage>, ValidationProblem, ProblemHttpResult>> ReadAsync(
        long run,
        [Description("The task's id.")] string task,
        TaskTries tries,
        TaskLogs logs,
        Caller caller,
        CancellationToken cancellationToken,
        [Description(KeyHelp)] string? key = null,
        [Description(TryHelp)] int? @try = null,
        [FromQuery(Name = "lease_token"), Description(TokenHelp)] long? leaseToken = null,
        [Description("Only lines behind this one.")] int after = 0,
        [Description("Lines, 1 to 1000; default 100.")] int limit = 100)
    {
        if (limit is < 1 or > LongestPage)
        {
            return OperationsProblem.Invalid(nameof(limit), $"It must be from 1 to {LongestPage}.");
        }

        if (await tries.OfAsync(run, task, key, leaseToken, caller.Tenant, cancellationToken) is not { } found)
        {
            return Unknown(run, task);
        }

        if (Chosen(found, @try, leaseToken) is not { } attempt)
        {
            return @try is null && leaseToken is null
                ? TypedResults.Ok(new LogPage(found.Task, found.Key, found.State, null, [], after, found.Ended))
                : OperationsProblem.Unknown($"There is no such try of task '{task}' of run {run}.");
        }

        var lines = await logs.ReadAsync(attempt.LeaseToken, after, limit, cancellationToken);
        return TypedResults.Ok(new LogPage(
            found.Task, found.Key, found.State, attempt, [.. lines.Select(LogLineView.Of)], lines.Count > 0 ? lines[^1].Line : after, attempt.Outcome is not null && lines.Count < limit));
    }

    private static async Task<Results<ServerSentEventsResult<object>, ValidationProblem, ProblemHttpResult>> StreamAsync(
        long run,
        [Description("The task's id.")] string task,
        HttpContext context,
        TaskTries tries,
        LogStream stream,
        OperationsOptions options,
        Caller caller,
        CancellationToken cancellationToken,
        [Description(KeyHelp)] string? key = null,
        [Description(TryHelp)] int? @try = null,
        [FromQuery(Name = "lease_token"), Description(TokenHelp)] long? leaseToken = null,
        [FromHeader(Name = "Last-Event-ID"), Description("The id of the last event that came: goes on behind it.")] string? lastEvent = null)
    {
        var from = string.IsNullOrEmpty(lastEvent) ? default(LogPlace) : LogPlace.Parse(lastEvent);
        if (from is null)
        {
            return OperationsProblem.Invalid("Last-Event-ID", "It is not the id of an event of this address: send it as it came, or leave it out.");
        }

        if (await tries.OfAsync(run, task, key, leaseToken, caller.Tenant, cancellationToken) is not { } found)
        {
            return Unknown(run, task);
        }

        var only = Chosen(found, @try, leaseToken);
        if (only is null && (@try is not null || leaseToken is not null))
        {
            return OperationsProblem.Unknown($"There is no such try of task '{task}' of run {run}.");
        }

        var place = stream.Enter(caller);
        context.Response.RegisterForDispose(place);
        return place.IsAcquired
            ? TypedResults.ServerSentEvents(stream.FollowAsync(run, task, found.Key, @try is null && leaseToken is null ? null : only!.LeaseToken, from.Value, caller, cancellationToken))
            : OperationsProblem.TooManyStreams(options.LogStreams);
    }

    // Tries come oldest first.
    private static AttemptView? Chosen(TaskAttempts found, int? number, long? leaseToken) =>
        found.Tries.LastOrDefault(attempt => attempt.LeaseToken == (leaseToken ?? attempt.LeaseToken) && attempt.TryNumber == (number ?? attempt.TryNumber));

    private static ProblemHttpResult Unknown(long run, string task) => OperationsProblem.Unknown($"There is no task '{task}' of a run {run}, or none of that key.");
}
