using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace RetailInsight.Tests.House;

public sealed partial class HouseRules
{
    private static readonly string[] Services = ["gateway", "ingest", "dags", "api"];

    /// <summary>Files that may be longer than 400 lines, each with its reason.</summary>
    private static readonly Dictionary<string, string> LongFiles = [];

    [Fact]
    public void Every_model_has_its_contract_beside_it()
    {
        var models = Checkout.Files.Where(file => file.StartsWith("etl/", StringComparison.Ordinal)
            && file.EndsWith(".sql", StringComparison.Ordinal) && !file.Contains("/Migrations/", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(models);
        Assert.All(models, model => Assert.Contains(Path.ChangeExtension(model, ".yml"), Checkout.Files));
    }

    [Fact]
    public void A_program_reads_like_a_table_of_contents()
    {
        var programs = Checkout.Sources.Where(file => Path.GetFileName(file) == "Program.cs").ToList();
        Assert.NotEmpty(programs);
        Assert.All(programs, program => Assert.True(Lines(program) <= 80, $"{program} has {Lines(program)} lines; 80 are allowed."));
    }

    [Fact]
    public void Only_the_composition_root_of_a_service_names_the_platform()
    {
        var offenders = Checkout.Sources.Where(file => Services.Any(service => file.StartsWith(service + "/", StringComparison.Ordinal))
            && Path.GetFileName(file) != "Program.cs"
            && Checkout.Read(file).Contains("RetailInsight.Platform", StringComparison.Ordinal));
        Assert.Empty(offenders);
    }

    [Fact]
    public void The_engine_knows_core_only()
    {
        var offenders = Checkout.Sources.Where(file => file.StartsWith("dags/Engine/", StringComparison.Ordinal)
            && ForeignRoom().IsMatch(Checkout.Read(file)));
        Assert.Empty(offenders);
    }

    [Fact]
    public void Core_has_no_package_but_protobuf()
    {
        var packages = XDocument.Parse(Checkout.Read("core/RetailInsight.Core.csproj")).Descendants("PackageReference")
            .Where(reference => reference.Attribute("PrivateAssets")?.Value != "all").Select(reference => reference.Attribute("Include")!.Value);
        Assert.Equal(["Google.Protobuf"], packages);
    }

    [Fact]
    public void Google_clients_stay_in_their_folder()
    {
        var offenders = Checkout.Sources.Where(file => !file.StartsWith("platform/GoogleCloud/", StringComparison.Ordinal)
            && GoogleUsing().IsMatch(Checkout.Read(file)));
        Assert.Empty(offenders);
    }

    [Fact]
    public void No_type_is_named_after_nothing()
    {
        var offenders = Checkout.Sources.SelectMany(file => VagueType().Matches(Checkout.Read(file)).Select(match => $"{file}: {match.Value}"));
        Assert.Empty(offenders);
    }

    [Fact]
    public void Classes_are_sealed_static_or_abstract()
    {
        var offenders = Checkout.Sources.SelectMany(file => OpenClass().Matches(Checkout.Read(file)).Select(match => $"{file}: {match.Value.Trim()}"));
        Assert.Empty(offenders);
    }

    [Fact]
    public void A_file_above_400_lines_has_a_reason()
    {
        var offenders = Checkout.Sources.Where(file => Lines(file) > 400 && !LongFiles.ContainsKey(file)).Select(file => $"{file}: {Lines(file)}");
        Assert.Empty(offenders);
        Assert.All(LongFiles.Keys, file => Assert.True(Lines(file) > 400, $"{file} no longer needs its reason."));
    }

    [Fact]
    public void Migrations_are_dated_and_numbered_without_gaps()
    {
        var sets = Checkout.Files.Where(file => file.Contains("/Migrations/", StringComparison.Ordinal)).GroupBy(Path.GetDirectoryName).ToList();
        Assert.NotEmpty(sets);
        foreach (var set in sets)
        {
            Assert.All(set, file => Assert.Matches(@"^\d{4}-\d{2}-\d{2}_\d{2}_[a-z0-9_]+\.sql$", Path.GetFileName(file)));
            var numbers = set.Order(StringComparer.Ordinal).GroupBy(file => Path.GetFileName(file)[..10])
                .Select(day => day.Select(file => int.Parse(Path.GetFileName(file).AsSpan(11, 2), System.Globalization.CultureInfo.InvariantCulture)));
            Assert.All(numbers, day => Assert.Equal(Enumerable.Range(1, day.Count()), day));
        }
    }

    [Fact]
    public void The_repository_names_no_machine_and_its_lock_files_no_registry()
    {
        var offenders = Checkout.Files.Where(IsText).Where(file => !file.StartsWith("tests/RetailInsight.Tests/House/", StringComparison.Ordinal))
            .Where(file => MachineWord().IsMatch(Checkout.Read(file)));
        Assert.Empty(offenders);
    }

    [Fact]
    public void Nothing_is_left_to_do_later()
    {
        var offenders = Checkout.Sources.Where(file => !file.StartsWith("tests/RetailInsight.Tests/House/", StringComparison.Ordinal))
            .Where(file => Unfinished().IsMatch(Checkout.Read(file)));
        Assert.Empty(offenders);
    }

    private static int Lines(string file) => File.ReadLines(Path.Combine(Checkout.Root, file)).Count();

    private static bool IsText(string file) => Path.GetExtension(file) is ".cs" or ".md" or ".json" or ".yml" or ".yaml" or ".sql" or ".sh"
        or ".csproj" or ".props" or ".targets" or ".proto" or ".css" or ".js";

    [GeneratedRegex(@"RetailInsight\.(Platform|Gateway|Profiles|Ingest|Etl|Ml|Api)\b")]
    private static partial Regex ForeignRoom();

    [GeneratedRegex(@"^using Google\.(?!Protobuf)", RegexOptions.Multiline)]
    private static partial Regex GoogleUsing();

    [GeneratedRegex(@"\b(class|record|struct|interface) \w*(Manager|Helper|Utils?|Common)\b")]
    private static partial Regex VagueType();

    [GeneratedRegex(@"^ *(public|internal|private)( partial)? (class|record(?! struct)) \w+", RegexOptions.Multiline)]
    private static partial Regex OpenClass();

    [GeneratedRegex(@"/root/|/home/\w|(?<![\w.])/work/|""resolved"": ""http")]
    private static partial Regex MachineWord();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|NotImplementedException)\b")]
    private static partial Regex Unfinished();
}
