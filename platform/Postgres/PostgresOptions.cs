using Npgsql;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Platform.Postgres;

/// <summary>Where PostgreSQL is. Each service connects as the role it is given, never as the owner.</summary>
public sealed class PostgresOptions
{
    /// <summary>Host name, or the directory of a Unix socket.</summary>
    public string Host { get; set; } = "";

    /// <summary>Port, or the suffix of the socket file. Default 5432.</summary>
    public int Port { get; set; } = 5432;

    /// <summary>Database name. Default <c>retail</c>.</summary>
    public string Database { get; set; } = "retail";

    /// <summary>Role → password; a role that is missing connects without one (a private socket).</summary>
    public Dictionary<string, string> Passwords { get; set; } = [];

    /// <summary>Largest number of connections a process keeps for one role. Default 20.</summary>
    public int MaxPoolSize { get; set; } = 20;

    /// <summary>The connection string of a role.</summary>
    public string ConnectionString(string role)
    {
        var builder = new NpgsqlConnectionStringBuilder
        {
            Host = Host,
            Port = Port,
            Database = Database,
            Username = role,
            MaxPoolSize = MaxPoolSize,
            SslMode = Host.StartsWith('/') ? SslMode.Disable : SslMode.Prefer,
            ApplicationName = role,
            Timeout = 15,
            CommandTimeout = 30,
            MaxAutoPrepare = 64,
            AutoPrepareMinUsages = 3,
            // Pages, API and services set nothing that outlives its transaction, so there is nothing to reset between two uses of a connection.
            NoResetOnClose = role != DatabaseRole.Owner,
            // What pages and API ask differs in how many stores and days it spans: a plan made for none of them costs more than planning each. Who knows better says so for a transaction.
            Options = role == DatabaseRole.App ? "-c plan_cache_mode=force_custom_plan" : null,
        };
        if (Passwords.TryGetValue(role, out var password))
        {
            builder.Password = password;
        }

        return builder.ConnectionString;
    }
}
