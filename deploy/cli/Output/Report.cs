using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace RetailInsight.Cli;

/// <summary>Says what came out: tables for people, or one JSON document and nothing else.</summary>
internal sealed class Report(Surroundings surroundings, bool asJson)
{
    /// <summary>Whether a program reads along.</summary>
    public bool AsJson => asJson;

    /// <summary>Writes the one JSON document.</summary>
    public void Document(object document) => surroundings.Output.WriteLine(JsonSerializer.Serialize(document, Json.Options));

    /// <summary>Writes a table; figures to the right.</summary>
    /// <param name="columns">Headings; a leading <c>&gt;</c> aligns to the right.</param>
    /// <param name="rows">Cells.</param>
    /// <param name="footer">Totals below a rule; null for none.</param>
    public void Table(string[] columns, IEnumerable<string[]> rows, string[]? footer = null)
    {
        var table = new Table { Border = TableBorder.Simple };
        for (var at = 0; at < columns.Length; at++)
        {
            var right = columns[at].StartsWith('>');
            var column = new TableColumn(new Text(columns[at].TrimStart('>'))) { Alignment = right ? Justify.Right : Justify.Left };
            column.Footer = footer is null ? null : new Text(footer[at], new Style(decoration: Decoration.Bold));
            table.AddColumn(column);
        }

        foreach (var row in rows)
        {
            table.AddRow(row.Select(cell => new Text(cell)));
        }

        Console(surroundings.Output, surroundings.Width).Write(table);
    }

    /// <summary>Writes a line of the result itself.</summary>
    public void Line(string text) => surroundings.Output.WriteLine(text);

    /// <summary>Writes a line beside the result.</summary>
    public void Note(string text)
    {
        if (!asJson)
        {
            surroundings.Error.WriteLine(text);
        }
    }

    /// <summary>Ends with an error.</summary>
    public int Fail(CommandFailure failure)
    {
        if (asJson)
        {
            Document(new { Error = failure.Problem });
        }
        else
        {
            surroundings.Error.WriteLine(failure.Problem.ToString());
        }

        return failure.ExitCode;
    }

    /// <summary>Runs work under a progress bar that counts bytes.</summary>
    public Task WithProgressAsync(string title, long bytes, Func<Action<long>, Task> work) => ProgressAsync(title, bytes, new DownloadedColumn(), work);

    /// <summary>Runs work under a progress bar that counts things.</summary>
    public Task WithCountAsync(string title, long total, Func<Action<long>, Task> work) => ProgressAsync(title, total, new RemainingTimeColumn(), work);

    /// <summary>A count with thousands separated.</summary>
    public static string Figure(long value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>A decimal with thousands separated and the decimals it has.</summary>
    public static string Figure(decimal value) => value.ToString("#,0.######", CultureInfo.InvariantCulture);

    private async Task ProgressAsync(string title, long total, ProgressColumn figure, Func<Action<long>, Task> work)
    {
        if (asJson || !surroundings.ShowProgress)
        {
            await work(_ => { });
            return;
        }

        await Console(surroundings.Error, null).Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), figure, new ElapsedTimeColumn())
            .StartAsync(context =>
            {
                var task = context.AddTask(Markup.Escape(title), maxValue: Math.Max(1, total));
                return work(done => task.Increment(done));
            });
    }

    private static IAnsiConsole Console(TextWriter writer, int? width)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer), Ansi = width is null ? AnsiSupport.Detect : AnsiSupport.No });
        console.Profile.Width = width ?? console.Profile.Width;
        return console;
    }
}
