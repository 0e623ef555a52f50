namespace RetailInsight.Cli;

/// <summary>What a run of the tool sees of the machine it runs on.</summary>
/// <param name="Output">Results.</param>
/// <param name="Error">Progress and messages.</param>
/// <param name="Variable">Environment variables by name.</param>
/// <param name="CurrentDirectory">Where the search for <c>.local/demo.json</c> begins.</param>
/// <param name="Clock">Clock of waits.</param>
/// <param name="ShowProgress">Whether <paramref name="Error"/> is a terminal.</param>
/// <param name="Width">Columns of <paramref name="Output"/>; null = ask the terminal.</param>
/// <param name="Input">Where a person answers; null where nobody can be asked.</param>
internal sealed record Surroundings(
    TextWriter Output, TextWriter Error, Func<string, string?> Variable, string CurrentDirectory, TimeProvider Clock, bool ShowProgress, int? Width, TextReader? Input = null)
{
    // Without a terminal there is no width to fit into, and a wrapped table cannot be grepped.
    private const int WidthOfFile = 200;

    public static Surroundings OfProcess() => new(
        Console.Out,
        Console.Error,
        Environment.GetEnvironmentVariable,
        Directory.GetCurrentDirectory(),
        TimeProvider.System,
        !Console.IsErrorRedirected,
        Console.IsOutputRedirected ? WidthOfFile : null,
        Console.IsInputRedirected ? null : Console.In);
}
