namespace RetailInsight.Cli;

/// <summary>What the tool tells the shell; part of its contract and of <c>--help</c>.</summary>
internal static class ExitCode
{
    /// <summary>Everything was done and nothing is open.</summary>
    public const int Done = 0;

    /// <summary>The server answered, but something was refused or held, or does not balance: a person has to look.</summary>
    public const int NeedsAttention = 1;

    /// <summary>The command line or the settings are wrong; nothing was sent.</summary>
    public const int Usage = 2;

    /// <summary>No usable answer in time. Running the same command again is safe.</summary>
    public const int NoAnswer = 3;

    /// <summary>What was planned does not fit any more: it has changed meanwhile. Nothing was done; look again.</summary>
    public const int Outdated = 4;

    /// <summary>Ctrl-C, as shells number it.</summary>
    public const int Interrupted = 130;
}

/// <summary>Ends the command with a message and an exit code.</summary>
internal sealed class CommandFailure(int exitCode, ServerProblem problem) : Exception(problem.ToString())
{
    public int ExitCode { get; } = exitCode;

    public ServerProblem Problem { get; } = problem;

    public static CommandFailure Usage(string detail) => new(Cli.ExitCode.Usage, new ServerProblem(null, "Settings", detail, null, null));
}
