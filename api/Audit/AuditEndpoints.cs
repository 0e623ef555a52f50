using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using RetailInsight.Api.Access;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Tenancy;

namespace RetailInsight.Api.Audit;

/// <summary><c>/v1/audit</c>: who did what in the own tenant, and whether the record is whole.</summary>
internal static class AuditEndpoints
{
    public static void MapAudit(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/audit").WithTags("Audit").RequireAuthorization(Permissions.Audit)
            .ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(500);
        group.MapGet("", ListAsync).WithName("listAudit").WithSummary("Who did what, newest first.").Produces<AuditViews>();
        group.MapGet("/verification", VerifyAsync).WithName("verifyAudit")
            .WithSummary("Recomputes the chain of hashes and names the first entry that was changed, removed or moved.").Produces<AuditVerification>();
    }

    private static Task<IResult> ListAsync(
        HttpContext context, SessionUser user, TenantScope scope, CancellationToken cancellationToken,
        [Description("First day, YYYY-MM-DD, UTC.")] string? since = null,
        [Description("Last day, YYYY-MM-DD, UTC.")] string? until = null,
        [Description("Exactly this actor.")] string? actor = null,
        [Description("Exactly this action, such as user.create, or every action of a thing: user.")] string? action = null,
        [Description("The next_cursor of the page before.")] string? cursor = null,
        [Description("Items a page, 1 to 1000; default 100.")] string? limit = null)
    {
        var query = new QueryParameters(context, nameof(since), nameof(until), nameof(actor), nameof(action), nameof(cursor), nameof(limit));
        var (first, last, size) = (query.Date(nameof(since)), query.Date(nameof(until)), query.Limit());
        var (who, what) = (query.Text(nameof(actor)), query.Text(nameof(action)));
        var before = long.MaxValue;
        if (query.Text(nameof(cursor)) is { } place && !(long.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out before) && before > 0))
        {
            query.Fault(nameof(cursor), "must be a next_cursor as it was given.");
        }

        if (query.Problem is { } problem)
        {
            return Task.FromResult(problem);
        }

        return scope.ReadAsync(user.Tenant, async (read, token) =>
        {
            var items = await read.ListAsync(
                """
                SELECT seq, at, actor, action, object, outcome, address, detail::text, hash FROM audit.entry
                WHERE tenant = @tenant AND seq < @before AND (@since IS NULL OR at >= @since) AND (@until IS NULL OR at < @until)
                  AND (@actor IS NULL OR actor = @actor) AND (@action IS NULL OR action = @action OR starts_with(action, @action || '.'))
                ORDER BY seq DESC LIMIT @limit
                """,
                View,
                token,
                new("before", before), new("limit", size + 1), Day("since", first, 0), Day("until", last, 1), Text("actor", who), Text("action", what));
            var page = items.Take(size).ToList();
            return Results.Ok(new AuditViews(page, items.Count > size ? page[^1].Seq.ToString(CultureInfo.InvariantCulture) : null));
        }, cancellationToken);
    }

    private static async Task<IResult> VerifyAsync(
        HttpContext context, SessionUser user, ChainCheck check, CancellationToken cancellationToken,
        [Description("Number of an entry noted before, as SEQ:HASH of the tenant's chain: shows also that nobody rewrote the chain whole.")] string? anchor = null)
    {
        var query = new QueryParameters(context, nameof(anchor));
        (long, string)? noted = null;
        if (query.Text(nameof(anchor)) is { } text)
        {
            if (text.Split(':') is [var number, { Length: 64 } hash] && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var seq) && hash.All(char.IsAsciiHexDigit))
            {
                noted = (seq, hash);
            }
            else
            {
                query.Fault(nameof(anchor), "is the number of an entry, a colon and its hash in 64 hex digits.");
            }
        }

        if (query.Problem is { } problem)
        {
            return problem;
        }

        var own = await check.CheckAsync(user.Tenant, noted, cancellationToken);
        var platform = await check.CheckAsync("", null, cancellationToken);
        return TypedResults.Ok(new AuditVerification(own.Intact && platform.Intact, [own, platform]));
    }

    private static AuditView View(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetFieldValue<DateTimeOffset>(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5), row.GetString(6),
        JsonSerializer.Deserialize<JsonElement>(row.GetString(7)), Convert.ToHexStringLower(row.GetFieldValue<byte[]>(8)));

    private static NpgsqlParameter Text(string name, string? value) => new(name, NpgsqlDbType.Text) { Value = (object?)value ?? DBNull.Value };

    private static NpgsqlParameter Day(string name, DateOnly? date, int later) => new(name, NpgsqlDbType.TimestampTz)
    {
        Value = date is { } day && day.DayNumber + later <= DateOnly.MaxValue.DayNumber ? new DateTimeOffset(day.AddDays(later), TimeOnly.MinValue, TimeSpan.Zero) : DBNull.Value,
    };
}
