using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace RetailInsight.Tests.House;

public sealed partial class ReadmeIsTrue
{
    private static readonly string Readme = Checkout.Read("README.md");

    [Fact]
    public void Project_references_equal_the_table()
    {
        var table = ReferenceRow().Matches(Readme).ToDictionary(
            row => row.Groups["project"].Value,
            row => row.Groups["references"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        var projects = Checkout.Projects.ToDictionary(file => Path.GetFileNameWithoutExtension(file)["RetailInsight.".Length..]);
        Assert.Equal(projects.Keys.Order(), table.Keys.Order());

        foreach (var (project, file) in projects)
        {
            var actual = XDocument.Parse(Checkout.Read(file)).Descendants("ProjectReference")
                .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value)["RetailInsight.".Length..]);
            var allowed = table[project].SelectMany(name => name == "everything"
                ? projects.Keys.Where(candidate => !projects[candidate].StartsWith("tests/", StringComparison.Ordinal))
                : [name]);
            Assert.True(
                actual.Order().SequenceEqual(allowed.Order()),
                $"{project} references {string.Join(", ", actual.Order())}; the README says {string.Join(", ", allowed.Order())}.");
        }
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = Checkout.Read("RetailInsight.sln").Replace('\\', '/');
        Assert.All(Checkout.Projects, project => Assert.Contains($"\"{project}\"", solution, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_path_and_project_it_names_exists()
    {
        var paths = CodeSpan().Matches(Readme).Select(match => match.Groups[1].Value)
            .Concat(TreeLine().Matches(Readme).Select(match => match.Groups[1].Value))
            .Concat(RunCommand().Matches(Readme).Select(match => match.Groups[1].Value))
            .Where(path => path.Contains('/') && !path.StartsWith('/') && !path.StartsWith("http", StringComparison.Ordinal)
                && !path.Contains('<') && !path.Contains(' ') && !path.StartsWith(".local", StringComparison.Ordinal))
            .Distinct().ToList();
        Assert.NotEmpty(paths);
        Assert.All(paths, path => Assert.True(Path.Exists(Path.Combine(Checkout.Root, path)), $"README names '{path}', which does not exist."));
    }

    [Fact]
    public void The_options_of_the_host_are_those_it_takes()
    {
        var row = Readme.Split('\n').Single(line => line.StartsWith("| options of the host |", StringComparison.Ordinal));
        var program = Checkout.Read("deploy/local/Program.cs");
        var stated = OptionName().Matches(row).Select(match => match.Value).ToHashSet();
        var taken = NewOption().Matches(program).Select(match => match.Groups[1].Value).ToHashSet();
        Assert.NotEmpty(stated);
        Assert.Empty(stated.Except(taken));
    }

    [Fact]
    public void The_ports_are_those_the_host_opens_when_nothing_is_said()
    {
        var ports = Port().Matches(Readme).Select(match => int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)).Distinct().Order().ToList();
        var first = int.Parse(DefaultPort().Match(Checkout.Read("deploy/local/Program.cs")).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal([first, first + 1], ports);
    }

    [Fact]
    public void The_commands_of_the_tool_are_those_it_takes()
    {
        var sources = Checkout.Sources.Where(file => file.StartsWith("deploy/cli/", StringComparison.Ordinal)).Select(Checkout.Read).ToList();
        foreach (Match line in ToolLine().Matches(Readme))
        {
            Assert.Contains(sources, source => source.Contains($"new Command(\"{line.Groups[1].Value}\"", StringComparison.Ordinal));
            Assert.All(OptionName().Matches(line.Groups[2].Value), option => Assert.Contains(sources, source => source.Contains($"\"{option.Value}\"", StringComparison.Ordinal)));
        }

        Assert.Equal(8, ToolLine().Count(Readme));
    }

    [GeneratedRegex(@"--[a-z][a-z-]+")]
    private static partial Regex OptionName();

    [GeneratedRegex(@"new Option<[^>]+>\(""(--[a-z-]+)""\)")]
    private static partial Regex NewOption();

    [GeneratedRegex(@"http://127\.0\.0\.1:(\d+)")]
    private static partial Regex Port();

    [GeneratedRegex(@"--port-base""\).*DefaultValueFactory = _ => (\d+)")]
    private static partial Regex DefaultPort();

    [GeneratedRegex(@"^dotnet run --project deploy/cli -- ([\w-]+)(.*)$", RegexOptions.Multiline)]
    private static partial Regex ToolLine();

    [GeneratedRegex(@"^\| RetailInsight\.(?<project>\w+) \| (?<references>[^|]*)\|$", RegexOptions.Multiline)]
    private static partial Regex ReferenceRow();

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex CodeSpan();

    [GeneratedRegex(@"^([a-z/]+/) {2,}", RegexOptions.Multiline)]
    private static partial Regex TreeLine();

    [GeneratedRegex(@"--project (\S+)")]
    private static partial Regex RunCommand();
}
