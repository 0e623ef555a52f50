using System.Globalization;
using RetailInsight.Ml.Targets;
using Xunit.Abstractions;

namespace RetailInsight.Tests.Ml.Targets;

/// <summary>What the potential finds of gaps that were planted in a chain: those that stores of a kind do close, and those that none ever does.</summary>
public sealed class PotentialTests(ITestOutputHelper output)
{
    private const int StoresEach = 400;

    private static readonly Lazy<List<(SimulatedChain Chain, IReadOnlyList<Potential> Potentials)>> Chains = new(() =>
        [.. Enumerable.Range(1, 6).Select(seed => new SimulatedChain(StoresEach, seed)).Select(chain => (chain, PotentialEstimate.Of(chain.Kpis)))]);

    [Fact]
    public void A_gap_that_stores_of_the_kind_do_close_lies_in_the_interval_in_four_of_five_cases()
    {
        var planted = Where(store => store.IsPlanted);
        var held = planted.Average(one => one.TrueGap >= one.Potential.Low && one.TrueGap <= one.Potential.High ? 1.0 : 0);
        var width = Quantile.Of([.. planted.Select(one => one.Potential.High - one.Potential.Low).Order()], 0.5);
        Print($"attainable gaps {planted.Count} held {100 * held:0.0} % median width {width / SimulatedChain.MonthNoise:0.00} × the noise of a month; true {planted.Average(one => one.TrueGap):0.000} asked {planted.Average(one => one.Potential.Lift):0.000}");

        Assert.InRange(held, 0.8, 1);
        Assert.InRange(width, 0, 2 * SimulatedChain.MonthNoise);
        Assert.All(planted, one => Assert.InRange(one.Potential.Lift, one.Potential.Low, one.Potential.High));

        // Wide intervals around nothing would hold much as well.
        Assert.InRange(planted.Average(one => one.Potential.Lift) / planted.Average(one => one.TrueGap), 0.7, 1);
    }

    [Fact]
    public void A_gap_that_never_moves_is_not_asked_for()
    {
        var standing = Where(store => !store.IsStreet && store.Standing < 0);
        Print($"standing gaps {standing.Count} mean gap {standing.Average(one => one.Potential.Gap):0.000} asked {standing.Average(one => one.Potential.Lift):0.000}");
        Assert.InRange(standing.Average(one => one.Potential.Gap), 0.07, 0.13);
        Assert.InRange(standing.Average(one => one.Potential.Lift), 0, 0.01);
        Assert.InRange(standing.Average(one => one.Potential.Lift < 0.2 * one.Potential.Gap ? 1.0 : 0), 0.95, 1);
    }

    [Fact]
    public void A_store_that_was_as_low_a_year_ago_is_asked_for_less_than_one_that_has_fallen()
    {
        // Street stores that differ in what stands as much as in how they work.
        double fallen = 0, stood = 0, fallenGap = 0, stoodGap = 0;
        foreach (var chain in Enumerable.Range(1, 4).Select(seed => new SimulatedChain(StoresEach, seed, 0.05)))
        {
            var potentials = PotentialEstimate.Of(chain.Kpis);
            for (var i = 0; i < StoresEach; i++)
            {
                var (store, potential) = (chain.Stores[i], potentials[i]);
                if (store.IsStreet && potential.Gap is > 0.06 and < 0.12)
                {
                    var hasFallen = store.WorkNow - store.WorkBefore < -0.04;
                    var hasStood = Math.Abs(store.WorkNow - store.WorkBefore) < 0.02;
                    (fallen, fallenGap) = hasFallen ? (fallen + potential.Lift, fallenGap + potential.Gap) : (fallen, fallenGap);
                    (stood, stoodGap) = hasStood ? (stood + potential.Lift, stoodGap + potential.Gap) : (stood, stoodGap);
                }
            }
        }

        Print($"of the gap are asked {100 * fallen / fallenGap:0} % of stores that fell and {100 * stood / stoodGap:0} % of those that stood");
        Assert.True(fallen / fallenGap > 1.25 * stood / stoodGap);
    }

