using RetailInsight.Api.Audit;
using RetailInsight.Api.Exports;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Tenancy;
using RetailInsight.Core.Calendar;

namespace RetailInsight.Api.Metrics;

/// <summary>What answers of lists of figures have in common: pages of JSON or a CSV file with every row, and the state of the data beside them.</summary>
internal sealed class FigureAnswers(AuditLog audit, MetricCursor cursors, StoreRoster rosters, TimeProvider clock)
{
    /// <summary>Parameters of the form.</summary>
    public static readonly string[] Form = ["format", "encoding"];

    /// <summary>Parameters of the form, and of pages.</summary>
    public static readonly string[] FormAndPage = [.. Form, "limit", "cursor"];

    private DateOnly Today => DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);

    /// <summary>What decides an answer beside its question and its data: the form, and the day that expected store-days end with.</summary>
    public string Surroundings(AnswerForm? form) => $"{form?.Name}/{Today.DayNumber}";

    /// <summary>How much of the store-days of some stores has arrived, counted as for questions to the metrics.</summary>
    public async Task<DataState> StateAsync(TenantRead read, IReadOnlyCollection<string> stores, DateSpan span, CancellationToken cancellationToken) =>
        (await TotalAsync(read, "receipts", stores, span, cancellationToken)).State;

    /// <summary>One metric of the catalogue over stores and days, and how much of them has arrived.</summary>
    /// <param name="read">Where to read.</param>
    /// <param name="metric">Id of a metric that is no amount.</param>
    /// <param name="stores">Codes.</param>
    /// <param name="span">Business dates.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<(decimal? Value, DataState State)> TotalAsync(
        TenantRead read, string metric, IReadOnlyCollection<string> stores, DateSpan span, CancellationToken cancellationToken)
    {
        var roster = await rosters.OfAsync(read, cancellationToken);
        var query = new MetricQuery([MetricCatalogue.Find(metric)!], [], "day", null, span.From, span.To, [], Comparison.None, [], 1, null);
        var expected = ExpectedStoreDays.Of(query, [.. stores.Select(roster.Find).OfType<RosterStore>()], Today);
        var result = await MetricReads.AnswerAsync(read.ListAllAsync, MetricPlan.Of(query).Plan!, [.. stores], expected, registers: true, cancellationToken);
        return (result!.Rows.Count == 0 ? null : result.Rows[0].Values[0], result.State);
    }

    /// <summary>A page of rows; what is wrong with its cursor where something is.</summary>
    /// <param name="rows">Every row.</param>
    /// <param name="cursor">As it was sent; null for the first page.</param>
    /// <param name="limit">Rows a page.</param>
    /// <param name="question">Everything asked but the page, as one text.</param>
    /// <param name="user">Who asks.</param>
    /// <param name="version">The data version.</param>
    public (IReadOnlyList<T> Page, string? Next, IResult? Problem) Page<T>(IReadOnlyList<T> rows, string? cursor, int limit, string question, SessionUser user, long version)
    {
        var first = 0;
        if (cursor is not null)
        {
            var (next, outdated) = cursors.Open(cursor, question, user, version);
            if (next is null || outdated)
            {
                return ([], null, outdated ? MetricProblem.CursorOutdated() : ApiProblem.Parameters([new("cursor", "must be a next_cursor as it was given to you for this question.")]));
            }

            first = next.Value;
        }

        var end = Math.Min(first + limit, rows.Count);
        return ([.. rows.Skip(first).Take(limit)], end < rows.Count ? cursors.Seal(end, question, user, version) : null, null);
    }

    /// <summary>Every row as a CSV file, which is entered in the audit.</summary>
    /// <param name="context">The request.</param>
    /// <param name="user">Who asks.</param>
    /// <param name="form">Its characters.</param>
    /// <param name="name">Of the file, without its ending.</param>
    /// <param name="asked">What was asked, for the audit.</param>
    /// <param name="version">The data version.</param>
    /// <param name="rows">Every row.</param>
    /// <param name="columns">What stands in it.</param>
    /// <param name="cancellationToken">Stops writing.</param>
    public async Task<IResult> FileAsync<T>(
        HttpContext context, SessionUser user, AnswerForm form, string name, object asked, long version, IReadOnlyCollection<T> rows, IReadOnlyList<CsvColumn<T>> columns, CancellationToken cancellationToken)
    {
        await audit.WriteFetchedAsync(context, user, asked, form.Name, rows.Count, version, cancellationToken);
        return CsvAnswer.File(context, CsvAnswer.Text(rows, columns), $"{name}.csv", form.IsCp932);
    }
}
