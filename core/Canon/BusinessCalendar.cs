namespace RetailInsight.Core.Canon;

/// <summary>
/// From when a store's business day starts at which local time. A cut-over of 05:00 puts a receipt of 01:30 on the day before.
/// </summary>
/// <param name="ValidFrom">First business date the rule holds for.</param>
/// <param name="CutOver">Minutes after local midnight at which the business day begins, 0–1439.</param>
public readonly record struct CutOverRule(DateOnly ValidFrom, int CutOver);

/// <summary>Turns wall-clock times of one store into instants and business dates.</summary>
public sealed class BusinessCalendar
{
    private const int QuartersOfDay = 96;
    private const int QuartersAround = 8;

    private readonly TimeZoneInfo _zone;
    private readonly CutOverRule[] _rules;
    private Day? _lastDay;

    /// <summary>A date on which the wall clock is not changed, and its offset.</summary>
    private sealed record Day(DateOnly Date, TimeSpan Offset);

    /// <summary>Creates the calendar of a store.</summary>
    /// <param name="zone">The store's time zone.</param>
    /// <param name="rules">Cut-over history; before the earliest rule that one holds. Empty = midnight.</param>
    public BusinessCalendar(TimeZoneInfo zone, IEnumerable<CutOverRule> rules)
    {
        ArgumentNullException.ThrowIfNull(zone);
        _zone = zone;
        _rules = [.. rules.OrderBy(rule => rule.ValidFrom)];
    }

    /// <summary>The store's time zone.</summary>
    public TimeZoneInfo Zone => _zone;

    /// <summary>
    /// The instant a wall clock of the store showed <paramref name="local"/>. In the hour a clock repeats, the first
    /// one; in the hour a clock skips, the offset before the jump.
    /// </summary>
    /// <param name="local">Date and time on the store's wall clock, kind ignored.</param>
    public DateTimeOffset ToInstant(DateTime local)
    {
        var wall = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
        var date = DateOnly.FromDateTime(wall);
        if (_lastDay is { } last && last.Date == date)
        {
            return new DateTimeOffset(wall, last.Offset);
        }

        // Receipts of one day follow each other, and zone rules are slow to ask.
        if (IsPlain(date, out var offset))
        {
            _lastDay = new Day(date, offset);
            return new DateTimeOffset(wall, offset);
        }

        if (_zone.IsAmbiguousTime(wall))
        {
            return new DateTimeOffset(wall, _zone.GetAmbiguousTimeOffsets(wall).Max());
        }

        return _zone.IsInvalidTime(wall)
            ? new DateTimeOffset(wall, _zone.GetUtcOffset(wall.AddHours(-3)))
            : new DateTimeOffset(wall, _zone.GetUtcOffset(wall));
    }

    /// <summary>The business date an instant belongs to, by the cut-over that held that day.</summary>
    public DateOnly BusinessDateOf(DateTimeOffset instant)
    {
        var local = TimeZoneInfo.ConvertTime(instant, _zone).DateTime;
        var date = DateOnly.FromDateTime(local);
        var minutes = (local.Hour * 60) + local.Minute;
        return minutes < CutOverOn(date) ? date.AddDays(-1) : date;
    }

    private bool IsPlain(DateOnly date, out TimeSpan offset)
    {
        offset = TimeSpan.Zero;
        if (date.DayNumber <= DateOnly.MinValue.DayNumber + 1 || date.DayNumber >= DateOnly.MaxValue.DayNumber - 2)
        {
            return false;
        }

        var midnight = date.ToDateTime(TimeOnly.MinValue);
        offset = _zone.GetUtcOffset(midnight);
        for (var quarter = -QuartersAround; quarter <= QuartersOfDay + QuartersAround; quarter++)
        {
            var wall = midnight.AddMinutes(15 * quarter);
            if (_zone.GetUtcOffset(wall) != offset || _zone.IsAmbiguousTime(wall) || _zone.IsInvalidTime(wall))
            {
                return false;
            }
        }

        return true;
    }

    private int CutOverOn(DateOnly date)
    {
        var cutOver = _rules.Length == 0 ? 0 : _rules[0].CutOver;
        foreach (var rule in _rules)
        {
            if (rule.ValidFrom <= date)
            {
                cutOver = rule.CutOver;
            }
        }

        return cutOver;
    }
}
