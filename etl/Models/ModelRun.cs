using System.Runtime.CompilerServices;
using RetailInsight.Core.Ports;

namespace RetailInsight.Etl.Models;

/// <summary>One model over one partition.</summary>
public sealed class ModelRun
{
    private readonly IReadOnlyList<Model> _upstream;
    private readonly IWarehouse _warehouse;

    internal ModelRun(Model model, ModelPartition partition, IReadOnlyList<Model> upstream, IWarehouse warehouse)
    {
        Model = model;
        Partition = partition;
        _upstream = upstream;
        _warehouse = warehouse;
    }

    /// <summary>The model.</summary>
    public Model Model { get; }

    /// <summary>The partition.</summary>
    public ModelPartition Partition { get; }

    /// <summary>The query: the models it reads as common table expressions, its own SELECT, a column a check.</summary>
    internal WarehouseQuery Query
    {
        get
        {
            var with = string.Join(",\n", _upstream.Select(model => $"{model.Name} AS (\n{model.Sql}\n)"));
            var columns = Model.Columns.Select(column => column.Name).Concat(Model.Checks.Select((check, at) => $"({check.Sql}) AS check_{at}"));
            var sql = $"{(with.Length == 0 ? "" : $"WITH {with}\n")}SELECT {string.Join(", ", columns)}\nFROM (\n{Model.Sql}\n) AS model";
            var parameters = new Dictionary<string, object>
            {
                ["tenant"] = Partition.Tenant,
                ["business_date"] = Partition.BusinessDate,
                ["stores"] = Partition.Stores,
            };
            return new WarehouseQuery(
                sql, parameters.Where(parameter => Model.Parameters.Contains(parameter.Key)).ToDictionary(), Partition.Tenant);
        }
    }

    /// <summary>Computes the result and streams it, with the model's columns in order.</summary>
    /// <exception cref="ModelCheckException">After the last block: a row breaks a check. Discard what was read.</exception>
    /// <exception cref="QueryBudgetException">It would read more than allowed.</exception>
    public async IAsyncEnumerable<RowBlock> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var checks = new CheckedRows(Model);
        await foreach (var block in _warehouse.QueryAsync(Query, cancellationToken))
        {
            checks.Add(block);
            yield return new RowBlock([.. block.Columns.Take(Model.Columns.Count)]);
        }

        checks.ThrowIfBroken();
    }
}
