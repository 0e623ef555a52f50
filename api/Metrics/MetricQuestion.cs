using Npgsql;
using RetailInsight.Api.Exports;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Tenancy;
using RetailInsight.Core.Ports;

namespace RetailInsight.Api.Metrics;

/// <summary>
/// Takes a question to its answer: checks it, holds it to the person's stores and to what one answer may cost, and writes it in the form asked for.
/// </summary>
internal sealed class MetricQuestion(TenantScope scope, StoreRoster rosters, MetricCursor cursors, IParquetWriter parquet, TimeProvider clock)
{
    /// <summary>Answers, or says what is wrong.</summary>
    public async Task<IResult> AnswerAsync(HttpContext context, SessionUser user, MetricQueryBody body, QueryParameters parameters, CancellationToken cancellationToken)
    {
        var form = AnswerForm.Read(context, parameters);
        var query = new MetricQueryReader(parameters.Faults).Read(body);
        if (parameters.Problem is { } problem)
        {
            return problem;
        }

        var (plan, impossible) = MetricPlan.Of(query!);
        if (plan is null)
        {
            return MetricProblem.Impossible(query!, impossible);
        }

        try
        {
            return await scope.ReadAsync(user.Tenant, (read, token) => AnswerAsync(context, user, read, plan, form!, token), cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.QueryCanceled && !cancellationToken.IsCancellationRequested)
        {
            return MetricProblem.TooExpensive(query!, MetricPlan.MaxScanned + 1, MetricPlan.MaxCells + 1);
        }
    }

    private async Task<IResult> AnswerAsync(
        HttpContext context, SessionUser user, TenantRead read, MetricPlan plan, AnswerForm form, CancellationToken cancellationToken)
    {
        var roster = await rosters.OfAsync(read, cancellationToken);
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(clock.GetUtcNow(), roster.Zone).DateTime);
        plan = plan with { Query = plan.Query.In(roster.Calendar, today) };
        var query = plan.Query;
        var (stores, unknown) = Stores(query, roster, user);
        if (unknown is not null)
        {
            return ApiProblem.StoreUnknown(unknown);
        }

        var (scanned, cells) = plan.Cost(stores.Count);
        if (scanned > MetricPlan.MaxScanned || cells > MetricPlan.MaxCells)
        {
            return MetricProblem.TooExpensive(query, scanned, cells);
        }

        var language = MetricLanguage.Of(context, user);
        if (HttpMethods.IsGet(context.Request.Method)
            && EntityTag.IsCurrent(context, user, $"{read.DataVersion}/{roster.Fingerprint}/{today.DayNumber}/{MetricCatalogue.Version}/{form.Name}/{language}", "Accept, Accept-Language"))
        {
            return Results.StatusCode(StatusCodes.Status304NotModified);
        }

        var askedTo = query.To;
        plan = await read.AlikeAsync(plan, stores, roster.Zone, today, cancellationToken);
        query = plan.Query;
        var first = 0;
        if (query.Cursor is { } cursor)
        {
            var (next, outdated) = cursors.Open(cursor, query, user, read.DataVersion);
            if (next is null || outdated)
            {
                return outdated ? MetricProblem.CursorOutdated() : ApiProblem.Parameters([new("cursor", "must be a next_cursor as it was given to you for this question.")]);
            }

            first = next.Value;
        }

        var filtered = user.Stores is not null || query.Filters.Any(filter => filter.Dimension == "store");
        var result = await read.AnswerAsync(
            plan, filtered ? [.. stores.Select(store => store.Code)] : null, ExpectedStoreDays.Of(query, stores, today), registers: true, cancellationToken);
        return result is null ? MetricProblem.TooExpensive(query, scanned, MetricPlan.MaxCells + 1) : await form.WriteAsync(context, query, result, parquet, View, cancellationToken);

        MetricAnswer View()
        {
            var end = Math.Min(first + query.Limit, result.Rows.Count);
            return new MetricAnswer(
                read.DataVersion, query.From, askedTo, MetricQueryReader.Name(query.Compare), query.Compared?.First, query.Compared?.Last, query.To, query.Cut?.Hour,
                [.. query.Metrics.Select(metric => MetricColumn.Of(metric, language))],
                [.. result.Rows.Skip(first).Take(query.Limit).Select(row => MetricRowView.Of(row, query))], result.State,
                end < result.Rows.Count ? cursors.Seal(end, query, user, read.DataVersion) : null);
        }
    }

    // A store of another tenant, of another manager and one that does not exist are all the same to the caller.
    private static (IReadOnlyList<RosterStore> Stores, string? Unknown) Stores(MetricQuery query, Roster roster, SessionUser user)
    {
        RosterStore? Visible(string code) => user.MaySee(code) ? roster.Find(code) : null;
        var filters = query.Filters.Where(filter => filter.Dimension == "store").ToList();
        if (filters.SelectMany(filter => filter.Values).FirstOrDefault(code => Visible(code) is null) is { } unknown)
        {
            return ([], unknown);
        }

        if (filters is [{ Exclude: false } only])
        {
            return ([.. only.Values.Distinct().Select(Visible).OfType<RosterStore>()], null);
        }

        return user.Stores is null && filters.Count == 0
            ? (roster.Stores, null)
            : ([.. roster.Stores.Where(store => user.MaySee(store.Code) && filters.TrueForAll(filter => filter.Values.Contains(store.Code) != filter.Exclude))], null);
    }
}
