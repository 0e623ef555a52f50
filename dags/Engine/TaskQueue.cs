namespace RetailInsight.Dags.Engine;

/// <summary>The statements by which tasks enter the queue, wherever they become ready.</summary>
internal static class TaskQueue
{
    /// <summary>Queues the rows of a common table expression <c>ready</c> that has the columns of <c>dags.task_instance</c>.</summary>
    public const string InsertReady = """
        INSERT INTO dags.task_queue (ti_id, task, tenant, pool, slots, prio)
        SELECT t.ti_id, r.dag_id || '/' || t.task_id, coalesce(r.tenant, ''), t.pool, t.slots, t.prio
        FROM ready t JOIN dags.dag_run r USING (run_id) ORDER BY t.ti_id
        """;
}
