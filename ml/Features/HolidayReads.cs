using Npgsql;

namespace RetailInsight.Ml.Features;

/// <summary>Reads the public holidays of a company's country: as its calendar says, else as its time zone suggests.</summary>
internal static class HolidayReads
{
    private const string Select = """
        SELECT h.day FROM tenancy.tenant t LEFT JOIN tenancy.tenant_calendar c ON c.tenant = t.tenant
        JOIN mart.holiday h ON h.country = coalesce(c.country, CASE WHEN t.time_zone IN ('Asia/Tokyo', 'Japan') THEN 'JP' END)
        WHERE t.tenant = $1 AND h.day BETWEEN $2 AND $3
        """;

    /// <summary>Those from one day to another, both included.</summary>
    public static async Task<IReadOnlySet<DateOnly>> OfAsync(NpgsqlDataSource database, string tenant, DateOnly from, DateOnly to, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Select);
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = from });
        command.Parameters.Add(new() { Value = to });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var days = new HashSet<DateOnly>();
        while (await row.ReadAsync(cancellationToken))
        {
            days.Add(row.GetFieldValue<DateOnly>(0));
        }

        return days;
    }
}
