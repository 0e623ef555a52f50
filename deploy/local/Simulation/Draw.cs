namespace RetailInsight.Local.Simulation;

/// <summary>
/// Seeded random numbers (SplitMix64). The runtime's own generators may change between versions; these bytes may not,
/// because one seed has to give the same files everywhere.
/// </summary>
internal sealed class Draw
{
    private ulong _state;

    /// <summary>A stream of its own for each key, so that one store-day does not depend on another being generated first.</summary>
    public Draw(params ReadOnlySpan<long> key)
    {
        foreach (var part in key)
        {
            _state ^= unchecked((ulong)part);
            _state = Next();
        }
    }

    /// <summary>A whole number in [0, bound).</summary>
    public int Below(int bound) => (int)Math.BigMul(Next(), (ulong)bound, out _);

    /// <summary>A whole number in [from, to].</summary>
    public int Between(int from, int to) => from + Below(to - from + 1);

    /// <summary>A number in [0, 1).</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>True with the given probability.</summary>
    public bool Chance(double probability) => Unit() < probability;

    /// <summary>1, 2, 3 …: geometric with the given mean.</summary>
    public int Geometric(double mean)
    {
        var count = 1;
        while (count < 40 && !Chance(1 / mean))
        {
            count++;
        }

        return count;
    }

    /// <summary>A count that scatters around the mean nearly as much as arrivals at a till do (variance ¾ of the mean).</summary>
    public int Count(double mean)
    {
        var trials = (int)Math.Ceiling(mean * 4);
        var count = 0;
        for (var i = 0; i < trials; i++)
        {
            if (Chance(mean / trials))
            {
                count++;
            }
        }

        return count;
    }

    private ulong Next()
    {
        unchecked
        {
            _state += 0x9E3779B97F4A7C15;
            var z = _state;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
