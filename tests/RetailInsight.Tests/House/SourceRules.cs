using System.Text.RegularExpressions;

namespace RetailInsight.Tests.House;

/// <summary>Rules read from the text of the sources.</summary>
public sealed partial class SourceRules
{
    /// <summary>Lines the types beside the main one of a file may take together.</summary>
    private const int SatelliteLines = 80;

    /// <summary>Files of several types of equal weight, each with its reason.</summary>
    private static readonly Dictionary<string, string> FamilyFiles = new()
    {
        ["api/Kpis/KpiViews.cs"] = "The shapes of one family of answers, read side by side.",
        ["dags/Operations/Views.cs"] = "The shapes of one family of answers, read side by side.",
    };

    private static readonly string[] BannedClocksAndDice =
    [
        "P:System.DateTime.Now", "P:System.DateTime.UtcNow", "P:System.DateTimeOffset.Now", "P:System.DateTimeOffset.UtcNow",
        "M:System.Guid.NewGuid", "M:System.Random.#ctor", "P:System.Random.Shared",
    ];

    /// <summary>Where the clock of the machine may be named: where services are put together.</summary>
    private static readonly string[] CompositionRoots =
        ["platform/PlatformServices.cs", "etl/EtlServices.cs", "dags/Engine/EngineServices.cs", "ingest/IngestServices.cs", "deploy/cli/Surroundings.cs", "deploy/local/LocalHost.cs"];

    private static IEnumerable<string> Product => Checkout.Sources.Where(file => !file.StartsWith("tests/", StringComparison.Ordinal));

    [Fact]
    public void Clock_and_dice_come_in_through_the_door()
    {
        var banned = Checkout.Read("BannedSymbols.txt");
        Assert.All(BannedClocksAndDice, symbol => Assert.Contains(symbol + ";", banned, StringComparison.Ordinal));
        Assert.DoesNotContain(Checkout.Sources.Where(IsNotThisFolder), file => Checkout.Read(file).Contains("RS0030", StringComparison.Ordinal));
        var offenders = Product.Where(file => !CompositionRoots.Contains(file) && Path.GetFileName(file) != "Program.cs"
            && Checkout.Read(file).Contains("TimeProvider.System", StringComparison.Ordinal));
        Checkout.AssertNone(offenders);
    }

    [Fact]
    public void A_file_is_named_after_its_type_and_others_in_it_are_small()
    {
        var offenders = new List<string>();
        foreach (var file in Product.Where(file => Path.GetFileName(file) != "Program.cs" && !FamilyFiles.ContainsKey(file)))
        {
            var name = Path.GetFileNameWithoutExtension(file).Split('.')[0];
            var lines = Checkout.Read(file).Split('\n');
            var types = Enumerable.Range(0, lines.Length).Select(line => (Line: line, Match: TopLevelType().Match(lines[line]))).Where(type => type.Match.Success)
                .Select(type => (Name: type.Match.Groups["name"].Value, Lines: BodyLines(lines, type.Line))).ToList();
            if (types.Count > 0 && types.All(type => type.Name != name))
            {
                offenders.Add($"{file} holds {string.Join(", ", types.Select(type => type.Name))}, none named {name}.");
            }

            var beside = types.Where(type => type.Name != name).Sum(type => type.Lines);
            if (beside > SatelliteLines)
            {
                offenders.Add($"{file}: the types beside {name} take {beside} lines; {SatelliteLines} are allowed.");
            }
        }

        Checkout.AssertNone(offenders);
    }

    [Fact]
    public void A_module_logs_through_its_Log_file_under_ids_of_its_own()
    {
        var elsewhere = Product.Where(file => Path.GetFileName(file) != "Log.cs"
            && (Checkout.Read(file).Contains("[LoggerMessage(", StringComparison.Ordinal) || PlainLog().IsMatch(Checkout.Read(file))));
        Checkout.AssertNone(elsewhere);

        var ids = Product.Where(file => Path.GetFileName(file) == "Log.cs")
            .SelectMany(file => LogId().Matches(Checkout.Read(file)).Select(match => (Id: match.Groups[1].Value, File: file))).ToList();
        Assert.NotEmpty(ids);
        Checkout.AssertNone(ids.GroupBy(id => id.Id).Where(group => group.Count() > 1).Select(group => $"{group.Key}: {string.Join(", ", group.Select(id => id.File))}"));
    }

    [Fact]
    public void No_exception_is_swallowed_without_a_word()
    {
        var offenders = Checkout.Sources.Where(IsNotThisFolder).Where(file => EmptyCatch().IsMatch(Checkout.Read(file)));
        Checkout.AssertNone(offenders);
    }

    [Fact]
    public void Google_packages_are_referenced_by_the_platform_only()
    {
        var offenders = Checkout.Projects.Where(project => GooglePackage().IsMatch(Checkout.Read(project))
            && project is not "platform/RetailInsight.Platform.csproj");
        Checkout.AssertNone(offenders);
    }

    [Fact]
    public void The_pipeline_checks_the_format_and_the_lock_files()
    {
        var run = Checkout.Read(".ci/run");
        Assert.Contains("dotnet format whitespace . --folder --verify-no-changes", run, StringComparison.Ordinal);
        Assert.Contains("--locked-mode", run, StringComparison.Ordinal);
        Assert.All(Checkout.Projects, project => Assert.Contains(Path.GetDirectoryName(project) + "/packages.lock.json", Checkout.Files));
    }

    private static bool IsNotThisFolder(string file) => !file.StartsWith("tests/RetailInsight.Tests/House/", StringComparison.Ordinal);

    /// <summary>Lines up to the brace at the margin that closes the type; 1 for a declaration that ends with its line.</summary>
    private static int BodyLines(string[] lines, int start)
    {
        for (var line = start; line < lines.Length; line++)
        {
            if (lines[line] == "}" || lines[line].EndsWith(';') && !lines.Skip(start).Take(line - start + 1).Any(one => one == "{"))
            {
                return line - start + 1;
            }
        }

        return lines.Length - start;
    }

    [GeneratedRegex(@"^(public|internal) (?:(?:static|sealed|abstract|partial|unsafe|readonly|ref) )*(?:class|record struct|record|struct|interface|enum) (?<name>\w+)")]
    private static partial Regex TopLevelType();

    [GeneratedRegex(@"\.Log(Trace|Debug|Information|Warning|Error|Critical)\(")]
    private static partial Regex PlainLog();

    [GeneratedRegex(@"\[LoggerMessage\(\s*(\d+)")]
    private static partial Regex LogId();

    [GeneratedRegex(@"\bcatch\b[^{;]*\{\s*\}")]
    private static partial Regex EmptyCatch();

    [GeneratedRegex(@"PackageReference Include=""Google\.(?!Protobuf)")]
    private static partial Regex GooglePackage();
}
