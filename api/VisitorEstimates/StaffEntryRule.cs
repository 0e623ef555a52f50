using System.ComponentModel;
using System.Globalization;
using RetailInsight.Api.Devices;
using RetailInsight.Api.Problems;

namespace RetailInsight.Api.VisitorEstimates;

/// <summary>How often staff of a store cross its doors inwards on a trading day.</summary>
internal sealed record StaffEntryRule(
    string Store,
    [property: Description("First business date.")] DateOnly ValidFrom,
    [property: Description("Last business date; null while it still holds.")] DateOnly? ValidTo,
    [property: Description("Entries of staff on a day, on average.")] int PerDay,
    [property: Description("At least so many, on 19 days of 20.")] int AtLeast,
    [property: Description("At most so many.")] int AtMost)
{
    /// <summary>Entries a rule may have.</summary>
    public const int Most = 100_000;

    private const int MostRules = 200;

    /// <summary>Whether it holds on a business date.</summary>
    public bool Holds(DateOnly date) => ValidFrom <= date && (ValidTo is null || date <= ValidTo);

    /// <summary>What stands for the rules of a store as they were read.</summary>
    public static string Version(IReadOnlyList<StaffEntryRule> rules) =>
        string.Join(';', rules.Select(rule => string.Create(CultureInfo.InvariantCulture, $"{rule.ValidFrom:yyyyMMdd},{rule.ValidTo:yyyyMMdd},{rule.PerDay},{rule.AtLeast},{rule.AtMost}")));

    /// <summary>What is wrong with the rules of a store; each fault names the row and the member.</summary>
    public static List<ParameterFault> Faults(IReadOnlyList<StaffEntryRequest> rules)
    {
        if (rules.Count > MostRules)
        {
            return [new("rules", $"has at most {MostRules} rows.")];
        }

        var faults = new List<ParameterFault>();
        foreach (var (at, rule) in rules.Index())
        {
            if (rule.ValidFrom.Year is < 1900 or > 9998 || rule.ValidTo < rule.ValidFrom || rule.ValidTo?.Year > 9998)
            {
                faults.Add(new($"rules[{at}].valid_to", "is not before valid_from, and both lie in 1900 to 9998."));
            }

            if (rule.AtLeast < 0 || rule.AtLeast > rule.PerDay || rule.PerDay > rule.AtMost || rule.AtMost > Most)
            {
                faults.Add(new($"rules[{at}].per_day", $"lies between at_least, from 0, and at_most, up to {Most}."));
            }
        }

        faults.AddRange(DeviceMapping.Overlaps(rules.Select(rule => ("", rule.ValidFrom, rule.ValidTo)))
            .Select(one => new ParameterFault($"rules[{one.Row}].valid_from", $"overlaps rules[{one.With}]: end that one the day before.")));
        return faults;
    }
}

/// <summary>A rule as it is to be.</summary>
internal sealed record StaffEntryRequest(
    [property: Description("First business date.")] DateOnly ValidFrom,
    [property: Description("Entries of staff on a day, on average.")] int PerDay,
    [property: Description("At least so many, on 19 days of 20.")] int AtLeast,
    [property: Description("At most so many, up to 100000.")] int AtMost,
    [property: Description("Last business date; null while it still holds.")] DateOnly? ValidTo = null);

/// <summary>Every rule of a store.</summary>
internal sealed record StaffEntriesRequest(List<StaffEntryRequest> Rules);

/// <summary>The rules of a store, the oldest first.</summary>
internal sealed record StaffEntryList(string Store, IReadOnlyList<StaffEntryRule> Rules);
