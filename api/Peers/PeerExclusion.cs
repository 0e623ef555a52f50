using System.ComponentModel;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Peers;

/// <summary>Why a store was compared with nobody.</summary>
internal sealed record PeerExclusion(
    [property: Description("opened_within, refurbished_within, closed, not_selling, too_few_days or currency_changed, of the eight weeks to as_of.")] string Reason,
    [property: Description("The opening, closing, first day of the refurbishment or of the currency, or last day with sales; null where trading days are too few.")] DateOnly? Since,
    [property: Description("Trading days in the eight weeks.")] int Days,
    [property: Description("The day as of which stores were compared.")] DateOnly AsOf)
{
    private const string Select = """
        SELECT reason, since, days, as_of FROM mart.store_exclusion WHERE tenant = @tenant AND store = @store
          AND as_of = (SELECT max(as_of) FROM (SELECT max(as_of) AS as_of FROM mart.store_profile WHERE tenant = @tenant AND as_of <= @day
            UNION ALL SELECT max(as_of) FROM mart.store_exclusion WHERE tenant = @tenant AND as_of <= @day) last)
        """;

    /// <summary>As stores were compared last, on a day or before it; null where the store was compared.</summary>
    public static async Task<PeerExclusion?> ReadAsync(TenantRead read, string store, DateOnly day, CancellationToken cancellationToken) => (await read.ListAsync(
        Select, row => new PeerExclusion(row.GetString(0), row.IsDBNull(1) ? null : row.GetFieldValue<DateOnly>(1), row.GetInt32(2), row.GetFieldValue<DateOnly>(3)), cancellationToken,
        new("store", store), new("day", day))).FirstOrDefault();
}
