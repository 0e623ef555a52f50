using RetailInsight.Api.Audit;
using RetailInsight.Dags.Engine;

namespace RetailInsight.Api.Pages.Operations;

/// <summary>What somebody chose in the form of a run.</summary>
internal static class PlanChoice
{
    /// <summary>Characters.</summary>
    public const int LongestReason = 300;

    /// <summary>What can be done, as the form names it.</summary>
    public static IReadOnlyList<string> Names { get; } = ["clear", "success", "failed", "cancel"];

    /// <summary>The choice; null when the form says something it does not offer.</summary>
    public static PlanSelection? Read(IFormCollection form)
    {
        var tasks = form["task"].OfType<string>().Select(AuditEntry.Storable).Distinct().ToList();
        var failed = form["only_failed"] == "yes";
        return form["do"].ToString() switch
        {
            "clear" => new PlanSelection(PlanKind.Clear, tasks, Downstream: form["downstream"] == "yes", OnlyFailed: failed),
            "success" => new PlanSelection(PlanKind.Mark, tasks, OnlyFailed: failed, As: "success"),
            "failed" => new PlanSelection(PlanKind.Mark, tasks, OnlyFailed: failed, As: "failed"),
            "cancel" => new PlanSelection(PlanKind.Cancel, tasks, OnlyFailed: failed),
            _ => null,
        };
    }

    /// <summary>Its place among <see cref="Names"/>.</summary>
    public static int IndexOf(PlanSelection selection) => selection.Kind switch
    {
        PlanKind.Clear => 0,
        PlanKind.Mark => selection.As == "success" ? 1 : 2,
        _ => 3,
    };

    /// <summary>Why, as it can be kept.</summary>
    public static string Reason(string? text)
    {
        var kept = AuditEntry.Storable((text ?? "").Trim());
        return kept.Length <= LongestReason ? kept : kept[..LongestReason];
    }
}
