using System.Text.Json.Nodes;
using RetailInsight.GoogleFakes.BigQuery.Sql;

namespace RetailInsight.GoogleFakes.BigQuery.Jobs;

/// <summary>Carries out CREATE, ALTER and DROP.</summary>
/// <param name="catalog">Tables.</param>
/// <param name="session">Holds temporary tables.</param>
internal sealed class Definitions(Catalog catalog, Session session)
{
    /// <summary>Carries one out.</summary>
    /// <exception cref="BigQueryException">It cannot be.</exception>
    public void Apply(SqlStatement statement)
    {
        var definition = statement.Definition!;
        if (session.InTransaction && !definition.Temporary)
        {
            throw BigQueryException.InvalidQuery("DDL statements are not supported in a transaction, except for those affecting temporary entities");
        }

        switch (statement.Type)
        {
            case "CREATE_SCHEMA":
                CreateSchema(definition);
                break;
            case "CREATE_VIEW":
                var view = new JsonObject { ["view"] = new JsonObject { ["query"] = definition.View, ["useLegacySql"] = false } };
                catalog.Add(definition.Name, view, definition.OrReplace);
                break;
            case "CREATE_TABLE" or "CREATE_TABLE_AS_SELECT":
                CreateTable(statement, definition);
                break;
            case "ALTER_TABLE":
                var table = catalog.Table(definition.Name);
                var fields = Catalog.Columns(table).Concat(definition.Columns!).ToList();
                catalog.Patch(definition.Name, new JsonObject { ["schema"] = QueryJob.SchemaOf(fields) }, replaceAll: false);
                break;
            default:
                Drop(definition);
                break;
        }
    }

    private void CreateSchema(SqlDefinition definition)
    {
        try
        {
            catalog.AddDataset(definition.Name.Project, new JsonObject { ["datasetReference"] = new JsonObject { ["datasetId"] = definition.Name.Dataset } });
        }
        catch (BigQueryException exception) when (definition.Tolerant && exception.Reason == "duplicate")
        {
            // IF NOT EXISTS.
        }
    }

    private void CreateTable(SqlStatement statement, SqlDefinition definition)
    {
        var columns = definition.Columns ?? statement.Query!.Schema;
        if (definition.Temporary)
        {
            if (definition.Tolerant && session.Temporary.ContainsKey(definition.Name.Table))
            {
                return;
            }

            var temporary = session.AddTemporary(definition.Name, columns, definition.OrReplace);
            Fill(statement, temporary.Duck);
            return;
        }

        if (definition.Tolerant && catalog.Find(definition.Name) is not null)
        {
            return;
        }

        var resource = definition.Resource;
        resource["schema"] = QueryJob.SchemaOf(columns);
        catalog.Add(definition.Name, resource, definition.OrReplace);
        try
        {
            Fill(statement, Catalog.Duck(definition.Name));
        }
        catch
        {
            catalog.Remove(definition.Name);
            throw;
        }
    }

    private void Fill(SqlStatement statement, string duck)
    {
        if (statement.Query is { } query)
        {
            session.Connection.Execute($"INSERT INTO {duck} {query.Sql}");
        }
    }

    private void Drop(SqlDefinition definition)
    {
        if (definition.Temporary)
        {
            session.Temporary.Remove(definition.Name.Table, out var table);
            session.Connection.Execute($"DROP TABLE {table!.Duck}");
        }
        else if (!definition.Tolerant || catalog.Find(definition.Name) is not null)
        {
            catalog.Remove(definition.Name);
        }
    }
}
