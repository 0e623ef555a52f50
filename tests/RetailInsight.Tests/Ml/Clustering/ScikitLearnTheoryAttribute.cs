using System.Diagnostics;

namespace RetailInsight.Tests.Ml.Clustering;

/// <summary>A test against the scikit-learn of the distribution (Debian's python3-sklearn); skipped where it is not installed.</summary>
public sealed class ScikitLearnTheoryAttribute : TheoryAttribute
{
    private const string Python = "/usr/bin/python3";

    /// <summary>Skips where there is none.</summary>
    public ScikitLearnTheoryAttribute()
    {
        if (!Directory.Exists("/usr/lib/python3/dist-packages/sklearn"))
        {
            Skip = "python3-sklearn is not installed.";
        }
    }

    /// <summary>Runs a script of Python with lines on its standard input; its standard output.</summary>
    public static string Run(string script, IEnumerable<string> input)
    {
        using var process = Process.Start(new ProcessStartInfo(Python, ["-c", script]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        foreach (var line in input)
        {
            process.StandardInput.WriteLine(line);
        }

        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
