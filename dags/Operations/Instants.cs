namespace RetailInsight.Dags.Operations;

/// <summary>What the database calls timestamptz arrives without an offset: it is UTC.</summary>
internal static class Instants
{
    public static DateTimeOffset Utc(this DateTime instant) => new(instant, TimeSpan.Zero);

    public static DateTimeOffset? Utc(this DateTime? instant) => instant is { } at ? at.Utc() : null;
}