    [Fact]
    public void What_covariates_explain_is_nobodys_gap()
    {
        // A raw comparison of large and small street stores shows twenty per cent.
        var street = Where(store => store.IsStreet && !store.IsPlanted);
        var (low, high) = (street.Where(one => SimulatedChain.Structural(one.Store.Structure) < 0.1).ToList(), street.Where(one => SimulatedChain.Structural(one.Store.Structure) > 0.3).ToList());
        Assert.True(low.Count > 100 && high.Count > 100);
        Assert.True(high.Average(one => Math.Log(one.Potential.Level)) - low.Average(one => Math.Log(one.Potential.Level)) > 0.2);
        Assert.InRange(low.Average(one => one.Potential.Gap) - high.Average(one => one.Potential.Gap), -0.01, 0.01);
        Assert.InRange(low.Average(one => one.Potential.Lift), 0, 0.02);
    }

    [Fact]
    public void Nobody_is_asked_for_more_than_four_of_five_improving_stores_of_its_kind_managed()
    {
        Assert.All(Chains.Value.SelectMany(chain => chain.Potentials), potential => Assert.InRange(potential.Lift, 0, potential.Cap));
        var capped = Where(store => store.IsStreet).Where(one => one.Potential.Bound == PotentialBound.ObservedImprovement).ToList();
        Assert.NotEmpty(capped);
        Assert.All(capped, one => Assert.Equal(one.Potential.Cap, one.Potential.Lift));

        foreach (var (chain, potentials) in Chains.Value)
        {
            var improvements = chain.Stores.Where(store => store.IsStreet && store.WorkNow > store.WorkBefore).Select(store => store.WorkNow - store.WorkBefore).Order().ToList();
            Assert.InRange(potentials[0].Cap, 0.8 * Quantile.Of(improvements, 0.8), 1.2 * Quantile.Of(improvements, 0.8));
        }
    }

    [Fact]
    public void A_store_at_the_upper_quartile_of_its_peers_or_above_holds_what_it_has()
    {
        var above = Where(_ => true).Where(one => one.Potential.Gap <= 0).ToList();
        Assert.NotEmpty(above);
        Assert.All(above, one => Assert.Equal((0, PotentialBound.UpperQuartile), (one.Potential.Lift, one.Potential.Bound)));
    }

    [Fact]
    public void Nothing_is_asked_without_peers_or_without_stores_seen_in_two_years()
    {
        var kpis = Chains.Value[0].Chain.Kpis;
        var young = PotentialEstimate.Of([.. kpis.Select((kpi, i) => i < 19 ? kpi : kpi with { YearBefore = null })]);
        Assert.All(young, potential => Assert.Equal((0, PotentialBound.NoEvidence), (potential.Lift, potential.Bound)));

        var alone = PotentialEstimate.Of([.. kpis.Select((kpi, i) => i == 0 ? kpi with { Peers = [.. kpi.Peers.Take(4), "elsewhere"] } : kpi)]);
        Assert.Equal((0, PotentialBound.NoEvidence), (alone[0].Lift, alone[0].Bound));
        Assert.Equal(kpis[0].Peers.Take(4), alone[0].Peers);
        Assert.Contains(alone, potential => potential.Lift > 0);

        Assert.Empty(PotentialEstimate.Of([]));
        Assert.Single(PotentialEstimate.Of([kpis[0]]));
        Assert.Throws<ArgumentException>(() => PotentialEstimate.Of([kpis[0], kpis[0]]));
        Assert.Throws<ArgumentException>(() => PotentialEstimate.Of([kpis[0], kpis[1] with { Now = kpis[1].Now with { Structure = [1] } }]));
    }

    [Fact]
    public void A_store_that_is_new_and_an_area_that_is_not_known_do_not_stand_in_the_way()
    {
        var kpis = Chains.Value[0].Chain.Kpis;
        var potentials = PotentialEstimate.Of([.. kpis.Select((kpi, i) => i switch
        {
            0 => kpi with { YearBefore = null },
            1 => kpi with { Now = kpi.Now with { Structure = [double.NaN, .. kpi.Now.Structure.Skip(1)] } },
            _ => kpi,
        })]);
        Assert.All(potentials, potential => Assert.True(double.IsFinite(potential.Lift) && double.IsFinite(potential.High)));
        Assert.NotEqual(PotentialBound.NoEvidence, potentials[0].Bound);
    }

    private static List<(SimulatedStore Store, Potential Potential, double TrueGap)> Where(Func<SimulatedStore, bool> which) =>
        [.. from one in Chains.Value from i in Enumerable.Range(0, StoresEach) where which(one.Chain.Stores[i]) select (one.Chain.Stores[i], one.Potentials[i], one.Chain.TrueGap(i))];

    private void Print(FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
