using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>An OpenID Connect provider with an RSA and an elliptic-curve key, on a port of its own. Puts tokens together by hand.</summary>
internal sealed class TokenIssuer : IAsyncDisposable
{
    public const string Audience = "https://api.example/";

    private readonly RSA _rsa = RSA.Create(2048);
    private readonly ECDsa _curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly WebApplication _app;

    private TokenIssuer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapGet("/.well-known/openid-configuration", () => Results.Text(
            $$"""{"issuer":"{{Address}}","jwks_uri":"{{Address}}/jwks","authorization_endpoint":"{{Address}}/a","token_endpoint":"{{Address}}/t"}""", "application/json"));
        _app.MapGet("/jwks", () => Results.Text(Keys, "application/json"));
        _app.MapGet("/stolen", () =>
        {
            Interlocked.Increment(ref Visits);
            return Results.Text(Keys, "application/json");
        });
    }

    /// <summary>How often an address only tokens name was fetched.</summary>
    public int Visits;

    public string Address { get; private set; } = "";

    /// <summary>The public key in the form a careless verifier takes as a shared secret.</summary>
    public byte[] PublicKeyFile => Encoding.ASCII.GetBytes(_rsa.ExportSubjectPublicKeyInfoPem());

    public string Keys
    {
        get
        {
            var (rsa, curve) = (_rsa.ExportParameters(false), _curve.ExportParameters(false));
            return JsonSerializer.Serialize(new
            {
                keys = new object[]
                {
                    new { kty = "RSA", kid = "r1", use = "sig", n = Base64Url.EncodeToString(rsa.Modulus), e = Base64Url.EncodeToString(rsa.Exponent) },
                    new { kty = "EC", kid = "e1", use = "sig", crv = "P-256", x = Base64Url.EncodeToString(curve.Q.X), y = Base64Url.EncodeToString(curve.Q.Y) },
                },
            });
        }
    }

    public static async Task<TokenIssuer> StartAsync()
    {
        var issuer = new TokenIssuer();
        await issuer._app.StartAsync();
        issuer.Address = issuer._app.Urls.Single();
        return issuer;
    }

    /// <summary>A good token of head office of Aoba, with members of header and claims replaced, or removed where null.</summary>
    public string Token(object? claims = null, object? header = null, string algorithm = "RS256", RSA? key = null)
    {
        var now = DateTimeOffset.Parse("2026-01-01T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture);
        now = TimeProvider.System.GetUtcNow() > now ? TimeProvider.System.GetUtcNow() : now;
        var head = Merge(new { alg = algorithm, typ = "at+jwt", kid = algorithm.StartsWith("ES", StringComparison.Ordinal) ? "e1" : "r1" }, header);
        var body = Merge(
            new
            {
                iss = Address,
                aud = Audience,
                sub = "u-42",
                name = "Token Hanako",
                tenant = "aoba",
                roles = new[] { "head_office", "offline_access" },
                iat = now.ToUnixTimeSeconds(),
                nbf = now.AddMinutes(-1).ToUnixTimeSeconds(),
                exp = now.AddMinutes(5).ToUnixTimeSeconds(),
            },
            claims);
        var text = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(head)) + "." + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(body));
        var bytes = Encoding.ASCII.GetBytes(text);
        var signature = algorithm switch
        {
            "none" => [],
            "HS256" => HMACSHA256.HashData(PublicKeyFile, bytes),
            "ES256" => _curve.SignData(bytes, HashAlgorithmName.SHA256),
            "PS256" => _rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
            _ => (key ?? _rsa).SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        };
        return text + "." + Base64Url.EncodeToString(signature);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _rsa.Dispose();
        _curve.Dispose();
    }

    private static string Merge(object basis, object? changes)
    {
        var members = JsonSerializer.SerializeToNode(basis)!.AsObject();
        foreach (var (name, value) in changes is null ? new JsonObject() : JsonSerializer.SerializeToNode(changes)!.AsObject())
        {
            members[name] = value?.DeepClone();
            if (value is null)
            {
                members.Remove(name);
            }
        }

        return members.ToJsonString();
    }
}
