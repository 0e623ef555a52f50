using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using RetailInsight.Core.Canon;

namespace RetailInsight.Etl.Models;

/// <summary>All models, checked against each other, in an order in which every model comes after those it reads.</summary>
public sealed partial class ModelCatalogue
{
    private static readonly string[] PartitionColumns = ["tenant", "store", "business_date"];
    private static readonly string[] ChangedFigures = ["net", "receipts", "returns", "visitors"];
    private readonly Dictionary<string, Model> _byName;

    internal ModelCatalogue(IEnumerable<Model> models)
    {
        _byName = models.ToDictionary(model => model.Name, StringComparer.Ordinal);
        foreach (var model in _byName.Values)
        {
            Check(model);
        }

        Models = InOrder();
    }

    /// <summary>Every model, those it reads before it.</summary>
    public IReadOnlyList<Model> Models { get; }

    /// <summary>The models whose result goes into the datamart, in the same order.</summary>
    public IEnumerable<Model> Published => Models.Where(model => model.Publish is not null);

    /// <summary>The model of that name.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public Model this[string name] => _byName.GetValueOrDefault(name) ?? throw new KeyNotFoundException($"There is no model '{name}'.");

    /// <summary>Reads the models embedded in this assembly.</summary>
    /// <exception cref="ModelDefinitionException">A model's files contradict each other.</exception>
    public static ModelCatalogue Load()
    {
        var assembly = typeof(ModelCatalogue).Assembly;
        var origins = JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, List<string>>>>(Text(assembly, "RetailInsight.Etl.Models.column_origins.json"))!;
        var models =
            from resource in assembly.GetManifestResourceNames()
            let parts = ResourceName().Match(resource)
            where parts.Success && parts.Groups["area"].Value != "Migrations"
            select ModelFile.Read(
                parts.Groups["name"].Value,
                parts.Groups["area"].Value,
                Text(assembly, resource),
                Text(assembly, Path.ChangeExtension(resource, ".yml")),
                origins.GetValueOrDefault(parts.Groups["name"].Value, []));
        return new ModelCatalogue(models);
    }

    /// <summary>The models <paramref name="model"/> reads, directly or through others, in order; without itself.</summary>
    internal IReadOnlyList<Model> Upstream(Model model)
    {
        var needed = new HashSet<string>(StringComparer.Ordinal);
        void Add(Model reader)
        {
            foreach (var input in reader.Inputs.Where(_byName.ContainsKey).Where(needed.Add))
            {
                Add(_byName[input]);
            }
        }

        Add(model);
        return [.. Models.Where(candidate => needed.Contains(candidate.Name))];
    }

    private static string Text(Assembly assembly, string resource)
    {
        using var stream = assembly.GetManifestResourceStream(resource) ?? throw new ModelDefinitionException(resource, "the file is missing.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private void Check(Model model)
    {
        var sql = new SqlText(model.Sql);
        void Same(string what, IEnumerable<string> inSql, IEnumerable<string> inYaml, bool ordered = false)
        {
            var left = ordered ? string.Join(", ", inSql) : string.Join(", ", inSql.Order(StringComparer.Ordinal));
            var right = ordered ? string.Join(", ", inYaml) : string.Join(", ", inYaml.Order(StringComparer.Ordinal));
            Require(model, left == right, $"the SQL has the {what} [{left}], the YAML [{right}].");
        }

        Require(model, Name().IsMatch(model.Name), "the file name is not snake_case.");
        Require(model, model.Description.Contains("One row per ", StringComparison.Ordinal), "the description does not end with the grain: 'One row per …'.");
        Require(model, model.Grain.Count > 0 && model.Grain.All(column => model.Columns.Any(c => c.Name == column)), "the grain names no or an unknown column.");
        Same("columns", sql.Columns(), model.Columns.Select(column => column.Name), ordered: true);
        Same("inputs", sql.Sources(), model.Inputs);
        Same("parameters", sql.Parameters.Union(ParametersOfUpstream(model)), model.Parameters);
        var unknown = model.Inputs.FirstOrDefault(input => !_byName.ContainsKey(input) && !IsRaw(input));
        Require(model, unknown is null, $"the input '{unknown}' is neither a warehouse table or view nor a model.");
        var undescribed = model.Columns.FirstOrDefault(column => column.Description.Length == 0)?.Name;
        Require(model, undescribed is null, $"the column '{undescribed}' has no description.");
        if (model.Publish is { } target)
        {
            Require(model, TableName().IsMatch(target.Table), $"'{target.Table}' is no schema and table.");
            Require(model, PartitionColumns.All(model.Grain.Contains), "a published grain has tenant, store and business_date.");
            Require(model, model.Columns.Count > model.Grain.Count, "there is nothing to publish but the grain.");
            var noted = target.ChangeTable is null || (TableName().IsMatch(target.ChangeTable) && model.Grain.Count == PartitionColumns.Length
                && ChangedFigures.All(figure => model.Columns.Any(column => column.Name == figure)));
            Require(model, noted, $"changes are kept of store-days with {string.Join(", ", ChangedFigures)}, in a schema and table.");
        }
    }

    private IEnumerable<string> ParametersOfUpstream(Model model) =>
        model.Inputs.Where(_byName.ContainsKey).SelectMany(input => _byName[input].Parameters);

    private static bool IsRaw(string name) =>
        RawTables.All.Any(table => table.Name == name) || RawTables.Views.Any(view => view.Name == name);

    private static void Require(Model model, bool holds, string complaint)
    {
        if (!holds)
        {
            throw new ModelDefinitionException(model.Name, complaint);
        }
    }

    private List<Model> InOrder()
    {
        var done = new List<Model>();
        var open = new HashSet<string>(StringComparer.Ordinal);
        void Visit(Model model)
        {
            if (done.Contains(model))
            {
                return;
            }

            Require(model, open.Add(model.Name), "it reads itself through others.");
            foreach (var input in model.Inputs.Where(_byName.ContainsKey))
            {
                Visit(_byName[input]);
            }

            done.Add(model);
        }

        foreach (var model in _byName.Values.OrderBy(model => model.Name, StringComparer.Ordinal))
        {
            Visit(model);
        }

        return done;
    }

    [GeneratedRegex(@"^RetailInsight\.Etl\.(?<area>\w+)\.(?<name>\w+)\.sql$")]
    private static partial Regex ResourceName();

    [GeneratedRegex("^[a-z][a-z0-9_]*$")]
    private static partial Regex Name();

    [GeneratedRegex(@"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")]
    private static partial Regex TableName();
}
