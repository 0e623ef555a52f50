using System.CommandLine;

namespace RetailInsight.Cli;

/// <summary>The command line of <c>retail</c>.</summary>
internal static class RetailCommand
{
    private const string Description = """
        RetailInsight from the command line. Talks HTTP only; models runs a program of its own.

        Exit codes:
            0  done, nothing is open
            1  done, but something was refused, is held in quarantine, or does not balance
            2  the command line or the settings are wrong; nothing was sent
            3  no usable answer in time; running the same command again is safe
            4  what was planned has changed meanwhile; nothing was done, look again
          130  interrupted; running the same command again is safe
        """;

    /// <summary>Runs one command.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] args, Surroundings surroundings, CancellationToken cancellationToken)
    {
        if (args is ["models", .. var rest])
        {
            return await ModelsCommand.RunAsync(rest, surroundings, cancellationToken);
        }

        var json = new Option<bool>("--json") { Description = "Write one JSON document to standard output and nothing else.", Recursive = true };
        var connection = new ConnectionOptions();
        var context = new CommandContext(connection, json, surroundings);
        var root = new RootCommand(Description)
        {
            json, PushCommand.Create(context), ReconcileCommand.Create(context), QuarantineCommand.Create(context), KpiCommand.Create(context), MetricsCommand.Create(context), ExportCommand.Create(context), CsvFileCommand.StaffHours(context), CsvFileCommand.Devices(context),
            ProfileCommand.Create(context), ReceiptCommand.Create(context), KeyCommand.Create(context), FeedCommand.Create(context), StoreCommand.Create(context), OmissionCommand.Create(context), AuditCommand.Create(context), DagsCommand.Create(context), ModelsCommand.Create(),
        };
        foreach (var option in connection.All)
        {
            root.Add(option);
        }

        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            return new Report(surroundings, parsed.GetValue(json)).Fail(
                new CommandFailure(ExitCode.Usage, new ServerProblem(null, "Usage", string.Join(" ", parsed.Errors.Select(error => error.Message)) + " See --help.", null, null)));
        }

        var invocation = new InvocationConfiguration { Output = surroundings.Output, Error = surroundings.Error, EnableDefaultExceptionHandler = false };
        return await parsed.InvokeAsync(invocation, cancellationToken);
    }
}

/// <summary>What every command is built with.</summary>
internal sealed record CommandContext(ConnectionOptions Connection, Option<bool> Json, Surroundings Surroundings)
{
    /// <summary>Sets what a command does; a <see cref="CommandFailure"/> becomes its message and exit code.</summary>
    public void OnRun(Command command, Func<ParseResult, Connection, RetryingClient, Report, CancellationToken, Task<int>> run) =>
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var report = new Report(Surroundings, parsed.GetValue(Json));
            try
            {
                using var client = Connection.Client(parsed, Surroundings);
                return await run(parsed, Connection.Resolve(parsed, Surroundings), client, report, cancellationToken);
            }
            catch (CommandFailure failure)
            {
                return report.Fail(failure);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                report.Note("Interrupted. Running the same command again is safe.");
                return ExitCode.Interrupted;
            }
        });

    /// <summary>A business date.</summary>
    public static Option<DateOnly?> Date(string name, string description, bool required) => new(name)
    {
        Description = description,
        HelpName = "YYYY-MM-DD",
        Required = required,
        CustomParser = result =>
        {
            if (DateOnly.TryParseExact(result.Tokens[0].Value, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.None, out var date))
            {
                return date;
            }

            result.AddError($"{name}: '{result.Tokens[0].Value}' is no date of the form YYYY-MM-DD.");
            return null;
        },
    };
}
