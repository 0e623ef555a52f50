namespace RetailInsight.Core.Tenancy;

/// <summary>
/// The PostgreSQL roles a service connects as; each names a keyed <c>NpgsqlDataSource</c> in the services collection.
/// </summary>
public static class DatabaseRole
{
    /// <summary>Owns the schema and runs migrations; nothing else uses it.</summary>
    public const string Owner = "retail_owner";

    /// <summary>Gateway, ingest and dags: reads and writes their own tables and the datamart of every tenant.</summary>
    public const string Job = "retail_job";

    /// <summary>
    /// Pages and API: no ownership, no BYPASSRLS. Row-level security shows it only the rows of the tenant set by
    /// <c>SET LOCAL app.tenant</c> in the same transaction; unset shows nothing.
    /// </summary>
    public const string App = "retail_app";
}
