using Npgsql;

namespace RetailInsight.Api.Tenancy;

/// <summary>A statement of a tenant, with what makes a row of its answer.</summary>
/// <param name="Sql">Names the tenant as <c>@tenant</c>.</param>
/// <param name="Parameters">The others.</param>
/// <param name="Map">Reads a row.</param>
/// <param name="HasOnePlan">
/// Whether one plan is the best for all values, as where an index leads straight to the rows of one store: then it need not be planned anew for each.
/// </param>
internal sealed record TenantStatement<T>(string Sql, NpgsqlParameter[] Parameters, Func<NpgsqlDataReader, T> Map, bool HasOnePlan = false)
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
