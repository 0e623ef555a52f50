namespace RetailInsight.Dags.Engine;

/// <summary>
/// What is said to the server's planner within a transaction. It keeps the plan of a statement it is sent often, and may have made it while
/// the queue and the tables were nearly empty, when reading all of them was best; a plan that looks rows up by index costs the same
/// however long the history is and however much of the queue is not yet cleared away.
/// </summary>
internal static class Planning
{
    /// <summary>
    /// Goes before a statement that looks up few rows; holds until the transaction ends. What must be read as a whole for want of an index is
    /// then thought so costly that compiling the statement would seem worth its time, hence the last of them. A bitmap reads all dead rows
    /// that an index has not been rid of, every time; a scan in order marks them once and passes over them from then on.
    /// </summary>
    public const string ByIndex =
        "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL jit = off;\n";

    /// <summary>Takes it back, for statements of others in the same transaction.</summary>
    public const string AsUsual =
        "SET LOCAL enable_seqscan = DEFAULT; SET LOCAL enable_bitmapscan = DEFAULT; SET LOCAL enable_hashjoin = DEFAULT; SET LOCAL enable_mergejoin = DEFAULT; SET LOCAL jit = DEFAULT;\n";
}
