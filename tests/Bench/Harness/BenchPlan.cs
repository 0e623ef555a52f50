using Spectre.Console;

namespace RetailInsight.Bench.Harness;

/// <summary>How long and how often.</summary>
/// <param name="Rounds">Repetitions; the best counts.</param>
/// <param name="Seconds">Length of a run under load.</param>
/// <param name="Lines">Lines a second the steady stream publishes.</param>
internal sealed record BenchPlan(int Rounds, double Seconds, int Lines);

/// <summary>Shows on the screen how far something is.</summary>
internal static class Shown
{
    /// <summary>Shows a bar while something runs.</summary>
    public static async Task<T> BarAsync<T>(string name, Func<Action<double>, Task<T>> work)
    {
        var result = default(T)!;
        await AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(async bars =>
            {
                var bar = bars.AddTask(name, maxValue: 1);
                result = await Task.Run(() => work(part => bar.Value = part));
                bar.Value = 1;
            });
        return result;
    }

    /// <summary>Shows that something runs.</summary>
    public static T Step<T>(string name, Func<T> work) => AnsiConsole.Status().Start(name, _ => work());
}
