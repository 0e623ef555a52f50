using System.Globalization;
using System.Text;
using RetailInsight.Gateway.Feeds;
using RetailInsight.Gateway.Problems;

namespace RetailInsight.Gateway.Reconciliation;

/// <summary><c>GET /v1/reconciliation/store-days</c>: the ledger by store-day, and what vendors declared beside it.</summary>
internal sealed class StoreDayEndpoint(StoreDayQueries queries, DeclarationComparison comparison)
{
    private const int MostDays = 200;
    private const int DefaultDays = 50;

    /// <summary>A page of store-days between two business dates, both inclusive.</summary>
    public async Task<IResult> ListAsync(string? feed, string? store, DateOnly? from, DateOnly? to, string? cursor, int? limit, HttpContext context)
    {
        var caller = Caller.Of(context);
        if (limit is < 1 or > MostDays)
        {
            throw new BadHttpRequestException(string.Create(CultureInfo.InvariantCulture, $"limit is {limit}; it must be between 1 and {MostDays}."));
        }

        if (from > to)
        {
            throw new BadHttpRequestException("from is after to; state the first day in from and the last in to.");
        }

        var scope = new StoreDayScope(caller.Tenant, caller.Within(feed), caller.Stores, string.IsNullOrEmpty(store) ? null : store, from ?? DateOnly.MinValue, to ?? DateOnly.MaxValue);
        var after = After(cursor);
        var size = limit ?? DefaultDays;
        var days = await queries.DaysAsync(scope, after, size + 1, context.RequestAborted);
        var shown = days.Take(size).ToList();
        var unassigned = after is null ? await queries.UnassignedAsync(scope, context.RequestAborted) : [];
        var next = days.Count > size ? Cursor(shown[^1]) : null;
        return TypedResults.Json(new StoreDayPage(await DaysAsync(scope, shown, context.RequestAborted), unassigned, next), GatewayJson.Plain.StoreDayPage);
    }

    /// <summary>One store-day with the payloads it came in.</summary>
    public async Task<IResult> ShowAsync(string store, DateOnly businessDate, string? feed, HttpContext context)
    {
        var caller = Caller.Of(context);
        var scope = new StoreDayScope(caller.Tenant, caller.Within(feed), caller.Stores, store, businessDate, businessDate);
        var days = await queries.DaysAsync(scope, null, 1, context.RequestAborted);
        if (days.Count == 0)
        {
            return Problem.Of(StatusCodes.Status404NotFound, "store_day_unknown", "Nothing of that store-day", "No row of that store and business date has come, of no feed the key opens.");
        }

        var found = (await DaysAsync(scope, days, context.RequestAborted))[0];
        var (payloads, truncated) = await queries.PayloadsAsync(scope, context.RequestAborted);
        return TypedResults.Json(found with { Payloads = payloads, PayloadsTruncated = truncated }, GatewayJson.Plain.StoreDay);
    }

    private async Task<List<StoreDay>> DaysAsync(StoreDayScope scope, IReadOnlyList<(string Store, DateOnly Date)> days, CancellationToken cancellationToken)
    {
        var feeds = await queries.FeedsAsync(scope, days, cancellationToken);
        var compared = await comparison.CompareAsync(scope.Tenant, scope.Feeds, days, cancellationToken);
        return [.. days.Select(day =>
        {
            var declared = compared[day].ToList();
            var status = declared.Count == 0 ? "undeclared" : declared.Exists(one => one.Status != "matched") ? "difference" : "matched";
            return new StoreDay(day.Store, day.Date, status, feeds.GetValueOrDefault(day) ?? [], declared);
        })];
    }

    private static string Cursor((string Store, DateOnly Date) last) =>
        Convert.ToHexStringLower(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{last.Date:yyyyMMdd}{last.Store}")));

    private static (DateOnly Date, string Store)? After(string? cursor)
    {
        if (string.IsNullOrEmpty(cursor))
        {
            return null;
        }

        const int DateLength = 8;
        var bytes = new byte[cursor.Length / 2];
        if (cursor.Length <= 2 * 1_024 && Convert.FromHexString(cursor, bytes, out _, out var written) == System.Buffers.OperationStatus.Done
            && Encoding.UTF8.GetString(bytes, 0, written) is { Length: > DateLength } text && !text.Contains('\0', StringComparison.Ordinal)
            && DateOnly.TryParseExact(text[..DateLength], "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            return (date, text[DateLength..]);
        }

        throw new BadHttpRequestException("cursor is not one that a page of this list gave; leave it out for the first page.");
    }
}
