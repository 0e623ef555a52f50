using System.Globalization;
using RetailInsight.Api.Mail;
using RetailInsight.Api.Metrics;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;

namespace RetailInsight.Api.Alerts;

/// <summary>Checks a rule as somebody wrote it, in JSON or a form, and says of each member what is wrong.</summary>
internal static class AlertRuleReader
{
    /// <summary>The most mail addresses of a rule.</summary>
    public const int MostRecipients = 10;

    /// <summary>Characters a name or a note about an alert may have.</summary>
    public const int LongestName = 100;

    private const int MostStores = 2_000;
    private const decimal LargestThreshold = 1_000_000_000_000m;
    private const decimal UsualCoverage = 90;

    /// <summary>The rule, or null with what is wrong in <paramref name="faults"/>.</summary>
    /// <param name="request">As it was written.</param>
    /// <param name="user">Who wants it; a rule never reaches beyond that person's stores.</param>
    /// <param name="visible">Codes of the stores the person may see.</param>
    /// <param name="outbox">Knows where mail may go.</param>
    /// <param name="faults">Collects.</param>
    public static AlertRuleDraft? Read(AlertRuleRequest request, SessionUser user, IReadOnlySet<string> visible, MailOutbox outbox, List<ParameterFault> faults)
    {
        if (request.Name.Trim().Length is 0 or > LongestName || !IsText(request.Name))
        {
            faults.Add(new("name", $"has 1 to {LongestName} characters and no control characters."));
        }

        var metric = AlertTest.Metrics.FirstOrDefault(one => one.Id == request.Metric);
        if (metric is null)
        {
            faults.Add(new("metric", $"must be one of {string.Join(", ", AlertTest.Metrics.Select(one => one.Id))}."));
        }

        if (DeviceMetrics.Fault(request) is { } fault)
        {
            faults.Add(new("metric", fault));
        }

        OneOf(request.Direction, "direction", AlertTest.Directions, faults);
        OneOf(request.Against, "against", AlertTest.References, faults);
        OneOf(request.Scope, "scope", ["chain", "personal"], faults);
        OneOf(request.Language ?? user.Language, "language", ["ja", "en"], faults);
        if (request.Against == AlertTest.Target && (!AlertTest.WithTarget.Contains(request.Metric) || request.UntilHour is not null))
        {
            faults.Add(new("against", $"target: only {string.Join(", ", AlertTest.WithTarget)} have one, and only for whole days."));
        }

        if (request.UntilHour is < 1 or > 48 || (request.UntilHour is { } hour && metric is not null && AlertTest.PlanOf([metric], default, default, hour, Comparison.None) is null))
        {
            faults.Add(new("until_hour", "is 1 to 48, and only for metrics that exist by hour."));
        }

        if (Number(request.Threshold) is not { } threshold || Math.Abs(threshold) > LargestThreshold || (request.Against != AlertTest.Value && threshold is <= 0 or > 1_000))
        {
            faults.Add(new("threshold", "is a decimal such as 20 or 150000.5 with at most six decimals; in percent, above 0 and at most 1000."));
            threshold = 0;
        }

        var coverage = metric is not null && AlertTest.NeedsCounter(metric) ? UsualCoverage : (decimal?)null;
        if (request.MinimumCoverage is { } written && (coverage = Number(written)) is not (>= 0 and <= 100))
        {
            faults.Add(new("minimum_coverage", "is a percentage from 0 to 100."));
        }

        var isOfDevices = metric is not null && DeviceMetrics.All.Contains(metric);
        var recipients = request.Recipients?.Where(address => address is not null).Select(address => address.Trim()).Distinct(StringComparer.OrdinalIgnoreCase).ToList() ?? [];
        var refused = recipients.Select(address => MailAddressRule.Refuse(address, outbox.RecipientDomains)).FirstOrDefault(fault => fault is not null);
        if (refused is not null || recipients.Count > MostRecipients || request.Recipients?.Contains(null!) == true)
        {
            faults.Add(new("recipients", refused ?? $"has at most {MostRecipients} addresses, and no null."));
        }

        // Without names a manager's rule is about the stores of today: should the person be given others, nobody expects mails of them.
        var stores = request.Stores is { Count: > 0 } named ? [.. named.Distinct()] : user.Stores?.Order(StringComparer.Ordinal).ToList();
        if (stores is { Count: > MostStores } || stores?.Any(code => code is null || (request.Stores is { Count: > 0 } && !visible.Contains(code))) == true)
        {
            faults.Add(new("stores", $"names stores you may see, at most {MostStores}."));
        }

        return faults.Count > 0 ? null : new AlertRuleDraft(
            request.Scope == "chain", request.Name.Trim(), new AlertTest(request.Metric, request.Direction, request.Against, threshold, request.UntilHour, request.RegistersComplete && !isOfDevices, isOfDevices ? null : coverage),
            stores, recipients, request.Language ?? user.Language, request.Active);
    }

    /// <summary>Whether a text can be stored and shown: no control character but line ends, no half of a character.</summary>
    public static bool IsText(string text) => text.EnumerateRunes().All(rune => rune != System.Text.Rune.ReplacementChar && (!System.Text.Rune.IsControl(rune) || rune.Value is '\n' or '\r'));

    private static void OneOf(string value, string name, IReadOnlyList<string> words, List<ParameterFault> faults)
    {
        if (!words.Contains(value))
        {
            faults.Add(new(name, $"must be one of {string.Join(", ", words)}."));
        }
    }

    private static decimal? Number(string text) =>
        decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number.Scale <= 6 ? number : null;
}
