using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Spectre.Console;

namespace RetailInsight.Bench.Harness;

/// <summary>What a bench found, shown on the screen and written as Markdown beside the bench.</summary>
/// <param name="name">Name of the bench and of its file.</param>
/// <param name="title">Headline.</param>
internal sealed class BenchReport(string name, string title)
{
    private readonly List<(string Figure, string Value, string Baseline, string Ratio, string Floor)> _rows = [];
    private readonly List<string> _notes = [];
    private readonly string _load = Load();

    /// <summary>Adds a figure without a baseline.</summary>
    public void Add(string figure, string value, string floor = "") => _rows.Add((figure, value, "", "", floor));

    /// <summary>Adds a figure and its baseline, both in one unit, more being better unless the unit is a time.</summary>
    public void Add(string figure, double value, double baseline, string unit, string floor = "") =>
        _rows.Add((figure, Number(value, unit), Number(baseline, unit), (value / baseline).ToString("0.00", CultureInfo.InvariantCulture), floor));

    /// <summary>Adds a paragraph.</summary>
    public void Note(FormattableString text) => _notes.Add(FormattableString.Invariant(text));

    /// <summary>A number with its unit.</summary>
    public static string Number(double value, string unit) =>
        $"{value.ToString(Math.Abs(value) >= 1000 ? "N0" : "0.##", CultureInfo.InvariantCulture)} {unit}";

    /// <summary>Shows the report and writes its file.</summary>
    public void Finish()
    {
        var text = new StringBuilder()
            .AppendLine(CultureInfo.InvariantCulture, $"# {title}")
            .AppendLine()
            .AppendLine(CultureInfo.InvariantCulture, $"`dotnet run -c Release --project tests/Bench -- {name}`")
            .AppendLine()
            .AppendLine(CultureInfo.InvariantCulture, $"{Processor()}, {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}, {TimeProvider.System.GetUtcNow():yyyy-MM-dd}; load average {_load} before, {Load()} after.")
            .AppendLine()
            .AppendLine("| figure | measured | baseline | ratio | floor |")
            .AppendLine("| --- | ---: | ---: | ---: | ---: |");
        foreach (var row in _rows)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {row.Figure} | {row.Value} | {row.Baseline} | {row.Ratio} | {row.Floor} |");
        }

        _notes.ForEach(note => text.AppendLine().AppendLine(note));
        AnsiConsole.WriteLine(text.ToString());
        File.WriteAllText(Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(BenchServer.Directory)!)!, "tests", "Bench", "results", name + ".md"), text.ToString());
    }

    private static string Load() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";

    private static string Processor() => File.Exists("/proc/cpuinfo")
        ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString()
        : RuntimeInformation.ProcessArchitecture.ToString();
}
