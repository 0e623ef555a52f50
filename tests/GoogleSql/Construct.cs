using System.Runtime.CompilerServices;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace RetailInsight.GoogleSqlConstructs;

/// <summary>A row of <c>constructs.yml</c>; the head of that file says what the members mean.</summary>
internal sealed record Construct
{
    public required string Name { get; init; }

    public required string Class { get; init; }

    public string[] Steps { get; init; } = [];

    public required string Sql { get; init; }

    public Dictionary<string, object> Parameters { get; init; } = [];

    public string[] Rows { get; init; } = [];

    public string? Lint { get; init; }

    public Refusal? Refused { get; init; }

    /// <summary>Every construct, in the order of the file.</summary>
    public static IReadOnlyList<Construct> All { get; } = Read();

    public override string ToString() => Name;

    private static List<Construct> Read([CallerFilePath] string thisFile = "")
    {
        var reader = new DeserializerBuilder().WithNamingConvention(CamelCaseNamingConvention.Instance)
            .WithDuplicateKeyChecking().WithEnforceRequiredMembers().Build();
        using var file = File.OpenText(Path.Combine(Path.GetDirectoryName(thisFile)!, "constructs.yml"));
        return reader.Deserialize<List<Construct>>(file);
    }
}

/// <summary>How a construct is refused.</summary>
internal sealed record Refusal
{
    public required string Rule { get; init; }

    public required string Names { get; init; }

    public required string Instead { get; init; }
}
