namespace RetailInsight.Dags.Engine.Backfills;

/// <summary>A day of a backfill.</summary>
/// <param name="BusinessDate">Trading day.</param>
/// <param name="Stores">The stores concerned, sorted; null for all there is data of.</param>
public sealed record BackfillDay(DateOnly BusinessDate, IReadOnlyList<string>? Stores);

/// <summary>What a backfill is likely to cost.</summary>
/// <param name="Partitions">Days.</param>
/// <param name="Tasks">Tasks of all their runs; mapped ones counted once.</param>
/// <param name="Usual">How long it takes if every run takes as long as half of the tenant's last ones; null where none has run.</param>
/// <param name="AtWorst">The same with the time nine of ten runs stay below.</param>
/// <param name="Rows">Rows that are read, as far as the DAG can tell.</param>
/// <param name="Bytes">About as many bytes.</param>
/// <param name="WaitingRuns">Runs of the DAG for the tenant that wait at this moment; all of them go first.</param>
public sealed record BackfillEstimate(int Partitions, long Tasks, TimeSpan? Usual, TimeSpan? AtWorst, long? Rows, long? Bytes, long WaitingRuns);

/// <summary>A backfill as it would be at this moment.</summary>
/// <param name="PlanId">To be applied once, within half an hour.</param>
/// <param name="Request">What was asked.</param>
/// <param name="Days">What it would compute, in its order.</param>
/// <param name="Estimate">What that is likely to cost.</param>
/// <param name="ExpiresAt">UTC.</param>
public sealed record BackfillPlan(long PlanId, BackfillRequest Request, IReadOnlyList<BackfillDay> Days, BackfillEstimate Estimate, DateTimeOffset ExpiresAt);

/// <summary>A plan that was made, and whether it can still be applied.</summary>
/// <param name="Plan">What would be done.</param>
/// <param name="IsApplied">Whether it was applied.</param>
/// <param name="IsExpired">Whether its time is over.</param>
public sealed record KeptBackfillPlan(BackfillPlan Plan, bool IsApplied, bool IsExpired);

/// <summary>What applying a plan led to.</summary>
/// <param name="BackfillId">The backfill, or null.</param>
/// <param name="Refusal">Why there is none.</param>
/// <param name="Differences">One sentence for each day that stands otherwise than in the plan.</param>
public sealed record BackfillResult(long? BackfillId, string Refusal, IReadOnlyList<string> Differences);
