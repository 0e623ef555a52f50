using System.Globalization;
using RetailInsight.Core.Canon;
using RetailInsight.Ml.Targets;
using Xunit.Abstractions;

namespace RetailInsight.Tests.Ml.Targets;

/// <summary>
/// Whether targets are met as often as they say, month by month of 2014. On made-up stores in the suite; RETAILINSIGHT_STORE_DAYS
/// names a folder of real ones, which are not part of the repository.
/// </summary>
public sealed class TargetHitRate(ITestOutputHelper output)
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("RETAILINSIGHT_STORE_DAYS");

    private static readonly Lazy<TargetBacktest> Backtest = new(() => new TargetBacktest(Folder is null ? TradingDays.MakeUp(26, 12) : TradingDays.Read(Folder)));

    [Fact]
    public void About_half_of_the_targets_or_somewhat_more_are_met()
    {
        var targets = Backtest.Value.Run(TargetPolicy.Default).Where(target => target.AsOf == 1).ToList();
        foreach (var month in targets.GroupBy(target => target.Month))
        {
            var level = month.Average(target => (double)Money.ToDecimal(target.Target.Amount.Micros) / target.Target.Expected);
            Print($"{month.Key:yyyy-MM} targets {month.Count(),4} met {Share(month),5:0.0} % lifted {month.Count(target => target.Target.Lift > 0),3} target is {100 * level,5:0.0} % of what was expected");
        }

        var lifted = targets.Where(target => target.Target.Lift > 0).ToList();
        Print($"2014    targets {targets.Count,4} met {Share(targets),5:0.0} % lifted {lifted.Count,3}, of these met {Share(lifted):0.0} %");
        Assert.All(targets, target => Assert.Equal(target.Target.Amount, target.Sum));
        Assert.InRange(Share(targets), 45, 65);
    }

    [Fact]
    public void Targets_that_are_said_to_be_more_probable_are_met_more_often()
    {
        var told = new[] { TargetPolicy.Default, new(1, 0.6, 0), new(0, 0.9, 0.9), new(0, 0.8, 0.8), new(0, 0.3, 0.3), new(0, 0.2, 0.2) }.SelectMany(Backtest.Value.Run).ToList();
        foreach (var day in told.GroupBy(target => target.AsOf))
        {
            double miss = 0;
            foreach (var bin in day.GroupBy(target => Math.Min(4, (int)(target.Probability * 5))).OrderBy(bin => bin.Key))
            {
                Print($"day {day.Key,2} said {100 * bin.Average(target => target.Probability),5:0.0} % met {Share(bin),5:0.0} % of {bin.Count()}");
                miss += Math.Abs((100 * bin.Average(target => target.Probability)) - Share(bin)) * bin.Count() / day.Count();
            }

            Print($"day {day.Key,2} mean distance {miss:0.0} points");
            Assert.InRange(miss, 0, 8);
        }
    }

    private static double Share(IEnumerable<BacktestedTarget> targets) => 100 * targets.Average(target => target.IsHit ? 1.0 : 0);

    private void Print(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
