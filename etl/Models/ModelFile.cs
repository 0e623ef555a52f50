using RetailInsight.Core.Ports;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace RetailInsight.Etl.Models;

/// <summary>The YAML beside a model's SQL, as written. An unknown key is an error.</summary>
internal sealed class ModelFile
{
    private static readonly IDeserializer Yaml =
        new DeserializerBuilder().WithNamingConvention(UnderscoredNamingConvention.Instance).WithDuplicateKeyChecking().Build();

    public string Description { get; set; } = "";

    public List<string> Grain { get; set; } = [];

    public PublishFile? Publish { get; set; }

    public List<string> Inputs { get; set; } = [];

    public Dictionary<string, string> Parameters { get; set; } = [];

    public List<ColumnFile> Columns { get; set; } = [];

    public Dictionary<string, Dictionary<string, string?>> CaseDefaults { get; set; } = [];

    public List<CaseFile> Cases { get; set; } = [];

    /// <summary>Reads a model from its two texts.</summary>
    /// <param name="name">File name without extension.</param>
    /// <param name="area">Its folder.</param>
    /// <param name="sql">The SELECT.</param>
    /// <param name="yaml">What stands beside it.</param>
    /// <param name="origins">Of which columns its own are made; may say nothing of some.</param>
    /// <exception cref="ModelDefinitionException">The YAML is not readable or says something unknown.</exception>
    public static Model Read(string name, string area, string sql, string yaml, IReadOnlyDictionary<string, List<string>> origins)
    {
        try
        {
            var file = Yaml.Deserialize<ModelFile>(yaml) ?? throw new ModelDefinitionException(name, "the YAML is empty.");
            return file.ToModel(name, area, sql, origins);
        }
        catch (YamlException exception)
        {
            throw new ModelDefinitionException(name, $"{exception.Start}: {exception.InnerException?.Message ?? exception.Message}", exception);
        }
    }

    private Model ToModel(string name, string area, string sql, IReadOnlyDictionary<string, List<string>> origins) => new()
    {
        Name = name,
        Area = area,
        Description = Description.Trim(),
        Sql = sql.TrimEnd(),
        Grain = Grain,
        Inputs = Inputs,
        Parameters = [.. Parameters.Keys],
        Columns = [.. Columns.Select(column => column.ToColumn(name) with { MadeOf = origins.GetValueOrDefault(column.Name, []) })],
        Publish = Publish is null ? null : new PublishTarget(Publish.Table, Publish.ChangedAt, Publish.Changes),
        Cases = [.. Cases.Select(example => example.ToCase(CaseDefaults))],
    };

    public sealed class PublishFile
    {
        public string Table { get; set; } = "";

        public string? ChangedAt { get; set; }

        public string? Changes { get; set; }
    }

    public sealed class ColumnFile
    {
        public string Name { get; set; } = "";

        public string Type { get; set; } = "";

        public string Unit { get; set; } = "";

        public string Description { get; set; } = "";

        public List<object> Tests { get; set; } = [];

        public ModelColumn ToColumn(string model) => new(
            Name,
            Enum.TryParse<ColumnType>(Type, ignoreCase: true, out var type)
                ? type
                : throw new ModelDefinitionException(model, $"column '{Name}' has the unknown type '{Type}'."),
            Unit,
            Description.Trim(),
            [.. Tests.Select(test => ToCheck(model, test))]);

        private ModelCheck ToCheck(string model, object test) => test switch
        {
            "not_null" => new ModelCheck("not_null", Name, $"{Name} IS NOT NULL"),
            IDictionary<object, object> { Count: 1 } pair => pair.Single() switch
            {
                { Key: "expression", Value: string expression } => new ModelCheck("expression", Name, expression),
                { Key: "accepted_values", Value: IEnumerable<object> values } =>
                    new ModelCheck("accepted_values", Name, $"{Name} IN ({string.Join(", ", values.Select(value => $"'{value}'"))})"),
                var other => throw new ModelDefinitionException(model, $"column '{Name}' has the unknown test '{other.Key}'."),
            },
            _ => throw new ModelDefinitionException(model, $"column '{Name}' has the unknown test '{test}'."),
        };
    }

    public sealed class CaseFile
    {
        public string Name { get; set; } = "";

        public Dictionary<string, List<string>> Parameters { get; set; } = [];

        public Dictionary<string, List<Dictionary<string, string?>>> Given { get; set; } = [];

        public List<Dictionary<string, string?>> Expect { get; set; } = [];

        public ModelCase ToCase(Dictionary<string, Dictionary<string, string?>> defaults) => new(
            Name,
            Parameters.GetValueOrDefault("stores", ["s1"]),
            Given.ToDictionary(
                table => table.Key,
                table => (IReadOnlyList<IReadOnlyDictionary<string, string?>>)
                    [.. table.Value.Select(row => Merge(defaults.GetValueOrDefault(table.Key, []), row))]),
            [.. Expect.Select(row => row)]);

        private static Dictionary<string, string?> Merge(Dictionary<string, string?> defaults, Dictionary<string, string?> row)
        {
            var merged = new Dictionary<string, string?>(defaults);
            foreach (var (column, value) in row)
            {
                merged[column] = value;
            }

            return merged;
        }
    }
}
