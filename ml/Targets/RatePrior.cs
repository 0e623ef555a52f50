namespace RetailInsight.Ml.Targets;

/// <summary>Successes out of trials: receipts out of visitors.</summary>
internal readonly record struct RateCount(long Successes, long Trials);

/// <summary>How a rate differs between stores alike: the beta distribution of a beta-binomial model.</summary>
/// <param name="Mean">The usual rate, between 0 and 1.</param>
/// <param name="Strength">How many trials of its own a store needs to be believed by half.</param>
internal readonly record struct RatePrior(double Mean, double Strength)
{
    private const double Strongest = 1e6;

    /// <summary>The distribution of peers by the method of moments (Kleinman 1973), each store weighing by its trials.</summary>
    /// <exception cref="ArgumentException">Nothing, or everything, was a success.</exception>
    public static RatePrior Of(IReadOnlyCollection<RateCount> peers)
    {
        var trials = (double)peers.Sum(peer => peer.Trials);
        var mean = peers.Sum(peer => peer.Successes) / trials;
        if (!(mean > 0 && mean < 1))
        {
            throw new ArgumentException("The peers have no rate between 0 and 1.", nameof(peers));
        }

        var counted = peers.Where(peer => peer.Trials > 0).ToList();
        var spread = counted.Sum(peer => peer.Trials * Square(((double)peer.Successes / peer.Trials) - mean));
        var chance = (counted.Count - 1) * mean * (1 - mean);
        var room = trials - (counted.Sum(peer => Square(peer.Trials)) / trials);
        var between = room > 0 ? (spread - chance) / room : 0;

        // Peers that differ no more than by chance say nothing against the mean of all.
        return new(mean, between > 0 ? Math.Clamp((mean * (1 - mean) / between) - 1, 1, Strongest) : Strongest);
    }

    /// <summary>The rate to be expected of a store that had this many successes.</summary>
    public double Shrink(long successes, long trials) => (successes + (Mean * Strength)) / (trials + Strength);

    private static double Square(double value) => value * value;
}
