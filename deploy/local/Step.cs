using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace RetailInsight.Local;

/// <summary>One line of the start: a spinner while it runs, then how long it took.</summary>
internal static class Step
{
    /// <summary>Runs a step that gives something back.</summary>
    public static async Task<T> RunAsync<T>(string name, Func<Task<T>> step)
    {
        var started = Stopwatch.GetTimestamp();
        var result = await AnsiConsole.Status().StartAsync(name, _ => step());
        AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[green]✓[/] {name} [grey]{Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s[/]");
        return result;
    }

    /// <summary>Runs a step.</summary>
    public static Task RunAsync(string name, Func<Task> step) => RunAsync(name, async () =>
    {
        await step();
        return true;
    });
}
