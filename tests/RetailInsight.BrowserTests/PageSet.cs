using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace RetailInsight.BrowserTests;

/// <summary>A page somebody can open. <paramref name="Login"/> null is a stranger.</summary>
internal sealed record PageAddress(string Address, string? Login)
{
    /// <summary>The address with further parameters.</summary>
    public string With(string parameters) => Address + (Address.Contains('?', StringComparison.Ordinal) ? '&' : '?') + parameters;
}

/// <summary>
/// Every page the product has, found in its routes and in the links and choices of the pages themselves: a page that is added is
/// looked at without anybody naming it here.
/// </summary>
internal static partial class PageSet
{
    private const int MostOptions = 4;

    // Who is asked first sees most pages about figures; the others are for pages of their own.
    private static readonly string[] Logins = ["honbu", "administrator", "engineer", "shibuya", "supplier"];

    private static readonly Dictionary<Site, Task<List<PageAddress>>> Plain = [];

    /// <summary>Pages that need no parameter, looked for once for all tests.</summary>
    public static Task<List<PageAddress>> PlainAsync(Site site)
    {
        lock (Plain)
        {
            return Plain.TryGetValue(site, out var found) ? found : Plain[site] = FindAsync(site);
        }
    }

    /// <summary>What the pages lead to that differs from them: by link, the first of each kind, and by choice, each option of a form that only asks.</summary>
    public static async Task<List<PageAddress>> FurtherAsync(Site site, IReadOnlyList<PageAddress> plain)
    {
        var paths = plain.Select(page => page.Address).ToHashSet();
        var known = plain.Select(page => Kind(page.Address, paths)).ToHashSet();
        var further = new List<PageAddress>();
        foreach (var page in plain.Where(page => page.Login is not null))
        {
            using var client = await site.ClientAsync(page.Login);
            var html = await client.GetStringAsync(page.Address);
            foreach (var address in Links().Matches(html).Select(match => WebUtility.HtmlDecode(match.Groups[1].Value)).Concat(Choices(html)))
            {
                if (!IsForPrograms(address) && known.Add(Kind(address, paths)))
                {
                    using var answer = await client.GetAsync(address);
                    if (answer.Content.Headers.ContentType?.MediaType == "text/html" && answer.Content.Headers.ContentDisposition is null)
                    {
                        further.Add(new PageAddress(address, page.Login));
                    }
                }
            }
        }

        return further;
    }

    private static async Task<List<PageAddress>> FindAsync(Site site)
    {
        var paths = site.App.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains(HttpMethods.Get) == true && endpoint.RoutePattern.Parameters.Count == 0)
            .Select(endpoint => "/" + endpoint.RoutePattern.RawText?.Trim('/')).Where(path => !IsForPrograms(path)).Distinct().Order(StringComparer.Ordinal).ToList();
        var pages = new List<PageAddress>();
        foreach (var path in paths)
        {
            foreach (var login in path == "/login" ? new string?[] { null } : Logins)
            {
                using var client = await site.ClientAsync(login);
                using var answer = await client.GetAsync(path);
                if (answer is { StatusCode: HttpStatusCode.OK, Content.Headers.ContentType.MediaType: "text/html" })
                {
                    pages.Add(new PageAddress(path, login));
                    break;
                }
            }
        }

        return pages;
    }

    private static IEnumerable<string> Choices(string html) =>
        from Match form in Forms().Matches(html)
        from Match choice in Selects().Matches(form.Groups[2].Value)
        from Match option in Options().Matches(choice.Groups[2].Value).Take(MostOptions)
        where !option.Value.Contains(" selected", StringComparison.Ordinal)
        select $"{form.Groups[1].Value}?{choice.Groups[1].Value}={Uri.EscapeDataString(WebUtility.HtmlDecode(option.Groups[1].Value))}";

    // Dates, stores, assets and whom a page is about differ, but the page is the same; the chain is another page.
    private static string Kind(string address, HashSet<string> paths)
    {
        var parts = address.Split('#')[0].Split('?', 2);
        var path = parts[0].StartsWith("/ops/partitions/", StringComparison.Ordinal) ? "/ops/partitions/*/*" : paths.Contains(parts[0]) || parts[0].LastIndexOf('/') < 1 ? parts[0] : parts[0][..parts[0].LastIndexOf('/')] + "/*";
        var parameters = parts.Length == 1 ? [] : parts[1].Split('&')
            .Select(parameter => parameter.Split('=', 2))
            .Where(pair => pair.Length == 2 && pair[0] is not ("date" or "lang" or "seen" or "asset" or "dag") && !(pair[0] == "store" && pair[1] != "all"))
            .Select(pair => pair[0] + "=" + Code().Replace("/" + pair[1], "*")).Order(StringComparer.Ordinal).ToArray();
        return path + "?" + string.Join('&', parameters);
    }

    private static bool IsForPrograms(string path) => path.StartsWith("/v1", StringComparison.Ordinal) || path.StartsWith("/openapi", StringComparison.Ordinal)
        || path.StartsWith("/assets", StringComparison.Ordinal) || path is "/healthz" or "/readyz" || path.StartsWith("//", StringComparison.Ordinal);

    [GeneratedRegex("<a [^>]*href=\"(/[^\"]*)\"")]
    private static partial Regex Links();

    [GeneratedRegex("<form method=\"get\" action=\"([^\"]+)\"[^>]*>(.*?)</form>", RegexOptions.Singleline)]
    private static partial Regex Forms();

    [GeneratedRegex("<select name=\"([^\"]+)\"[^>]*>(.*?)</select>", RegexOptions.Singleline)]
    private static partial Regex Selects();

    [GeneratedRegex("<option value=\"([^\"]+)\"[^>]*>")]
    private static partial Regex Options();

    // What holds a digit is a code of something.
    [GeneratedRegex("/[^/]*[0-9][^/]*")]
    private static partial Regex Code();
}
