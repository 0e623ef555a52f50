using Npgsql;
using RetailInsight.Api.Audit;
using RetailInsight.Api.Exports;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Tenancy;
using RetailInsight.Core.Ports;

namespace RetailInsight.Api.Metrics;

/// <summary>
/// Takes a question to its answer: checks it, holds it to the person's stores and to what one answer may cost, and writes it in the form asked for.
/// </summary>
internal sealed class MetricQuestion(TenantScope scope, StoreRoster rosters, MetricCursor cursors, IParquetWriter parquet, AuditLog audit, TimeProvider clock)
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

        if (MetricPlan.WithoutTarget(query!) is { Count: > 0 } aimless)
        {
            return MetricProblem.TargetMissing(query!, aimless);
        }

        try
        {
            // Whoever holds an answer may be told that it still stands, and a page that follows another must be of its version: both are seen to before
            // rows are read, and so is how far a running day has come. Any other question is one journey to the database.
            var isFollowing = context.Request.Headers.IfNoneMatch.Count > 0 || plan.Query.Cursor is not null;
            if (!isFollowing && rosters.Kept(user.Tenant) is { } roster)
            {
                var (asked, refused) = Prepare(new Question(context, user, roster, plan, form!));
                if (asked is null || !RunningComparison.MayConcern(asked.Plan.Query, asked.Today))
                {
                    return asked is null ? refused! : await AskAsync(asked, cancellationToken);
                }
            }

            return await scope.ReadAsync(
                user.Tenant,
                async (read, token) => await ReadAsync(new Question(context, user, await rosters.OfAsync(read, token), plan, form!), read, token),
                cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.QueryCanceled && !cancellationToken.IsCancellationRequested)
        {
            return MetricProblem.TooExpensive(query!, MetricPlan.MaxScanned + 1, MetricPlan.MaxCells + 1);
        }
    }

    private async Task<IResult> AskAsync(Prepared asked, CancellationToken cancellationToken)
    {
        var version = 0L;
        var result = await MetricReads.AnswerAsync(
            async (statements, token) =>
            {
                (version, var rows) = await scope.AskAsync(asked.User.Tenant, statements, token);
                return rows;
            },
            asked.Plan, asked.Codes, asked.Expected, registers: true, cancellationToken);
        _ = IsCurrent(asked, version);
        return await WriteAsync(asked, result, 0, version, cancellationToken);
    }

    private async Task<IResult> ReadAsync(Question question, TenantRead read, CancellationToken cancellationToken)
    {
        var (asked, problem) = Prepare(question);
        if (asked is null)
        {
            return problem!;
        }

        if (IsCurrent(asked, read.DataVersion))
        {
            return Results.StatusCode(StatusCodes.Status304NotModified);
        }

        var plan = await read.AlikeAsync(asked.Plan, asked.Stores, question.Roster.Zone, asked.Today, cancellationToken);
        asked = asked with { Plan = plan, Expected = ExpectedStoreDays.Of(plan.Query, asked.Stores, asked.Today) };
        var first = 0;
        if (plan.Query.Cursor is { } cursor)
        {
            var (next, outdated) = cursors.Open(cursor, plan.Query.Canonical, question.User, read.DataVersion);
            if (next is null || outdated)
            {
                return outdated ? MetricProblem.CursorOutdated() : ApiProblem.Parameters([new("cursor", "must be a next_cursor as it was given to you for this question.")]);
            }

            first = next.Value;
        }

        var result = await MetricReads.AnswerAsync(read.ListAllAsync, plan, asked.Codes, asked.Expected, registers: true, cancellationToken);
        return await WriteAsync(asked, result, first, read.DataVersion, cancellationToken);
    }

    // Everything that can be said of a question without its rows.
    private (Prepared? Asked, IResult? Problem) Prepare(Question question)
    {
        var (context, user, roster, plan, form) = question;
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(clock.GetUtcNow(), roster.Zone).DateTime);
        plan = plan with { Query = plan.Query.In(roster.Calendar, today) };
        var query = plan.Query;
        var (stores, unknown) = Stores(query, roster, user);
        if (unknown is not null)
        {
            return (null, ApiProblem.StoreUnknown(unknown));
        }

        var (scanned, cells) = plan.Cost(stores.Count);
        if (scanned > MetricPlan.MaxScanned || cells > MetricPlan.MaxCells)
        {
            return (null, MetricProblem.TooExpensive(query, scanned, cells));
        }

        var filtered = user.Stores is not null || query.Filters.Any(filter => filter.Dimension == "store");
        return (new Prepared(
            context, user, plan, form, MetricLanguage.Of(context, user), $"{roster.Fingerprint}/{today.DayNumber}", stores, filtered ? [.. stores.Select(store => store.Code)] : null,
            ExpectedStoreDays.Of(query, stores, today), today, query.To, scanned), null);
    }

    private static bool IsCurrent(Prepared asked, long version) => HttpMethods.IsGet(asked.Context.Request.Method)
        && EntityTag.IsCurrent(
            asked.Context, asked.User, $"{version}/{asked.Surroundings}/{MetricCatalogue.Version}/{asked.Form.Name}/{asked.Language}", "Accept, Accept-Language");

    private async Task<IResult> WriteAsync(Prepared asked, MetricResult? result, int first, long version, CancellationToken cancellationToken)
    {
        var query = asked.Plan.Query;
        if (result is null)
        {
            return MetricProblem.TooExpensive(query, asked.Scanned, MetricPlan.MaxCells + 1);
        }

        var answer = await asked.Form.WriteAsync(asked.Context, query, result, parquet, View, cancellationToken);
        if (asked.Form.IsFile)
        {
            var question = new
            {
                Metrics = query.Metrics.Select(metric => metric.Id),
                query.Dimensions,
                query.From,
                query.To,
                Compare = MetricQueryReader.Name(query.Compare),
                Stores = FetchedFile.Shown(asked.Codes),
            };
            await audit.WriteFetchedAsync(asked.Context, asked.User, question, asked.Form.Name, result.Rows.Count, version, cancellationToken);
        }

        return answer;

        MetricAnswer View()
        {
            var end = Math.Min(first + query.Limit, result.Rows.Count);
            return new MetricAnswer(
                version, query.From, asked.AskedTo, MetricQueryReader.Name(query.Compare), query.Compared?.First, query.Compared?.Last, query.To, query.Cut?.Hour,
                [.. query.Metrics.Select(metric => MetricColumn.Of(metric, asked.Language))],
                [.. result.Rows.Skip(first).Take(query.Limit).Select(row => MetricRowView.Of(row, query))], result.State,
                end < result.Rows.Count ? cursors.Seal(end, query.Canonical, asked.User, version) : null);
        }
    }

    private sealed record Question(HttpContext Context, SessionUser User, Roster Roster, MetricPlan Plan, AnswerForm Form);

    // Surroundings: what else decides the answer beside its version. Codes: null for every store.
    private sealed record Prepared(
        HttpContext Context, SessionUser User, MetricPlan Plan, AnswerForm Form, string Language, string Surroundings, IReadOnlyList<RosterStore> Stores, string[]? Codes,
        ExpectedStoreDays Expected, DateOnly Today, DateOnly AskedTo, long Scanned);

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
