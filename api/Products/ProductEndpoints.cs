using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using RetailInsight.Api.Exports;
using RetailInsight.Api.Growth;
using RetailInsight.Api.Metrics;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Tenancy;
using RetailInsight.Core.Calendar;

namespace RetailInsight.Api.Products;

/// <summary><c>/v1/products</c>: what the page of products shows, over any days: items with share and class, what rose and fell, categories, pairs.</summary>
internal static class ProductEndpoints
{
    private const string From = "First business date, YYYY-MM-DD.";
    private const string To = "Last business date, YYYY-MM-DD, at most 400 days in all. Of a period that still runs the whole days that have figures count.";
    private const string Compare = "same_weekday, previous_period, last_year_weekday or last_year_date. Default previous_period.";
    private const string Stores = "Store code; repeat for several. Omitted: every store you may see.";
    private const string Format = "json or csv; default what Accept asks for, else json. CSV holds every row.";
    private const string Encoding = "utf-8 or cp932: the characters of a CSV file.";
    private const string Limit = "Items a page, 1 to 1000; default 100.";
    private const string Cursor = "The next_cursor of the page before.";

    private static readonly (string, string)[] Example = [("from", "2026-10-18"), ("to", "2026-11-14"), ("compare", "previous_period"), ("store", "S01"), ("limit", "100"), ("format", "json")];

    private static readonly ComparedPeriod NoDays = new(ComparisonBasis.PreviousPeriod, []);

    public static void MapProducts(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/products").WithTags("Products");
        group.MapGet("", ListAsync).WithName("listProducts").WithSummary("Items by net sales, the best first: share, ABC class, quantity, and the same of the days compared with.")
            .AsVersionedRead<ProductList>().ProducesProblem(422).ProducesProblem(409).WithFiles(parquet: false).WithParameterExamples(Example);
        group.MapGet("/movers", MoversAsync).WithName("listProductMovers").WithSummary("Items whose net sales rose or fell against an earlier period, largest change first; items that are gone are among them.")
            .AsVersionedRead<MoverList>().ProducesProblem(422).ProducesProblem(409).WithFiles(parquet: false).WithParameterExamples([.. Example, ("direction", "up")]);
        group.MapGet("/categories", CategoriesAsync).WithName("listProductCategories").WithSummary("Categories by net sales, the best first, and the same of the days compared with.")
            .AsVersionedRead<CategoryList>().ProducesProblem(422).WithFiles(parquet: false).WithParameterExamples(Example);
        group.MapGet("/pairs", PairsAsync).WithName("listProductPairs").WithSummary($"Items bought together in a store over four weeks, those most above chance first; only pairs on at least {ProductPair.FewestReceipts} receipts.")
            .AsVersionedRead<PairList>().WithFiles(parquet: false).WithParameterExamples(("store", "S01"), ("date", "2026-11-14"), ("format", "json"));
    }

    // The parameters are read strictly by QueryParameters; they stand here as well so that OpenAPI knows them.
    private static Task<IResult> ListAsync(
        HttpContext context, SessionUser user, TenantScope scope, FigureAnswers answers, CancellationToken cancellationToken,
        [Description(From)] string? from = null, [Description(To)] string? to = null, [Description(Compare)] string? compare = null, [FromQuery, Description(Stores)] string[]? store = null,
        [Description(Limit)] string? limit = null, [Description(Cursor)] string? cursor = null, [Description(Format)] string? format = null, [Description(Encoding)] string? encoding = null)
    {
        var query = new QueryParameters(context, [.. ComparedDays.Parameters, .. FigureAnswers.FormAndPage]);
        var (form, size, after) = (AnswerForm.Read(context, query, parquet: false), query.Limit(), query.Text(nameof(cursor)));
        return ComparedDays.AskAsync(context, user, scope, query, Comparison.PreviousPeriod, answers.Surroundings(form), async (asked, token) =>
        {
            var ranking = await ProductRanking.ReadAsync(asked.Read, asked.Stores, asked.Days ?? NoDays, asked.Currency, token);
            var items = ranking.Lines.Select(line => ProductView.Of(line, ranking)).ToList();
            if (form!.IsFile)
            {
                return await FileAsync(answers, context, user, form, "products", asked, items, [.. ProductView.Columns, .. ChangedSales.Columns<ProductView>(item => item.Change)], token);
            }

            var (page, next, problem) = answers.Page(items, after, size, Question("products", asked), user, asked.Read.DataVersion);
            return problem ?? TypedResults.Ok(ProductList.Of(asked, ranking, page, await answers.StateAsync(asked.Read, asked.Stores, asked.Span, token), next));
        }, cancellationToken);
    }

    private static Task<IResult> MoversAsync(
        HttpContext context, SessionUser user, TenantScope scope, FigureAnswers answers, CancellationToken cancellationToken,
        [Description(From)] string? from = null, [Description(To)] string? to = null, [Description(Compare)] string? compare = null, [FromQuery, Description(Stores)] string[]? store = null,
        [Description("up: only items that rose, down: only those that fell. Omitted: both.")] string? direction = null,
        [Description(Limit)] string? limit = null, [Description(Cursor)] string? cursor = null, [Description(Format)] string? format = null, [Description(Encoding)] string? encoding = null)
    {
        var query = new QueryParameters(context, [.. ComparedDays.Parameters, .. FigureAnswers.FormAndPage, nameof(direction)]);
        var (form, size, after) = (AnswerForm.Read(context, query, parquet: false), query.Limit(), query.Text(nameof(cursor)));
        var word = query.Text(nameof(direction));
        if (word is not (null or "up" or "down"))
        {
            query.Fault(nameof(direction), "must be one of up, down; leave it out for both.");
        }

        return ComparedDays.AskAsync(context, user, scope, query, Comparison.PreviousPeriod, answers.Surroundings(form), async (asked, token) =>
        {
            var ranking = await ProductRanking.ReadAsync(asked.Read, asked.Stores, asked.Days ?? NoDays, asked.Currency, token);
            var items = ranking.Movers(word is null ? null : word == "up").Select(line => MoverView.Of(line, ranking)).ToList();
            if (form!.IsFile)
            {
                return await FileAsync(answers, context, user, form, "movers", asked, items, [.. MoverView.Columns, .. ChangedSales.Columns<MoverView>(item => item.Change)], token);
            }

            var (page, next, problem) = answers.Page(items, after, size, Question($"movers {word}", asked), user, asked.Read.DataVersion);
            return problem ?? TypedResults.Ok(MoverList.Of(asked, ranking, page, await answers.StateAsync(asked.Read, asked.Stores, asked.Span, token), next));
        }, cancellationToken);
    }

