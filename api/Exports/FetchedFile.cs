using RetailInsight.Api.Audit;
using RetailInsight.Api.Sessions;

namespace RetailInsight.Api.Exports;

/// <summary>Enters in the audit that somebody took figures along as a file, one entry a file. Pages of JSON are none.</summary>
internal static class FetchedFile
{
    private const int MostStores = 20;

    /// <summary>Enters it, before the file is handed out.</summary>
    /// <param name="audit">The chain of the company.</param>
    /// <param name="context">The request.</param>
    /// <param name="user">Who asked.</param>
    /// <param name="asked">What was asked, short enough to be kept.</param>
    /// <param name="form">csv, csv-cp932 or parquet.</param>
    /// <param name="rows">Rows of the file.</param>
    /// <param name="version">The data version.</param>
    /// <param name="cancellationToken">Stops writing; then there is no file either.</param>
    /// <exception cref="Npgsql.NpgsqlException">The database cannot be reached; nothing was entered.</exception>
    public static Task WriteFetchedAsync(
        this AuditLog audit, HttpContext context, SessionUser user, object asked, string form, int rows, long version, CancellationToken cancellationToken) =>
        audit.WriteAsync(
            AuditEntry.Of(context, user, "export.query", (context.Request.Path.Value ?? "").TrimStart('/'), new { Asked = asked, Format = form, Rows = rows, DataVersion = version }),
            cancellationToken);

    /// <summary>The first of some stores, as an entry names them; null for every store.</summary>
    public static string[]? Shown(IReadOnlyCollection<string>? stores) => stores is null ? null
        : [.. stores.Take(MostStores).Select(AuditEntry.Storable), .. stores.Count > MostStores ? [$"and {stores.Count - MostStores} more"] : Array.Empty<string>()];
}
