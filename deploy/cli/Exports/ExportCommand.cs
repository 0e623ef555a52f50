using System.CommandLine;

namespace RetailInsight.Cli;

/// <summary><c>retail export --metrics … --output FILE</c>: every row of a question as a CSV, Parquet or JSON file, with the API's own numbers.</summary>
internal static class ExportCommand
{
    public static Command Create(CommandContext context)
    {
        var question = new MetricQuestionOptions();
        var output = new Option<FileInfo>("--output") { Description = "File to write: .csv, .parquet or .json.", HelpName = "FILE", Required = true };
        var command = new Command("export", "Write every row of a question about metrics into a file. The file is whole or is not there.");
        foreach (var option in question.All.Append(output))
        {
            command.Add(option);
        }

        context.OnRun(command, async (parsed, connection, client, report, cancellationToken) =>
        {
            var file = parsed.GetRequiredValue(output);
            var form = MetricFile.FormOf(file) ?? throw CommandFailure.Usage("--output ends with .csv, .parquet or .json.");
            await connection.SignInAsync(client, cancellationToken);
            return form == "json"
                ? await MetricFile.SaveJsonAsync(client, question.Address(parsed, connection.Api, null), file, report, cancellationToken)
                : await MetricFile.SaveAsync(client, question.Address(parsed, connection.Api, form), file, report, cancellationToken);
        });
        return command;
    }
}
