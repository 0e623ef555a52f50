using System.CommandLine;
using System.Globalization;

namespace RetailInsight.Cli;

/// <summary><c>retail push FILE… --feed F</c>.</summary>
internal static class PushCommand
{
    // The stores of sales are resolved by the master that came before them, so masters go one after another, in the order given.
    private const string MasterSuffix = "-pos-master";

    private const int ReasonsShown = 20;

    public static Command Create(CommandContext context)
    {
        var files = new Argument<FileInfo[]>("FILE") { Description = "Files to push. A file that ends in .gz is sent as gzip.", Arity = ArgumentArity.OneOrMore }.AcceptExistingOnly();
        var feed = new Option<string>("--feed") { Description = "Feed to push to, such as vendor-a.", HelpName = "FEED", Required = true };
        var parallel = new Option<int>("--parallel") { Description = "Files under way at once, 1 to 64. Feeds named *-pos-master go one by one, in order.", HelpName = "N", DefaultValueFactory = _ => 4 };
        parallel.Validators.Add(result =>
        {
            if (result.GetValue(parallel) is < 1 or > 64)
            {
                result.AddError("--parallel takes 1 to 64.");
            }
        });
        var wait = new Option<int>("--wait") { Description = "Seconds to wait for the outcome of a file that is converted later.", HelpName = "SECONDS", DefaultValueFactory = _ => 600 };
        var receipts = new Option<DirectoryInfo?>("--receipts") { Description = "Folder to save the signed receipts in, byte for byte; retail receipt verify checks them.", HelpName = "DIR" };
        var command = new Command("push", "Push files to a feed and show what became of every row. Safe to repeat: nothing is counted twice.") { files, feed, parallel, wait, receipts };
        context.OnRun(command, async (parsed, connection, client, report, cancellationToken) =>
        {
            var name = parsed.GetRequiredValue(feed);
            var push = new FilePush(client, connection.Gateway, name, connection.KeyFor(name), TimeSpan.FromSeconds(parsed.GetValue(wait)), context.Surroundings.Clock, parsed.GetValue(receipts));
            var lanes = name.EndsWith(MasterSuffix, StringComparison.Ordinal) ? 1 : parsed.GetValue(parallel);
            var pushed = await PushAsync(push, parsed.GetRequiredValue(files), lanes, name, report, cancellationToken);
            Show(report, name, pushed);
            return pushed.Max(file => file.ExitCode);
        });
        return command;
    }

    private static async Task<PushedFile[]> PushAsync(FilePush push, FileInfo[] files, int lanes, string feed, Report report, CancellationToken cancellationToken)
    {
        var pushed = new PushedFile[files.Length];
        await report.WithProgressAsync($"{feed}: {files.Length} files", files.Sum(file => file.Length), onSent =>
            Parallel.ForEachAsync(Enumerable.Range(0, files.Length), new ParallelOptions { MaxDegreeOfParallelism = lanes, CancellationToken = cancellationToken }, async (at, token) =>
                pushed[at] = await push.PushAsync(files[at], onSent, token)));
        return pushed;
    }

    private static void Show(Report report, string feed, PushedFile[] pushed)
    {
        var sums = new { RowsRead = pushed.Sum(f => f.RowsRead), Accepted = pushed.Sum(f => f.Accepted), Duplicate = pushed.Sum(f => f.Duplicate), Superseding = pushed.Sum(f => f.Superseding), Quarantined = pushed.Sum(f => f.Quarantined) };
        if (report.AsJson)
        {
            report.Document(new { Feed = feed, Files = pushed, Totals = sums });
            return;
        }

        report.Table(
            ["File", "Outcome", ">Rows", ">Accepted", ">Duplicate", ">Superseding", ">Quarantined", "Receipt"],
            pushed.Select(f => new[] { Path.GetFileName(f.File), f.Outcome, Report.Figure(f.RowsRead), Report.Figure(f.Accepted), Report.Figure(f.Duplicate), Report.Figure(f.Superseding), Report.Figure(f.Quarantined), f.ReceiptId ?? "" }),
            [string.Create(CultureInfo.InvariantCulture, $"{pushed.Length} files"), "", Report.Figure(sums.RowsRead), Report.Figure(sums.Accepted), Report.Figure(sums.Duplicate), Report.Figure(sums.Superseding), Report.Figure(sums.Quarantined), ""]);
        foreach (var file in pushed.Where(file => file.Problem is not null))
        {
            report.Note($"{Path.GetFileName(file.File)}: {file.Problem}");
        }

        var reasons = pushed.SelectMany(file => file.Held.SelectMany(held => held.Reasons.Select(reason =>
            string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(file.File)}: held {held.Key}, row {reason.Row}, {reason.Code}{(reason.Field is null ? "" : " in " + reason.Field)}: {reason.Detail}")))).ToArray();
        foreach (var reason in reasons.Take(ReasonsShown))
        {
            report.Note(reason);
        }

        if (reasons.Length > ReasonsShown)
        {
            report.Note(string.Create(CultureInfo.InvariantCulture, $"… and {reasons.Length - ReasonsShown} more reasons: --json lists them all."));
        }
    }
}
