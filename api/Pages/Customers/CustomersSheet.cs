using RetailInsight.Api.Customers;
using RetailInsight.Api.Pages.Sheets;
using RetailInsight.Core.Canon;

namespace RetailInsight.Api.Pages.Customers;

/// <summary>The page of customers as a file; a segment too small to be shown has no figures here either.</summary>
internal static class CustomersSheet
{
    public static IReadOnlyList<SheetTable> Tables(PageRequest request, CustomersModel model)
    {
        var words = CustomersWording.Of(request.Words);
        return [SheetTable.Of<SegmentFigures>("segments", words.Segments, model.Segments,
        [
            new("business_date", _ => model.AsOf), new("store", _ => request.StoreCode), new("store_name", _ => request.StoreName), new("currency", _ => model.Currency),
            new("segment", row => words.Names[(int)row.Segment]), new("customers", row => row.Customers), new("receipts", row => row.Receipts),
            new("net_sales", row => row.Net is { } net ? Money.ToDecimal(net) : (decimal?)null), new("identified_share", _ => model.Identified),
        ])];
    }
}
