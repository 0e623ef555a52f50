namespace RetailInsight.Api.Sessions;

/// <summary>
/// The configuration section <c>Api:Oidc</c>: an OpenID Connect provider whose access tokens open the API. Keys come from the provider
/// (<see cref="Authority"/> or <see cref="MetadataAddress"/>) or from a file (<see cref="KeysFile"/> with <see cref="Issuer"/>).
/// </summary>
public sealed class OidcOptions
{
    /// <summary>Address of the provider; its metadata is read from <c>/.well-known/openid-configuration</c> below it. HTTPS, unless on this machine.</summary>
    public string? Authority { get; set; }

    /// <summary>Address of the metadata where it is not below the authority.</summary>
    public string? MetadataAddress { get; set; }

    /// <summary>A JSON Web Key Set in a file, for a provider that cannot be reached from here.</summary>
    public string? KeysFile { get; set; }

    /// <summary>The <c>iss</c> tokens must have. Default: what the metadata says.</summary>
    public string? Issuer { get; set; }

    /// <summary>The <c>aud</c> tokens must have: the name of this API at the provider, never that of an application people sign in to.</summary>
    public string Audience { get; set; } = "";

    /// <summary>The claim with the tenant. Default <c>tenant</c>.</summary>
    public string TenantClaim { get; set; } = "tenant";

    /// <summary>The claim with the roles; exactly one of ours must be among them. Default <c>roles</c>.</summary>
    public string RolesClaim { get; set; } = "roles";

    /// <summary>The claim with the store codes; required for store and area managers, for others absent is every store. Default <c>stores</c>.</summary>
    public string StoresClaim { get; set; } = "stores";

    /// <summary>
    /// The <c>typ</c> headers of access tokens. Default <c>at+jwt</c> and <c>application/at+jwt</c> (RFC 9068). For a provider that marks
    /// them <c>JWT</c> name that; what then tells an ID token is the audience, and claims only ID tokens have (nonce, at_hash, c_hash).
    /// </summary>
    public IReadOnlyList<string>? TokenTypes { get; set; }

    /// <exception cref="InvalidOperationException">The section cannot work.</exception>
    internal void Check()
    {
        if (Audience.Length == 0)
        {
            throw new InvalidOperationException("Api:Oidc:Audience is missing: without it a token made for any other service would open this one.");
        }

        if (Authority is null && MetadataAddress is null && (KeysFile is null || Issuer is null))
        {
            throw new InvalidOperationException("Api:Oidc names no source of keys: set Authority, or MetadataAddress, or KeysFile together with Issuer.");
        }
    }
}
