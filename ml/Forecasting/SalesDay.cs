namespace RetailInsight.Ml.Forecasting;

/// <summary>What is known of a trading day before it comes.</summary>
[Flags]
public enum DayTraits
{
    /// <summary>An ordinary day.</summary>
    None = 0,

    /// <summary>The store has a sale or campaign.</summary>
    Promotion = 1,

    /// <summary>A public holiday.</summary>
    PublicHoliday = 2,

    /// <summary>Schools are closed.</summary>
    SchoolHoliday = 4,
}

/// <summary>A day a store is open, as far as it is known in advance. Days it is closed are not there.</summary>
/// <param name="Store">Store code.</param>
/// <param name="Group">Stores of one kind share seasons: a format or a region; empty where nothing is known.</param>
/// <param name="Date">Trading day.</param>
/// <param name="Traits">What is known of it.</param>
internal readonly record struct OpenDay(string Store, string Group, DateOnly Date, DayTraits Traits);

/// <summary>What a store did on a day.</summary>
/// <param name="Day">The day.</param>
/// <param name="Amount">Net sales in currency units, or visitors; above 0. An estimate is made of it, never an account: binary fractions do.</param>
internal readonly record struct SalesDay(OpenDay Day, double Amount);
