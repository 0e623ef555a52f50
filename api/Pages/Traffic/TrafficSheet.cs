using RetailInsight.Api.Pages.Sheets;

namespace RetailInsight.Api.Pages.Traffic;

/// <summary>The page of traffic as a file.</summary>
internal static class TrafficSheet
{
    public static IReadOnlyList<SheetTable> Tables(PageRequest request, TrafficModel model) =>
    [
        SheetTable.Of("hours", TrafficWording.Of(request.Words).Title, model.Cells.OrderBy(cell => Monday(cell.Key.Weekday)).ThenBy(cell => cell.Key.Hour),
        [
            new("from", _ => model.From), new("to", _ => model.To), new("store", _ => request.StoreCode), new("store_name", _ => request.StoreName),
            new("weekday", cell => Monday(cell.Key.Weekday)), new("hour", cell => cell.Key.Hour), new("days", cell => cell.Value.Days), new("currency", _ => model.Currency),
            new("visitors_per_day", cell => FigureColumns.Round(cell.Value.Visitors, 2)),
            new("planned_hours", cell => FigureColumns.Round(cell.Value.Planned, 2)), new("worked_hours", cell => FigureColumns.Round(cell.Value.Worked, 2)),
            new("visitors_per_staff_hour", cell => FigureColumns.Round(cell.Value.VisitorsPerStaffHour, 2)), .. FigureColumns.Of<KeyValuePair<(DayOfWeek Weekday, int Hour), TrafficCell>>(cell => cell.Value.Figures),
        ]),
        SheetTable.Of("estimates", TrafficWording.Of(request.Words).Estimate, model.EstimatedDays,
        [
            new("business_date", day => day.Date), new("store", _ => request.StoreCode), new("store_name", _ => request.StoreName), new("counted", day => day.Estimate.Counted),
            new("estimated_customers", day => day.Estimate.Customers), new("at_least", day => day.Estimate.SaysMore ? day.Estimate.AtLeast : default(long?)), new("at_most", day => day.Estimate.SaysMore ? day.Estimate.AtMost : default(long?)),
            new("staff_by_devices", day => day.Estimate.StaffByDevices), new("staff_by_rule", day => day.Estimate.StaffByRule), new("calibrated_share", day => day.Estimate.CalibratedShare),
        ]),
    ];

    private static int Monday(DayOfWeek weekday) => weekday == DayOfWeek.Sunday ? 7 : (int)weekday;
}
