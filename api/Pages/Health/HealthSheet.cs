using RetailInsight.Api.Health;
using RetailInsight.Api.Pages.Sheets;
using RetailInsight.Core.Canon;

namespace RetailInsight.Api.Pages.Health;

/// <summary>The page of data health as files.</summary>
internal static class HealthSheet
{
    public static IReadOnlyList<SheetTable> Tables(PageRequest request, HealthModel model) =>
        [Days(request, model), .. request.Store is null ? [] : (SheetTable[])[Registers(request, model)], new DeclaredTable(request, model).Sheet(), Changes(request, model)];

    private static SheetTable Days(PageRequest request, HealthModel model) => SheetTable.Of("days", HealthWording.Of(request.Words).Grid, model.Days,
    [
        new("business_date", day => day.Date), new("store", day => day.Store), new("store_name", day => Name(request, day.Store)), new("state", day => day.State.ToString()),
        new("registers_expected", day => day.RegistersExpected), new("registers_reported", day => day.RegistersReported), new("receipts", day => day.Receipts),
        new("missing_numbers", day => day.MissingNumbers), new("late_receipts", day => day.LateReceipts), new("counter_coverage", day => FigureColumns.Round(day.Coverage, 4)),
        new("last_at", day => SheetCell.At(day.LastAt, request.TimeZone)), new("last_received_at", day => SheetCell.At(day.LastReceivedAt, request.TimeZone)),
    ]);

    private static SheetTable Registers(PageRequest request, HealthModel model) => SheetTable.Of("registers", HealthWording.Of(request.Words).Registers, model.Registers,
    [
        new("business_date", _ => model.Date), new("store", _ => request.StoreCode), new("terminal", register => register.Terminal), new("receipts", register => register.Receipts),
        new("last_at", register => SheetCell.At(register.LastAt, request.TimeZone)), new("last_received_at", register => SheetCell.At(register.LastReceivedAt, request.TimeZone)),
        new("first_number", register => register.FirstNumber), new("last_number", register => register.LastNumber), new("missing_numbers", register => register.MissingNumbers),
    ]);

    private static SheetTable Changes(PageRequest request, HealthModel model) => SheetTable.Of("changes", request.Words.Changes, model.Changes,
    [
        new("changed_at", change => SheetCell.At(change.ChangedAt, request.TimeZone)), new("store", change => change.Store), new("store_name", change => Name(request, change.Store)),
        new("business_date", change => change.Date), new("net_was", change => Amount(change.NetWas)), new("net_is", change => Amount(change.NetIs)),
        new("receipts_was", change => change.ReceiptsWas), new("receipts_is", change => change.ReceiptsIs), new("reason", change => change.Reason),
    ]);

    private static decimal? Amount(long? micros) => micros is { } known ? Money.ToDecimal(known) : null;

    private static string Name(PageRequest request, string code) => request.Stores.FirstOrDefault(store => store.Code == code)?.Name ?? code;
}
