using System.Text.Json;

namespace RetailInsight.Api.Targets;

/// <summary>What days that are to come add up to, as an empirical distribution. Currency units, estimates.</summary>
/// <param name="Expected">What is expected.</param>
/// <param name="Levels">Totals from the lowest to the highest that was seen, each step as likely as the next; at least two.</param>
internal sealed record RunningRange(decimal Expected, IReadOnlyList<decimal> Levels)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>One total in ten stays below.</summary>
    public decimal Low => Level(0.1m);

    /// <summary>One in ten goes above.</summary>
    public decimal High => Level(0.9m);

    /// <summary>Reads what was published.</summary>
    /// <exception cref="JsonException">It is not what the computation writes.</exception>
    public static RunningRange Read(string json) => JsonSerializer.Deserialize<RunningRange>(json, Json) is { Levels.Count: > 1 } range ? range : throw new JsonException("A range has levels.");

    /// <summary>
    /// The sum over stores as if all had their good and their bad months together: the widest it can be. Stores share weather and holidays, so independence would
    /// promise too much.
    /// </summary>
    public static RunningRange Sum(IReadOnlyCollection<RunningRange> ranges) => new(
        ranges.Sum(range => range.Expected), [.. Enumerable.Range(0, ranges.Min(range => range.Levels.Count)).Select(at => ranges.Sum(range => range.Levels[at]))]);

    /// <summary>How probable it is that at least so much comes, 0 to 1.</summary>
    public decimal ShareReaching(decimal amount)
    {
        if (amount <= Levels[0] || amount > Levels[^1])
        {
            return amount <= Levels[0] ? 1 : 0;
        }

        var above = Levels.Count - 1;
        while (above > 1 && Levels[above - 1] >= amount)
        {
            above--;
        }

        var step = Levels[above] - Levels[above - 1];
        var below = above - 1 + (step > 0 ? (amount - Levels[above - 1]) / step : 1);
        return 1 - (below / (Levels.Count - 1));
    }

    private decimal Level(decimal share)
    {
        var place = share * (Levels.Count - 1);
        var below = (int)place;
        return below + 1 >= Levels.Count ? Levels[^1] : Levels[below] + ((place - below) * (Levels[below + 1] - Levels[below]));
    }
}
