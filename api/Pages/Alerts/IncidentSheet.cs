using RetailInsight.Api.Alerts;
using RetailInsight.Api.Metrics;
using RetailInsight.Api.Pages.Sheets;

namespace RetailInsight.Api.Pages.Alerts;

/// <summary>What rules found, as a file.</summary>
internal static class IncidentSheet
{
    private static readonly string[] Whys = ["corrected", "recovered", "complete", "rule"];

    /// <summary>The table.</summary>
    public static SheetTable Of(PageRequest request, IReadOnlyList<Incident> incidents)
    {
        var words = AlertsWording.Of(request.Words.Language);
        return SheetTable.Of("incidents", words.Title, incidents,
        [
            new("business_date", one => one.Date), new("store", one => one.Store), new("store_name", one => request.Stores.FirstOrDefault(store => store.Code == one.Store)?.Name ?? ""),
            new("device", one => one.Subject), new("rule", one => one.Rule.Name), new("metric", one => AlertTest.MetricOf(one.Rule.Test.Metric).Name.In(request.Words.Language)), new("currency", one => one.Currency),
            new("alert_state", one => one.State), new("figure_told", one => one.FigureOpened), new("figure", one => one.Figure), new("reference", one => one.Reference),
            new("opened_at", one => SheetCell.At(one.OpenedAt, request.TimeZone)), new("acknowledged_by", one => one.AcknowledgedBy), new("acknowledged_at", one => SheetCell.At(one.AcknowledgedAt, request.TimeZone)),
            new("note", one => one.Note), new("closed_at", one => SheetCell.At(one.ClosedAt, request.TimeZone)),
            new("closed_why", one => one.ClosedWhy is { } why ? words.ClosedWhy[Math.Max(0, Array.IndexOf(Whys, why))] : ""),
        ]);
    }
}
