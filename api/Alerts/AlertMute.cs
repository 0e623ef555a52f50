using System.ComponentModel;
using System.Globalization;
using RetailInsight.Api.Problems;

namespace RetailInsight.Api.Alerts;

/// <summary>That a rule sends nothing for a time. What it finds stands on the page all the same.</summary>
/// <param name="Until">Last day, as the company's clock has it.</param>
/// <param name="To">The moment that day ends.</param>
/// <param name="By">Login of who muted it.</param>
/// <param name="Reason">Why.</param>
internal sealed record AlertMute(DateOnly Until, DateTimeOffset To, string By, string Reason)
{
    /// <summary>The longest time: a rule nobody wants to hear of any more is stopped.</summary>
    public const int MostDays = 92;

    /// <summary>Characters of a reason.</summary>
    public const int LongestReason = 200;

    /// <summary>The mute as it was asked for, or null with what is wrong in <paramref name="faults"/>.</summary>
    /// <param name="request">As written.</param>
    /// <param name="login">Who asks.</param>
    /// <param name="now">The moment.</param>
    /// <param name="zone">The company's time zone.</param>
    /// <param name="faults">What is wrong.</param>
    public static AlertMute? Read(AlertMuteRequest request, string login, DateTimeOffset now, TimeZoneInfo zone, List<ParameterFault> faults)
    {
        var (reason, today) = (request.Reason.Trim(), Today(now, zone));
        if (reason.Length is 0 or > LongestReason || !AlertRuleReader.IsText(reason))
        {
            faults.Add(new("reason", $"has 1 to {LongestReason} characters and no control characters."));
        }

        if (!DateOnly.TryParseExact(request.Until, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var until) || until < today || until.DayNumber - today.DayNumber > MostDays)
        {
            faults.Add(new("until", $"is a date as YYYY-MM-DD, from today to {MostDays} days from now."));
        }

        if (faults.Count > 0)
        {
            return null;
        }

        // Where the clock springs forward at midnight the day begins an hour later, and that hour belongs to no day.
        var midnight = until.AddDays(1).ToDateTime(TimeOnly.MinValue);
        return new AlertMute(until, new DateTimeOffset(midnight, zone.GetUtcOffset(midnight)), login, reason);
    }

    /// <summary>The company's date.</summary>
    public static DateOnly Today(DateTimeOffset now, TimeZoneInfo zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime);
}

/// <summary>For how long a rule is to be muted, and why.</summary>
internal sealed record AlertMuteRequest(
    [property: Description("Last day, YYYY-MM-DD, at most 92 days from now.")] string Until,
    [property: Description("1 to 200 characters, seen by whoever sees the rule.")] string Reason);
