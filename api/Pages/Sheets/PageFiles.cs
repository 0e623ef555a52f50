using System.Text;
using RetailInsight.Api.Access;
using RetailInsight.Api.Audit;
using RetailInsight.Api.Exports;
using RetailInsight.Api.Pages.Alerts;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;

namespace RetailInsight.Api.Pages.Sheets;

/// <summary>
/// What a page shows as a file: <c>/export/day/hours.csv</c> with the address parameters of the page, UTF-8 with BOM or by <c>encoding=cp932</c> in CP932;
/// <c>/export/day/chart.svg</c> is its chart. Counted per person and audited.
/// </summary>
internal static class PageFiles
{
    private const string Encodings = "encoding";

    public static void MapPageFiles(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/export/{page}/{file}", FetchAsync).RequireAuthorization().WithMetadata(new CountedCall()).ExcludeFromDescription();

    /// <summary>The address of a file of a page.</summary>
    public static string Address(FigurePage page, string file, string filter) => $"/export/{page.Name}/{file}{filter}";

    private static async Task<IResult> FetchAsync(
        string page, string file, HttpContext context, SessionUser user, PageSource source, AuditLog audit, TimeProvider clock, CancellationToken cancellationToken)
    {
        if ((page == AlertsPage.Files.Name ? AlertsPage.Files : FigurePage.Find(page)) is not { } known)
        {
            return ErrorPage.Show(context, StatusCodes.Status404NotFound);
        }

        var query = new QueryParameters(context, [.. PageFrame.Takes(known.Parameters), Encodings]);
        var words = Language.Choose(context);
        if (query.Text(Encodings) is not (null or "utf-8" or "cp932"))
        {
            return ErrorPage.Show(context, StatusCodes.Status400BadRequest);
        }

        return await PageFrame.AskAsync(
            user, source, query, words, (request, token) => known.RenderAsync(request, clock.GetUtcNow(), token), status => ErrorPage.Show(context, status),
            async (request, content, token) =>
            {
                var name = $"{known.Name}-{Path.GetFileNameWithoutExtension(file)}-{request.StoreCode}-{content.Date:yyyyMMdd}{Path.GetExtension(file)}";
                var (answer, rows) = Answer(context, query, content, file, name, words.Language);
                if (answer is null)
                {
                    return ErrorPage.Show(context, StatusCodes.Status404NotFound);
                }

                var detail = new { Store = request.StoreCode, Date = $"{content.Date:yyyy-MM-dd}", Rows = rows, request.Read.DataVersion };
                await audit.WriteAsync(AuditEntry.Of(context, user, "export.page", $"{known.Name}/{file}", detail), token);
                return answer;
            },
            cancellationToken);
    }

    private static (IResult? Answer, int Rows) Answer(HttpContext context, QueryParameters query, PageContent content, string file, string name, string language)
    {
        if (file == "chart.svg")
        {
            return ChartFile.Of(content.Main) is { } drawing ? (Results.File(Encoding.UTF8.GetBytes(drawing), "image/svg+xml", name), 0) : (null, 0);
        }

        if (content.Tables.FirstOrDefault(table => table.Name + ".csv" == file) is not { } table)
        {
            return (null, 0);
        }

        var (text, rows) = table.Write(language);
        return (CsvAnswer.File(context, text, name, query.Text(Encodings) == "cp932"), rows);
    }
}
