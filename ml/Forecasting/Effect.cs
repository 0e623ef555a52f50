namespace RetailInsight.Ml.Forecasting;

/// <summary>What days that share an effect have in common.</summary>
/// <param name="Of">A store or a kind of stores; empty for the whole chain.</param>
/// <param name="At">A weekday, month, week, date …, as its effect numbers them.</param>
internal readonly record struct EffectKey(string Of, int At);

/// <summary>One table of a <see cref="LogAdditiveModel"/>: days with the same key share a value.</summary>
/// <param name="Name">What it is called in the document of a model.</param>
/// <param name="Factor">What it is called where a forecast is explained; tables of one factor are taken together.</param>
/// <param name="Prior">How many days with no effect at all are set against those seen, so that what is seen seldom says little. Above 0.</param>
/// <param name="Trait">The trait it is about: where every day of a history has it, or none, the effect is left out.</param>
/// <param name="Key">The key of a day; null where the effect does not act.</param>
internal sealed record Effect(string Name, string Factor, double Prior, DayTraits Trait, Func<DayFacts, EffectKey?> Key)
{
    /// <summary>The factor that goes into the level of a store.</summary>
    public const string Level = "level";

    /// <summary>The factor of what comes back every year.</summary>
    public const string Season = "season";

    /// <summary>The factor of a store's last weeks.</summary>
    public const string RecentWeeks = "recent weeks";

    /// <summary>
    /// What acts on the sales and visitors of a store day by day. The priors were chosen on five origins of a year of a hundred real stores, that of the
    /// date with sight of a December, the only season there that keeps to dates.
    /// </summary>
    public static IReadOnlyList<Effect> OfStores { get; } =
    [
        new("level of the kind", Level, 5, DayTraits.None, facts => Kind(facts, 0)),
        new("level of the store", Level, 2, DayTraits.None, facts => Store(facts, 0)),
        new("weekday", "weekday", 5, DayTraits.None, facts => Chain(facts.Weekday)),
        new("weekday of the store", "weekday", 2, DayTraits.None, facts => Store(facts, facts.Weekday)),
        new("promotion", "promotion", 2, DayTraits.Promotion, facts => Chain(facts.Promotion)),
        new("promotion of the store", "promotion", 5, DayTraits.Promotion, facts => Store(facts, facts.Promotion)),
        new("promotion by weekday", "promotion", 10, DayTraits.Promotion, facts => Chain((facts.Promotion * 7) + facts.Weekday)),
        new("promotion by weekday of the store", "promotion", 10, DayTraits.Promotion, facts => Store(facts, (facts.Promotion * 7) + facts.Weekday)),
        new("month", Season, 60, DayTraits.None, facts => Chain(facts.Month)),
        new("week", Season, 180, DayTraits.None, facts => Chain(facts.Week)),
        new("date", Season, 30, DayTraits.None, facts => Chain((facts.Month * 100) + facts.DayOfMonth)),
        new("month of the kind", Season, 60, DayTraits.None, facts => Kind(facts, (facts.Month * 2) + facts.Sunday)),
        new("month of the store", Season, 20, DayTraits.None, facts => Store(facts, facts.Month)),
        new("day of the month", "day of the month", 60, DayTraits.None, facts => Chain(facts.DayOfMonth)),
        new("school holiday", "school holiday", 20, DayTraits.SchoolHoliday, facts => Chain(facts.SchoolHoliday)),
        new("school holiday of the store", "school holiday", 30, DayTraits.SchoolHoliday, facts => Store(facts, facts.SchoolHoliday)),
        new("public holiday", "public holiday", 5, DayTraits.PublicHoliday, facts => facts.PublicHoliday == 1 ? Chain(1) : null),
        new("public holiday by weekday", "public holiday", 10, DayTraits.PublicHoliday, facts => facts.PublicHoliday == 1 ? Chain(facts.Weekday) : null),
        new("before a closed day", "closed days", 5, DayTraits.None, facts => facts.ClosedAfter ? Chain(1) : null),
        new("after a closed day", "closed days", 5, DayTraits.None, facts => facts.ClosedBefore ? Chain(1) : null),
    ];

    /// <summary>The level of a store's last weeks against its level over the whole history; <see cref="LogAdditiveOptions"/> says how it is weighed.</summary>
    public static Effect OfRecentWeeks { get; } = new(RecentWeeks, RecentWeeks, 4, DayTraits.None, facts => Store(facts, 0));

    private static EffectKey Chain(int at) => new("", at);

    private static EffectKey Kind(DayFacts facts, int at) => new(facts.Day.Group, at);

    private static EffectKey Store(DayFacts facts, int at) => new(facts.Day.Store, at);
}
