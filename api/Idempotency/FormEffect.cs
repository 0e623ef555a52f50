using System.Security.Cryptography;
using System.Text;
using RetailInsight.Api.Pages;
using RetailInsight.Api.Sessions;
using RetailInsight.Dags.Engine;

namespace RetailInsight.Api.Idempotency;

/// <summary>
/// Gives a form of a page that is sent twice, by a double click or by loading again, one effect: the second is led to where the first was. Its key is
/// made with the page; whoever goes back and fills the form in otherwise sends another.
/// </summary>
internal sealed class FormEffect
{
    private const string Field = "form_key";

    private readonly HttpContext _context;

    private FormEffect(HttpContext context) => _context = context;

    /// <summary>The hidden field of a form; each has a key of its own.</summary>
    public static Markup Key() => Markup.Of($"""<input type="hidden" name="{Field}" value="{RandomNumberGenerator.GetHexString(32, lowercase: true)}">""");

    /// <summary>Does what the form asks for.</summary>
    /// <param name="context">The request.</param>
    /// <param name="user">Who sent it.</param>
    /// <param name="form">Its fields; without a key it has an effect each time.</param>
    /// <param name="act">What it does, which hands <see cref="LeadingTo"/> to the effect.</param>
    /// <param name="cancellationToken">Stops before the effect.</param>
    public static async Task<IResult> OnceAsync(HttpContext context, SessionUser user, IFormCollection form, Func<FormEffect, Task<IResult>> act, CancellationToken cancellationToken)
    {
        if (form[Field].ToString().Length == 0)
        {
            return await act(new FormEffect(context));
        }

        // The token against forgery may be another one in a second window of the same page; nothing else may.
        var said = form.Where(field => !field.Key.StartsWith("__", StringComparison.Ordinal)).OrderBy(field => field.Key, StringComparer.Ordinal)
            .SelectMany(field => field.Value, (field, value) => $"{field.Key}={value}");
        var print = SHA256.HashData(Encoding.UTF8.GetBytes($"{context.Request.Path}\n{string.Join('\n', said)}"));
        var request = new KeyedRequest(
            user.Tenant, user.Login, $"form {Convert.ToHexStringLower(print)}", print, context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow());
        var keys = context.RequestServices.GetRequiredService<IdempotencyKeys>();
        if (await keys.LocationAsync(request, cancellationToken) is { } done)
        {
            return Results.LocalRedirect(done);
        }

        context.Features.Set(request);
        try
        {
            return await act(new FormEffect(context));
        }
        catch (KeyTakenException)
        {
            // The other was under way and has ended meanwhile.
            return await keys.LocationAsync(request, cancellationToken) is { } address ? Results.LocalRedirect(address) : ErrorPage.Show(context, StatusCodes.Status409Conflict);
        }
    }

    /// <summary>What belongs into the transaction of the effect.</summary>
    /// <param name="address">Where whoever sent the form is led.</param>
    public Alongside<T> LeadingTo<T>(Func<T, string> address) => new(
        (connection, cancellationToken) => _context.ClaimKeyAsync(connection, cancellationToken),
        (connection, effect, cancellationToken) => _context.KeepAnswerAsync(connection, StatusCodes.Status302Found, address(effect), "", cancellationToken));
}
