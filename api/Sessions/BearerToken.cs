using System.Collections.Frozen;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.IdentityModel.Tokens;
using RetailInsight.Api.Access;
using RetailInsight.Api.Audit;

namespace RetailInsight.Api.Sessions;

/// <summary>
/// Access tokens of an identity provider. Only asymmetric signatures by keys of the provider count: what a token says of its own key
/// (<c>jku</c>, <c>jwk</c>, <c>x5u</c>) is never looked at. A request that brings a token is judged by it alone, cookie or not.
/// </summary>
internal static class BearerToken
{
    private static readonly string[] Algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];
    private static readonly string[] AccessTokenTypes = ["at+jwt", "application/at+jwt"];
    private static readonly string[] ClaimsOfIdTokens = ["nonce", "at_hash", "c_hash"];

    /// <summary>Whether the request brings a token.</summary>
    public static bool IsSent(HttpRequest request) => request.Headers.Authorization.ToString().StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase);

    /// <summary>Without a provider every token is refused, as no key can have signed it.</summary>
    public static void Configure(JwtBearerOptions bearer, OidcOptions? oidc)
    {
        oidc?.Check();
        bearer.Authority = oidc?.Authority;
        bearer.MetadataAddress = oidc?.MetadataAddress!;
        bearer.RequireHttpsMetadata = !(Uri.TryCreate(oidc?.MetadataAddress ?? oidc?.Authority, UriKind.Absolute, out var provider) && provider.IsLoopback);
        bearer.BackchannelTimeout = TimeSpan.FromSeconds(5);
        bearer.MapInboundClaims = false;
        bearer.IncludeErrorDetails = false;
        bearer.SaveToken = false;
        bearer.TokenValidationParameters = new TokenValidationParameters
        {
            ValidAlgorithms = Algorithms,
            ValidTypes = oidc?.TokenTypes is { Count: > 0 } types ? types : AccessTokenTypes,
            ValidIssuer = oidc?.Issuer,
            ValidAudience = oidc?.Audience,
            IssuerSigningKeys = oidc?.KeysFile is { } file ? new JsonWebKeySet(File.ReadAllText(file)).GetSigningKeys() : null,
            ValidateIssuerSigningKey = true,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            RequireAudience = true,
            ClockSkew = TimeSpan.FromSeconds(30),
            NameClaimType = "sub",
        };
        bearer.Events = new JwtBearerEvents
        {
            OnTokenValidated = context => AcceptAsync(context, oidc!),
            OnAuthenticationFailed = context =>
            {
                context.Fail("refused");
                return RefuseAsync(context.HttpContext, context.Exception.GetType().Name);
            },
        };
    }

    private static async Task AcceptAsync(TokenValidatedContext context, OidcOptions oidc)
    {
        var principal = context.Principal!;
        var roles = principal.FindAll(oidc.RolesClaim).Select(claim => claim.Value).Where(Role.All.Contains).Distinct().ToList();
        var stores = principal.FindAll(oidc.StoresClaim).Select(claim => claim.Value).ToFrozenSet(StringComparer.Ordinal);
        var (tenant, subject) = (principal.FindFirstValue(oidc.TenantClaim), principal.FindFirstValue("sub"));
        var fault = ClaimsOfIdTokens.Any(name => principal.HasClaim(claim => claim.Type == name)) ? "id_token"
            : string.IsNullOrEmpty(subject) ? "no_subject"
            : string.IsNullOrEmpty(tenant) ? "no_tenant"
            : roles.Count != 1 ? "not_one_role"
            : Role.IsScoped(roles[0]) && stores.Count == 0 ? "no_stores"
            : null;
        if (fault is not null)
        {
            context.Fail("refused");
            await RefuseAsync(context.HttpContext, fault);
            return;
        }

        // A login of our own holds no bar, so the two cannot be taken for each other in the audit. Nothing else of the token is kept.
        var login = "oidc|" + subject;
        var seen = roles[0] == Role.Vendor ? FrozenSet<string>.Empty : stores.Count == 0 ? null : stores;
        context.Principal = new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.Name, login)], JwtBearerDefaults.AuthenticationScheme));
        SessionCookie.Admit(
            context.HttpContext, context.Principal,
            new SessionUser(login, tenant!, roles[0], seen, principal.FindFirstValue("locale") is ['e', 'n', ..] ? "en" : "ja", principal.FindFirstValue("name") ?? subject!));
    }

    // Nothing a refused token says of itself is believed, its tenant neither: the entry goes into the platform's chain.
    private static Task RefuseAsync(HttpContext context, string reason) => context.RequestServices.GetRequiredService<AuditLog>().WriteRefusalAsync(
        new AuditEntry("", "", "token.use", "") { Address = context.Connection.RemoteIpAddress, Detail = new { Reason = reason, Path = AuditEntry.Storable(PathOf(context)) } },
        context.RequestAborted);

    // Addresses that open to anybody are secrets themselves where they name something: a share link, an invitation.
    private static string PathOf(HttpContext context) => context.GetEndpoint() is RouteEndpoint endpoint && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null
        ? "/" + endpoint.RoutePattern.RawText?.TrimStart('/') : context.Request.Path.Value ?? "";
}
