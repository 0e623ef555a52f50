using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;

namespace RetailInsight.Cli;

/// <summary>
/// <c>retail models …</c>: handed on to the program <c>retail-models</c>, which brings a runtime for models along. This tool speaks HTTP only and stays
/// small; on a device both are installed side by side.
/// </summary>
internal static class ModelsCommand
{
    private const string Program = "retail-models";

    /// <summary>For the list of commands; what follows the word is the other program's business and is never looked at here.</summary>
    public static Command Create() => new("models", "Models on this device: evaluate, keys, bundle, verify, install, rollback, status, serve-edge (needs the program retail-models beside this one or on the path).");

    /// <summary>Runs it.</summary>
    /// <param name="arguments">What follows the word <c>models</c>.</param>
    /// <param name="surroundings">Where to say that it is not there.</param>
    /// <param name="cancellationToken">Ends the waiting; the program gets Ctrl-C by itself.</param>
    /// <returns>Its exit code.</returns>
    public static async Task<int> RunAsync(IEnumerable<string> arguments, Surroundings surroundings, CancellationToken cancellationToken)
    {
        try
        {
            using var program = Process.Start(new ProcessStartInfo(Find(), arguments) { UseShellExecute = false })!;
            await program.WaitForExitAsync(cancellationToken);
            return program.ExitCode;
        }
        catch (Win32Exception)
        {
            await surroundings.Error.WriteLineAsync("The program retail-models is not installed beside this one. In a checkout: dotnet build deploy/models");
            return ExitCode.Usage;
        }
    }

    /// <summary>Beside this program, or where a checkout builds it; else the shell's path decides.</summary>
    private static string Find()
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        string[] places = [here.FullName, Path.Combine(here.FullName, "..", "..", "RetailInsight.Models", here.Name)];
        return places.Select(place => Path.Combine(place, Program)).FirstOrDefault(File.Exists) ?? Program;
    }
}
