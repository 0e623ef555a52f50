using Npgsql;

namespace RetailInsight.Api.Tenancy;

/// <summary>A statement of a tenant, with what makes a row of its answer.</summary>
/// <param name="Sql">Names the tenant as <c>@tenant</c>.</param>
/// <param name="Parameters">The others.</param>
/// <param name="Map">Reads a row.</param>
internal sealed record TenantStatement<T>(string Sql, NpgsqlParameter[] Parameters, Func<NpgsqlDataReader, T> Map)
{
    /// <summary>The statement with the tenant bound, so that none can be written without it by mistake.</summary>
    public NpgsqlBatchCommand For(string tenant)
    {
        var command = new NpgsqlBatchCommand(Sql);
        command.Parameters.AddWithValue("tenant", tenant);
        command.Parameters.AddRange(Parameters);
        return command;
    }
}
