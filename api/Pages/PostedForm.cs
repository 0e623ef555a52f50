using Microsoft.AspNetCore.Antiforgery;

namespace RetailInsight.Api.Pages;

/// <summary>A form a person sent from one of our pages.</summary>
internal static class PostedForm
{
    /// <summary>Its fields; null when it is no form or does not prove that it came from our page.</summary>
    public static async Task<IFormCollection?> ReadAsync(HttpContext context, IAntiforgery antiforgery, CancellationToken cancellationToken) =>
        context.Request.HasFormContentType && await antiforgery.IsRequestValidAsync(context) ? await context.Request.ReadFormAsync(cancellationToken) : null;
}
