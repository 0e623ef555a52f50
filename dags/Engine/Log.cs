using Microsoft.Extensions.Logging;

namespace RetailInsight.Dags.Engine;

internal static partial class Log
{
    [LoggerMessage(5001, LogLevel.Information, "{Count} runs created by the clock")]
    public static partial void RunsScheduled(ILogger logger, int count);

    [LoggerMessage(5002, LogLevel.Warning, "{Count} tasks of dead workers taken back")]
    public static partial void TasksTakenBack(ILogger logger, int count);

    [LoggerMessage(5003, LogLevel.Error, "The scheduler failed and tries again")]
    public static partial void SchedulerFailed(ILogger logger, Exception error);

    [LoggerMessage(5004, LogLevel.Error, "The worker gives its session up and opens another")]
    public static partial void SessionGivenUp(ILogger logger, Exception error);

    [LoggerMessage(5005, LogLevel.Warning, "Session {Session} was declared dead; its tasks run elsewhere")]
    public static partial void SessionDeclaredDead(ILogger logger, long session);

    [LoggerMessage(5006, LogLevel.Error, "Session {Session} could not say that it lives and stops")]
    public static partial void HeartbeatFailed(ILogger logger, long session, Exception error);

    [LoggerMessage(5007, LogLevel.Warning, "Session {Session} did not end cleanly; its tasks run again when its heartbeat times out")]
    public static partial void DrainFailed(ILogger logger, long session, Exception error);

    [LoggerMessage(5008, LogLevel.Warning, "{Dag}/{Task} of run {Run} lost lease {LeaseToken} and wrote nothing")]
    public static partial void LeaseLost(ILogger logger, string dag, string task, long run, long leaseToken);

    [LoggerMessage(5009, LogLevel.Error, "The end of {Dag}/{Task} of run {Run} could not be recorded; the session ends")]
    public static partial void ReportFailed(ILogger logger, string dag, string task, long run, Exception error);

    [LoggerMessage(5012, LogLevel.Warning, "Run {Run} could not be evaluated at once; the scheduler does it")]
    public static partial void EvaluationLeft(ILogger logger, long run, Exception error);

    [LoggerMessage(5010, LogLevel.Warning, "{Dag}/{Task} of run {Run} took longer than {Timeout}")]
    public static partial void TaskTimedOut(ILogger logger, string dag, string task, long run, TimeSpan timeout);

    [LoggerMessage(5011, LogLevel.Error, "{Dag}/{Task} of run {Run} failed in try {Try} ({ErrorClass})")]
    public static partial void TaskFailed(ILogger logger, string dag, string task, long run, int @try, ErrorClass errorClass, Exception error);

    [LoggerMessage(5013, LogLevel.Warning, "Notices between the engine's processes are interrupted; until they are back each looks by itself")]
    public static partial void NoticesBroken(ILogger logger, Exception error);

    [LoggerMessage(5014, LogLevel.Warning, "What tasks log cannot be stored; it waits")]
    public static partial void TaskLogsWait(ILogger logger, Exception error);

    [LoggerMessage(5016, LogLevel.Warning, "Run {Run} of {Dag} {Partition} is late: it should be through by now")]
    public static partial void RunLate(ILogger logger, long run, string dag, string partition);

    [LoggerMessage(5017, LogLevel.Warning, "Run {Run} of {Dag} {Partition} is likely late: it should be through by {Deadline:u} and is expected at {Expected:u}")]
    public static partial void RunLikelyLate(ILogger logger, long run, string dag, string partition, DateTime deadline, DateTime expected);

    [LoggerMessage(5018, LogLevel.Warning, "The worker takes {Used} MiB and may take {Limit}: session {Session} takes no more tasks, and the process ends when those it has are through")]
    public static partial void WorkerDrains(ILogger logger, long used, int? limit, long session);

    [LoggerMessage(5019, LogLevel.Warning, "Session {Session} gives {Count} tasks back that are not through; they run elsewhere")]
    public static partial void TasksGivenBack(ILogger logger, long session, int count);

    [LoggerMessage(5015, LogLevel.Error, "What tasks logged last could not be stored")]
    public static partial void TaskLogsLost(ILogger logger, Exception error);

    [LoggerMessage(5020, LogLevel.Information, "The forecast of {Model} of {Tenant} was trained on {DataSet}: champion {Champion}, promoted {Promoted}, challenger {Challenger}. {Refusals}")]
    public static partial void ForecastTrained(ILogger logger, string model, string tenant, string dataSet, string champion, bool promoted, string challenger, string refusals);

    [LoggerMessage(5021, LogLevel.Information, "The forecast of {Model} of {Tenant} was not trained: four weeks of history at least are needed")]
    public static partial void HistoryTooShort(ILogger logger, string model, string tenant);
}
