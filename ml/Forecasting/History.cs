namespace RetailInsight.Ml.Forecasting;

/// <summary>
/// Days with sales in the order of their dates, with the factors of each day as numbers, so that the history up to any day is the beginning
/// of the same arrays.
/// </summary>
internal sealed class History
{
    private const int SameWeekdayLastYear = 364;

    private History(DayFacts[] facts, double[] logs, IReadOnlyList<Effect> effects)
    {
        (Facts, Logs, Effects) = (facts, logs, effects);
        Dates = [.. facts.Select(one => one.Day.Date.DayNumber)];
        (StoreOf, var stores) = Number(facts, one => new(one.Day.Store, 0));
        Stores = [.. stores.Select(store => store.Of)];
        var always = facts.Aggregate(~DayTraits.None, (sum, one) => sum & one.Day.Traits);
        var ever = facts.Aggregate(DayTraits.None, (sum, one) => sum | one.Day.Traits);
        (KeyOf, Keys) = (new int[effects.Count][], new IReadOnlyList<EffectKey>[effects.Count]);
        for (var e = 0; e < effects.Count; e++)
        {
            // A trait that every day has or none would take its share of the level and the weekdays.
            var effect = effects[e];
            (KeyOf[e], Keys[e]) = Number(facts, effect.Trait == DayTraits.None || (ever & ~always).HasFlag(effect.Trait) ? effect.Key : _ => null);
        }

        YearBefore = PairWithTheYearBefore();
    }

    /// <summary>The factors the days are numbered by.</summary>
    public IReadOnlyList<Effect> Effects { get; }

    /// <summary>The days, by date and then by store.</summary>
    public DayFacts[] Facts { get; }

    /// <summary>Their day numbers (<see cref="DateOnly.DayNumber"/>).</summary>
    public int[] Dates { get; }

    /// <summary>The natural logarithms of the amounts.</summary>
    public double[] Logs { get; }

    /// <summary>Store codes, as <see cref="StoreOf"/> numbers them.</summary>
    public IReadOnlyList<string> Stores { get; }

    /// <summary>The store of each day.</summary>
    public int[] StoreOf { get; }

    /// <summary>The keys of each factor.</summary>
    public IReadOnlyList<EffectKey>[] Keys { get; }

    /// <summary>Factor by day: a place in <see cref="Keys"/>, −1 where the factor does not act.</summary>
    public int[][] KeyOf { get; }

    /// <summary>Of each day the same weekday of its store 52 weeks before if it had the same traits; −1 where there is none.</summary>
    public int[] YearBefore { get; }

    /// <summary>Orders and numbers days.</summary>
    /// <param name="days">Days with sales; those without an amount above 0 are left out.</param>
    /// <param name="known">Open days beyond them, as far as they are known.</param>
    /// <param name="effects">The factors.</param>
    /// <exception cref="ArgumentException">No day has an amount above 0, or a store has two amounts for one day.</exception>
    public static History Of(IEnumerable<SalesDay> days, IEnumerable<OpenDay> known, IReadOnlyList<Effect> effects)
    {
        var sold = days.Where(day => day.Amount > 0 && double.IsFinite(day.Amount))
            .OrderBy(day => day.Day.Date).ThenBy(day => day.Day.Store, StringComparer.Ordinal).ToList();
        if (sold.Count == 0)
        {
            throw new ArgumentException("A history has at least one day with an amount above 0.", nameof(days));
        }

        for (var i = 1; i < sold.Count; i++)
        {
            if (sold[i].Day.Date == sold[i - 1].Day.Date && sold[i].Day.Store == sold[i - 1].Day.Store)
            {
                throw new ArgumentException($"Store {sold[i].Day.Store} has two amounts for {sold[i].Day.Date:O}.", nameof(days));
            }
        }

        var open = sold.ConvertAll(day => day.Day);
        return new History(DayFacts.Of(open, open.Concat(known)), [.. sold.Select(day => Math.Log(day.Amount))], effects);
    }

    /// <summary>How many of the days are not after this one.</summary>
    public int CountUntil(DateOnly day)
    {
        var place = Array.BinarySearch(Dates, day.DayNumber + 1);
        if (place < 0)
        {
            return ~place;
        }

        while (place > 0 && Dates[place - 1] > day.DayNumber)
        {
            place--;
        }

        return place;
    }

    private int[] PairWithTheYearBefore()
    {
        var places = new Dictionary<(int Store, int Date), int>(Logs.Length);
        var before = new int[Logs.Length];
        for (var i = 0; i < before.Length; i++)
        {
            places.Add((StoreOf[i], Dates[i]), i);
            before[i] = places.TryGetValue((StoreOf[i], Dates[i] - SameWeekdayLastYear), out var last) && Facts[last].Day.Traits == Facts[i].Day.Traits ? last : -1;
        }

        return before;
    }

    private static (int[] Numbers, List<EffectKey> Found) Number(DayFacts[] facts, Func<DayFacts, EffectKey?> key)
    {
        var numbers = new Dictionary<EffectKey, int>();
        var found = new List<EffectKey>();
        var keys = new int[facts.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            if (key(facts[i]) is not { } one)
            {
                keys[i] = -1;
            }
            else if (!numbers.TryGetValue(one, out keys[i]))
            {
                numbers.Add(one, keys[i] = found.Count);
                found.Add(one);
            }
        }

        return (keys, found);
    }
}
