using System.Reflection;

namespace RetailInsight.Tests.House;

/// <summary>The files of the checkout, for rules about the house itself.</summary>
internal static class Checkout
{
    private static readonly string[] NotOurs = ["artifacts", "node_modules", ".git", ".local", "bin", "obj", "TestResults"];

    public static string Root { get; } = typeof(Checkout).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    /// <summary>Paths relative to the root, slash-separated, in order.</summary>
    public static IReadOnlyList<string> Files { get; } = [.. Walk(Root).Select(path => Path.GetRelativePath(Root, path)).Order(StringComparer.Ordinal)];

    public static IEnumerable<string> Sources => Files.Where(file => file.EndsWith(".cs", StringComparison.Ordinal));

    public static IEnumerable<string> Projects => Files.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal));

    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    /// <summary>Fails with every offender, one a line.</summary>
    public static void AssertNone(IEnumerable<string?> offenders)
    {
        var found = offenders.ToList();
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    private static IEnumerable<string> Walk(string directory)
    {
        foreach (var child in Directory.GetDirectories(directory))
        {
            if (!NotOurs.Contains(Path.GetFileName(child)))
            {
                foreach (var file in Walk(child))
                {
                    yield return file;
                }
            }
        }

        foreach (var file in Directory.GetFiles(directory))
        {
            yield return file;
        }
    }
}
