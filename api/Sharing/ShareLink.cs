namespace RetailInsight.Api.Sharing;

/// <summary>A link to one page with one choice of store, date and comparison. Times are UTC.</summary>
/// <param name="Id">Names it in the list and the audit; opens nothing.</param>
/// <param name="Tenant">Whose figures.</param>
/// <param name="MadeBy">Login of its maker, whose rights hold when it is followed.</param>
/// <param name="Page">Name of the page.</param>
/// <param name="Filter">Query part of the page's address.</param>
/// <param name="Stores">What the maker might see when making it; null is every store.</param>
/// <param name="Language">ja or en.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">From then on it is dead.</param>
/// <param name="RevokedAt">When it was taken back; null while it was not.</param>
/// <param name="Uses">How often it was followed.</param>
/// <param name="LastUsedAt">Null before the first time.</param>
internal sealed record ShareLink(
    Guid Id, string Tenant, string MadeBy, string Page, string Filter, IReadOnlyList<string>? Stores, string Language,
    DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, DateTimeOffset? RevokedAt, long Uses, DateTimeOffset? LastUsedAt)
{
    /// <summary>How many days a link may be made for.</summary>
    public static IReadOnlyList<int> Lives { get; } = [1, 7, 14, 30];

    /// <summary>How many days it works unless somebody chooses.</summary>
    public const int UsualLife = 7;

    /// <summary>Whether it opens its page, as far as its own row tells.</summary>
    public bool IsAlive(DateTimeOffset now) => RevokedAt is null && now < ExpiresAt;
}