    private static Task<IResult> CategoriesAsync(
        HttpContext context, SessionUser user, TenantScope scope, FigureAnswers answers, CancellationToken cancellationToken,
        [Description(From)] string? from = null, [Description(To)] string? to = null, [Description(Compare)] string? compare = null, [FromQuery, Description(Stores)] string[]? store = null,
        [Description(Format)] string? format = null, [Description(Encoding)] string? encoding = null)
    {
        var query = new QueryParameters(context, [.. ComparedDays.Parameters, .. FigureAnswers.Form]);
        var form = AnswerForm.Read(context, query, parquet: false);
        return ComparedDays.AskAsync(context, user, scope, query, Comparison.PreviousPeriod, answers.Surroundings(form), async (asked, token) =>
        {
            var days = asked.Days ?? NoDays;
            var before = await ProductRanking.DaysBeforeAsync(asked.Read, asked.Stores, days, token);
            var lines = await ProductRanking.CategoriesAsync(asked.Read, asked.Stores, days, asked.Currency, token);
            var items = lines.Select(line => CategoryView.Of(line, lines.Sum(one => one.Total.Net), before)).ToList();
            return form!.IsFile
                ? await FileAsync(answers, context, user, form, "categories", asked, items, [.. CategoryView.Columns, .. ChangedSales.Columns<CategoryView>(item => item.Change)], token)
                : TypedResults.Ok(CategoryList.Of(asked, before, items, await answers.StateAsync(asked.Read, asked.Stores, asked.Span, token)));
        }, cancellationToken);
    }

    private static Task<IResult> PairsAsync(
        HttpContext context, SessionUser user, TenantScope scope, FigureAnswers answers, CancellationToken cancellationToken,
        [Description("Store code.")] string? store = null,
        [Description("Business date, YYYY-MM-DD: pairs are those of the latest night up to it.")] string? date = null,
        [Description(Format)] string? format = null, [Description(Encoding)] string? encoding = null)
    {
        var query = new QueryParameters(context, [nameof(store), nameof(date), .. FigureAnswers.Form]);
        var (form, code, day) = (AnswerForm.Read(context, query, parquet: false), query.Required(nameof(store)), query.RequiredDate(nameof(date)));
        if (query.Problem is null && day.DayNumber < PairList.Days)
        {
            query.Fault(nameof(date), "must have four weeks before it.");
        }

        return query.Problem is { } problem ? Task.FromResult(problem) : scope.ReadAsync(user.Tenant, async (read, token) =>
        {
            _ = StoreReads.Select(await read.StoresAsync(user, token), user, [code], out var unknown);
            if (unknown is not null)
            {
                return ApiProblem.StoreUnknown(unknown);
            }

            if (EntityTag.IsCurrent(context, user, $"{read.DataVersion}/{answers.Surroundings(form)}", "Accept"))
            {
                return Results.StatusCode(StatusCodes.Status304NotModified);
            }

            var pairs = await read.PairsAsync(code, day, ProductPair.Most, token);
            var items = pairs.ConvertAll(PairView.Of);
            var until = pairs.Count == 0 ? day : pairs[0].AsOf;
            return form!.IsFile
                ? await answers.FileAsync(context, user, form, $"pairs-{until:yyyyMMdd}", new { Store = code, Date = day }, read.DataVersion, items, PairView.Columns, token)
                : TypedResults.Ok(PairList.Of(read.DataVersion, code, pairs, items, await answers.StateAsync(read, [code], new DateSpan(until.AddDays(1 - PairList.Days), until), token)));
        }, cancellationToken);
    }

    private static Task<IResult> FileAsync<T>(
        FigureAnswers answers, HttpContext context, SessionUser user, AnswerForm form, string name, ComparedDays asked, IReadOnlyCollection<T> items, IReadOnlyList<CsvColumn<T>> columns,
        CancellationToken cancellationToken) =>
        answers.FileAsync(
            context, user, form, $"{name}-{asked.Span.From:yyyyMMdd}-{asked.Span.To:yyyyMMdd}",
            new { asked.Period.From, asked.Period.To, asked.Compare, Stores = FetchedFile.Shown(asked.Stores) }, asked.Read.DataVersion, items,
            [.. columns, new CsvColumn<T>("currency", _ => asked.Currency), new("from", _ => $"{asked.Span.From:yyyy-MM-dd}"), new("to", _ => $"{asked.Span.To:yyyy-MM-dd}")], cancellationToken);

    private static string Question(string name, ComparedDays asked) =>
        $"{name}\u001e{asked.Period.From.DayNumber}\u001e{asked.Period.To.DayNumber}\u001e{asked.Compare}\u001e{string.Join('\u001f', asked.Stores)}";
}
