using RetailInsight.Etl.Models;

namespace RetailInsight.Dags.Operations;

/// <summary>What the models say about the columns of the tables they are published to.</summary>
/// <param name="models">The models.</param>
public sealed class TableColumns(ModelCatalogue models)
{
    private readonly Dictionary<string, IReadOnlyList<AssetColumnView>> _byTable = models.Published.GroupBy(model => model.Publish!.Table).ToDictionary(
        table => table.Key,
        table => (IReadOnlyList<AssetColumnView>)[.. table.First().Columns.Select(column => new AssetColumnView(column.Name, column.Unit, column.Description.Trim(), column.MadeOf))],
        StringComparer.Ordinal);

    /// <summary>The columns of a table; null where no model describes it.</summary>
    public IReadOnlyList<AssetColumnView>? Of(string table) => _byTable.GetValueOrDefault(table);
}
