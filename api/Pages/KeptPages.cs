using System.Globalization;
using Microsoft.Extensions.Caching.Memory;
using RetailInsight.Api.Sessions;

namespace RetailInsight.Api.Pages;

/// <summary>A page as it was shown to somebody.</summary>
/// <param name="Title">Its title.</param>
/// <param name="Main">Its content.</param>
/// <param name="Navigation">The bar of pages above it.</param>
/// <param name="ReadAt">When its figures were read, in the zone of the page.</param>
internal sealed record KeptPage(string Title, Markup Main, Markup Navigation, DateTimeOffset ReadAt);

/// <summary>
/// What each person last saw under an address, for as long as the database cannot be asked: figures of ten minutes ago, with the time said,
/// are of more use to a store than an error. Never shown while the database answers.
/// </summary>
internal sealed class KeptPages : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(4);

    private readonly MemoryCache _pages = new(new MemoryCacheOptions { SizeLimit = 64L << 20 });

    /// <summary>Keeps a page.</summary>
    public void Keep(HttpContext context, SessionUser user, Wording words, KeptPage page) => _pages.Set(
        Key(context, user, words), page,
        new MemoryCacheEntryOptions { AbsoluteExpirationRelativeToNow = Longest, Size = sizeof(char) * (page.Main.ToString().Length + page.Navigation.ToString().Length) });

    /// <summary>The page this person last saw under this address, with what it may show unchanged since; null for none.</summary>
    public KeptPage? Find(HttpContext context, SessionUser user, Wording words) => _pages.Get<KeptPage>(Key(context, user, words));

    /// <summary>What stands above a page that is not of now.</summary>
    public static Markup Notice(KeptPage page, Wording words) => Markup.Of(
        $"""<p class="card news stale" role="status">{string.Format(CultureInfo.InvariantCulture, words.ShownFromMemory, page.ReadAt)}</p>""");

    /// <inheritdoc/>
    public void Dispose() => _pages.Dispose();

    // Whose rights changed has seen nothing yet.
    private static string Key(HttpContext context, SessionUser user, Wording words) => string.Join(
        '\u001e',
        user.Tenant, user.Login, user.Role, user.Stores is null ? "*" : string.Join('\u001f', user.Stores.Order(StringComparer.Ordinal)), words.Language, context.Request.Path.Value,
        string.Join('&', context.Request.Query.Where(pair => pair.Key is not ("seen" or "lang")).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}")));
}
