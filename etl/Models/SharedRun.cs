using RetailInsight.Core.Ports;

namespace RetailInsight.Etl.Models;

/// <summary>
/// Several models over one partition in one query, so that what they all read is read once. For partitions of few stores, where planning
/// and reading the receipts is most of the work: all results are in memory together.
/// </summary>
public sealed class SharedRun
{
    private static readonly ColumnType[] Types =
        [ColumnType.String, ColumnType.Int64, ColumnType.Bool, ColumnType.Date, ColumnType.Timestamp, ColumnType.Numeric, ColumnType.Float64];

    private readonly IReadOnlyList<Model> _upstream;
    private readonly IWarehouse _warehouse;

    internal SharedRun(IReadOnlyList<ModelRun> runs, IReadOnlyList<Model> upstream, IWarehouse warehouse)
    {
        Runs = runs;
        _upstream = upstream;
        _warehouse = warehouse;
    }

    /// <summary>What it runs.</summary>
    public IReadOnlyList<ModelRun> Runs { get; }

    /// <summary>
    /// One branch a model, of one shape: the model's place, then its columns and checks in slots of their types. Slots a model has no
    /// use for are NULL.
    /// </summary>
    internal WarehouseQuery Query
    {
        get
        {
            var width = Types.ToDictionary(type => type, type => Runs.Max(run => Shape(run.Model).Count(column => column.Type == type)));
            var branches = Runs.Select((run, at) =>
            {
                var shape = Shape(run.Model);
                var slots =
                    from type in Types
                    from slot in Enumerable.Range(0, width[type])
                    let filled = shape.Where(column => column.Type == type).Skip(slot).Select(column => column.Sql).FirstOrDefault()
                    select $"{filled ?? $"CAST(NULL AS {type.ToString().ToUpperInvariant()})"} AS {Slot(type, slot)}";
                return $"SELECT {at} AS model, {string.Join(", ", slots)}\nFROM {run.Model.Name}";
            });
            var models = _upstream.Concat(Runs.Select(run => run.Model)).Distinct().Select(model => $"{model.Name} AS (\n{model.Sql}\n)");
            var parameters = Runs.SelectMany(run => run.Query.Parameters).DistinctBy(parameter => parameter.Key).ToDictionary();
            return new WarehouseQuery(
                $"WITH {string.Join(",\n", models)}\n{string.Join("\nUNION ALL\n", branches)}", parameters, Runs[0].Partition.Tenant);
        }
    }

    /// <summary>Computes all results; one list of blocks a run, in their order, with the model's columns in order.</summary>
    /// <exception cref="ModelCheckException">A row of one breaks a check.</exception>
    /// <exception cref="QueryBudgetException">It would read more than allowed.</exception>
    public async Task<IReadOnlyList<IReadOnlyList<RowBlock>>> ReadAsync(CancellationToken cancellationToken)
    {
        var checks = Runs.Select(run => new CheckedRows(run.Model)).ToArray();
        var results = Runs.Select(_ => new List<RowBlock>()).ToArray();
        await foreach (var block in _warehouse.QueryAsync(Query, cancellationToken))
        {
            foreach (var rows in Enumerable.Range(0, block.RowCount).GroupBy(row => (int)block["model"].Int64At(row)))
            {
                var model = Runs[rows.Key].Model;
                var part = PartOf(block, model, [.. rows]);
                checks[rows.Key].Add(part);
                results[rows.Key].Add(new RowBlock([.. part.Columns.Take(model.Columns.Count)]));
            }
        }

        foreach (var check in checks)
        {
            check.ThrowIfBroken();
        }

        return results;
    }

    private static RowBlock PartOf(RowBlock block, Model model, int[] rows)
    {
        var used = Types.ToDictionary(type => type, _ => 0);
        return new RowBlock([.. Shape(model).Select(column => Picked(block[Slot(column.Type, used[column.Type]++)], column, rows))]);
    }

    private static List<(string Name, ColumnType Type, string Sql)> Shape(Model model) =>
    [
        .. model.Columns.Select(column => (column.Name, column.Type, column.Name)),
        .. model.Checks.Select((check, at) => ($"check_{at}", ColumnType.Bool, $"({check.Sql})")),
    ];

    private static string Slot(ColumnType type, int slot) => FormattableString.Invariant($"{type.ToString().ToLowerInvariant()}_{slot}");

    private static ColumnData Picked(ColumnData column, (string Name, ColumnType Type, string Sql) wanted, int[] rows)
    {
        T[] Values<T>() => column.Values is T[] values
            ? rows.Length == values.Length ? values : Array.ConvertAll(rows, row => values[row])
            : throw new InvalidOperationException($"{wanted.Name} came as {column.Type}, not as {wanted.Type}.");
        var isNull = column.IsNull is not { } mask || rows.Length == mask.Length ? column.IsNull : Array.ConvertAll(rows, row => mask[row]);
        return wanted.Type switch
        {
            ColumnType.String => ColumnData.String(wanted.Name, Values<string?>()),
            ColumnType.Int64 => ColumnData.Int64(wanted.Name, Values<long>(), isNull),
            ColumnType.Bool => ColumnData.Bool(wanted.Name, Values<bool>(), isNull),
            ColumnType.Date => ColumnData.Date(wanted.Name, Values<int>(), isNull),
            ColumnType.Timestamp => ColumnData.Timestamp(wanted.Name, Values<long>(), isNull),
            ColumnType.Numeric => ColumnData.Numeric(wanted.Name, Values<decimal>(), isNull),
            _ => ColumnData.Float64(wanted.Name, Values<double>(), isNull),
        };
    }
}
