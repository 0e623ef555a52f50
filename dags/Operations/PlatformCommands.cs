using System.CommandLine;
using RetailInsight.Dags.Engine;

namespace RetailInsight.Dags.Operations;

/// <summary>
/// What concerns all tenants, done where the service runs: <c>pause DAG</c>, <c>resume DAG</c> and <c>run DAG</c> as the arguments of its
/// process, which then does that and ends. Whoever holds the service's access to the database is an operator of the platform; nobody
/// signs in without a tenant to do it from elsewhere.
/// </summary>
internal static class PlatformCommands
{
    private const int Done = 0;
    private const int Refused = 1;

    /// <summary>The command of this process; null where it is to serve.</summary>
    /// <param name="arguments">The arguments of the process.</param>
    /// <param name="output">Where it says what it did.</param>
    /// <param name="error">Where it says what it did not.</param>
    public static Func<IServiceProvider, CancellationToken, Task<int>>? Of(string[] arguments, TextWriter output, TextWriter error) =>
        arguments is not [{ } first, ..] || first is not ("pause" or "resume" or "run") ? null : (services, cancellationToken) =>
            new RootCommand("The DAG engine of RetailInsight. Without a command it serves.")
            {
                Switch(services, "pause", paused: true, "Let nothing of a DAG begin, for no tenant; what runs goes on."),
                Switch(services, "resume", paused: false, "Let a DAG go on."),
                Run(services),
            }
            .Parse(arguments).InvokeAsync(new InvocationConfiguration { Output = output, Error = error }, cancellationToken);

    private static Command Switch(IServiceProvider services, string name, bool paused, string description)
    {
        var (dag, reason, actor) = (Dag(), new Option<string>("--reason") { Description = "Why; is kept in the record.", HelpName = "TEXT", Required = true }, Actor());
        var command = new Command(name, description) { dag, reason, actor };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (named, output) = (parsed.GetRequiredValue(dag), parsed.InvocationConfiguration.Output);
            if (OperationsProblem.Reason(parsed.GetRequiredValue(reason)) is not { } why)
            {
                return await RefuseAsync(parsed, $"Say why with --reason, in 1 to {OperationsProblem.LongestReason} characters without control characters.");
            }

            if (!await services.GetRequiredService<DagSwitch>().SetAsync(named, paused, parsed.GetRequiredValue(actor), why, cancellationToken))
            {
                return await UnknownAsync(parsed, named);
            }

            await output.WriteLineAsync(paused ? $"{named} is paused: nothing of it begins until it is resumed." : $"{named} goes on.");
            return Done;
        });
        return command;
    }

    private static Command Run(IServiceProvider services)
    {
        var (dag, actor) = (Dag(), Actor());
        var command = new Command("run", "Start a run of a DAG that belongs to no tenant.") { dag, actor };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var named = parsed.GetRequiredValue(dag);
            if (await services.GetRequiredService<DagVersions>().IsPartitionedAsync(named, cancellationToken) is not { } partitioned)
            {
                return await UnknownAsync(parsed, named);
            }

            if (partitioned)
            {
                return await RefuseAsync(parsed, $"{named} works on one trading day of one tenant: the tenant's people start it, with retail dags run.");
            }

            var run = 0L;
            var alongside = new Alongside<RunView>((_, _) => Task.CompletedTask, (_, made, _) => Task.FromResult(run = made.RunId));
            if (await services.GetRequiredService<RunTrigger>().TriggerAsync(named, partitioned, new TriggerRequest(), parsed.GetRequiredValue(actor), alongside, cancellationToken) is var (_, complaint))
            {
                return await RefuseAsync(parsed, complaint);
            }

            await parsed.InvocationConfiguration.Output.WriteLineAsync($"Run {run} of {named} is queued.");
            return Done;
        });
        return command;
    }

    private static Argument<string> Dag() => new("DAG") { Description = "The DAG." };

    private static Option<string> Actor() => new("--actor")
    {
        Description = "Who does it; is kept in the record. Default: the account of this process.",
        HelpName = "NAME",
        DefaultValueFactory = _ => $"{Environment.UserName}@{Environment.MachineName}",
    };

    private static Task<int> UnknownAsync(ParseResult parsed, string dag) => RefuseAsync(parsed, $"There is no DAG '{dag}'. The service registers its DAGs when it first starts.");

    private static async Task<int> RefuseAsync(ParseResult parsed, string sentence)
    {
        await parsed.InvocationConfiguration.Error.WriteLineAsync(sentence);
        return Refused;
    }
}
