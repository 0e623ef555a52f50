using System.CommandLine;

namespace RetailInsight.Cli;

/// <summary>The options that say which tasks of a run are meant.</summary>
internal sealed class PlanSelectionOptions
{
    private readonly Argument<long> _run = DagsCommand.RunArgument();
    private readonly Argument<string[]> _tasks = new("TASK") { Description = "Tasks by name, or name[key] for one of a mapped task. Without, all of them.", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<bool> _onlyFailed = new("--only-failed") { Description = "Of these only what failed, was canceled or never ran because of a failure." };
    private readonly Option<bool> _noDownstream = new("--no-downstream") { Description = "Not what stands behind them, save what failed because of them." };
    private readonly Option<string> _as = new("--as") { Description = "What they count as: success or failed.", HelpName = "STATE", DefaultValueFactory = _ => "success" };

    /// <summary>Adds to a command what its kind of plan takes; null for every kind.</summary>
    public void AddTo(Command command, string? kind)
    {
        _as.AcceptOnlyFromAmong("success", "failed");
        command.Add(_run);
        command.Add(_tasks);
        command.Add(_onlyFailed);
        if (kind is null or "clear")
        {
            command.Add(_noDownstream);
        }

        if (kind is null or "mark")
        {
            command.Add(_as);
        }
    }

    /// <summary>The run.</summary>
    public long Run(ParseResult parsed) => parsed.GetValue(_run);

    /// <summary>The selection as the API takes it.</summary>
    public object Body(ParseResult parsed, string kind) => new
    {
        Kind = kind,
        Tasks = parsed.GetValue(_tasks) ?? [],
        Downstream = !parsed.GetValue(_noDownstream),
        OnlyFailed = parsed.GetValue(_onlyFailed),
        As = parsed.GetValue(_as) ?? "success",
    };
}
