using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace RetailInsight.IntegrationTests.Gateway;

/// <summary>Whoever is handed a receipt can tell that it is ours and that nobody changed it.</summary>
public sealed class SignedReceiptTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private GatewayHost _gateway = null!;

    public async Task InitializeAsync()
    {
        _gateway = await GatewayHost.StartAsync(postgres);
        await _gateway.Acme.LandAsync("vendor-a-pos-master", VendorFiles.PosMaster());
    }

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task A_receipt_verifies_with_the_public_key_and_not_when_a_digit_is_changed()
    {
        var signed = await PushAsync(_gateway, VendorFiles.Sale("1", 110));
        Assert.True(await VerifiesAsync(_gateway, signed));
        Assert.False(await VerifiesAsync(_gateway, signed.Replace("\"gross\":\"110\"", "\"gross\":\"111\"", StringComparison.Ordinal)));
        Assert.False(await VerifiesAsync(_gateway, signed.Replace("\"accepted\":1", "\"accepted\":2", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_payload_that_cannot_be_read_has_a_signed_receipt_too()
    {
        using var refused = await _gateway.Acme.PushAsync("vendor-b", "[1"u8.ToArray());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        var id = (await refused.JsonAsync()).Text("receipt_id");
        Assert.True(await VerifiesAsync(_gateway, await _gateway.Acme.GetStringAsync(new Uri("/v1/receipts/" + id, UriKind.Relative))));
    }

    [Fact]
    public async Task After_a_rotation_and_a_restart_the_old_receipt_goes_out_byte_for_byte_and_still_verifies()
    {
        var before = await PushAsync(_gateway, VendorFiles.Sale("1", 110));
        await using (var command = _gateway.Database.Owner.CreateCommand("UPDATE gateway.receipt_key SET created_at = created_at - interval '2 years'"))
        {
            await command.ExecuteNonQueryAsync();
        }

        await using var other = await GatewayHost.StartAsync(postgres);
        await using var restarted = await GatewayHost.StartAsync(_gateway.Database, Directory.CreateTempSubdirectory("gateway-").FullName);
        Assert.Equal(before, await PushAsync(restarted, VendorFiles.Sale("1", 110)));
        var after = await PushAsync(restarted, VendorFiles.Sale("2", 110));
        Assert.NotEqual(KeyOf(before), KeyOf(after));
        Assert.True(await VerifiesAsync(restarted, before));
        Assert.True(await VerifiesAsync(restarted, after));

        var keys = (await restarted.Client(null).GetJsonAsync("/v1/receipt-keys")).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal([KeyOf(after), KeyOf(before)], keys.Select(key => key.Text("key_id")));
        Assert.Equal(JsonValueKind.Null, keys[0].GetProperty("retired_at").ValueKind);
        Assert.Equal(1, await restarted.CountAsync("SELECT count(*) FROM gateway.receipt_key WHERE private_key IS NOT NULL"));
        Assert.False(await VerifiesAsync(other, before));
    }

    [Fact]
    public async Task The_private_key_is_out_of_reach_of_the_pages_role()
    {
        await using var command = _gateway.Database.App.CreateCommand("SELECT private_key FROM gateway.receipt_key");
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => command.ExecuteScalarAsync());
    }

    private static async Task<string> PushAsync(GatewayHost gateway, string row)
    {
        using var response = await gateway.Acme.PushAsync("vendor-a", VendorFiles.SalesCsv(row));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }

    private static string KeyOf(string receipt) => JsonDocument.Parse(receipt).RootElement.GetProperty("signature").Text("key_id");

    /// <summary>As a vendor does it who has read the documentation.</summary>
    internal static async Task<bool> VerifiesAsync(GatewayHost gateway, string signed)
    {
        var signature = JsonDocument.Parse(signed).RootElement.GetProperty("signature");
        var keys = (await gateway.Client(null).GetJsonAsync("/v1/receipt-keys")).GetProperty("items").EnumerateArray();
        if (keys.FirstOrDefault(key => key.Text("key_id") == signature.Text("key_id")) is not { ValueKind: JsonValueKind.Object } key)
        {
            return false;
        }

        using var verifier = ECDsa.Create();
        verifier.ImportFromPem(key.Text("public_key_pem"));
        var bytes = Encoding.UTF8.GetBytes(signed[..signed.LastIndexOf(",\"signature\":", StringComparison.Ordinal)] + "}");
        return verifier.VerifyData(bytes, Convert.FromBase64String(signature.Text("value")), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }
}
