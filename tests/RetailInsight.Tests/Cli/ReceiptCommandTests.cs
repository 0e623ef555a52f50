using System.Text.Json;
using RetailInsight.Gateway.Receipts;

namespace RetailInsight.Tests.Cli;

public sealed class ReceiptCommandTests
{
    // SHA-256 of "content".
    private const string Sha256 = "ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73";

    private readonly ReceiptSigningKey _key = ReceiptSigningKey.Create();

    private string Receipt => _key.Sign($$"""{"receipt_id":"01","sha256":"{{Sha256}}","received_at":"2099-01-01T00:00:00+00:00","accepted":3}""");

    [Fact]
    public async Task A_receipt_of_the_gateway_is_good_whatever_the_time_here_and_for_the_file_that_was_pushed()
    {
        await using var gateway = await ServeAsync(_key);
        using var run = new CliRun();
        Assert.Equal(0, await run.RunAsync("receipt", "verify", run.File("r.json", Receipt + "\n"), "--gateway", gateway.Address, "--payload", run.File("a.csv"), "--json"));
        Assert.True(run.Document.GetProperty("verified").GetBoolean());
        Assert.Equal("/v1/receipt-keys", Assert.Single(gateway.Requests).PathAndQuery);
        Assert.False(gateway.Requests.First().Headers.ContainsKey("Authorization"));
    }

    [Fact]
    public async Task Saved_keys_verify_without_a_network()
    {
        using var run = new CliRun();
        Assert.Equal(0, await run.RunAsync("receipt", "verify", run.File("r.json", Receipt), "--gateway", "http://127.0.0.1:1", "--keys", run.File("keys.json", Keys(_key))));
    }

    [Theory]
    [InlineData("\"accepted\":3", "\"accepted\":4", "changed")]
    [InlineData("{\"receipt_id\"", "{ \"receipt_id\"", "changed")]
    [InlineData("\"accepted\":3", "\"accepted\":3,\"more\":1", "changed")]
    [InlineData(",\"signature\"", ",\"signatures\"", "no receipt with a signature")]
    [InlineData("ecdsa-p256-sha256", "none", "no receipt with a signature")]
    [InlineData("}}", "},\"x\":1}", "no receipt with a signature")]
    [InlineData("{", "", "no JSON")]
    public async Task A_receipt_that_was_tampered_with_is_bad(string from, string to, string why)
    {
        using var run = new CliRun();
        var tampered = Receipt.Replace(from, to, StringComparison.Ordinal);
        Assert.Equal(1, await run.RunAsync("receipt", "verify", run.File("r.json", tampered), "--keys", run.File("keys.json", Keys(_key))));
        Assert.StartsWith("BAD", run.Output, StringComparison.Ordinal);
        Assert.Contains(why, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_file_and_another_gateways_key_are_told_apart()
    {
        using var run = new CliRun();
        Assert.Equal(1, await run.RunAsync("receipt", "verify", run.File("r.json", Receipt), "--keys", run.File("keys.json", Keys(_key)), "--payload", run.File("b.csv", "other")));
        Assert.Contains("other bytes", run.Output, StringComparison.Ordinal);
        Assert.Equal(1, await run.RunAsync("receipt", "verify", run.File("r.json", Receipt), "--keys", run.File("others.json", Keys(ReceiptSigningKey.Create()))));
        Assert.Contains("has no key", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_push_saves_the_signed_receipt_byte_for_byte()
    {
        var receipt = Receipt;
        await using var gateway = await StandInServer.StartAsync((request, context) => CliRun.AnswerAsync(context, 200, request.Method == "GET" ? receipt : CliRun.Receipt()));
        using var run = new CliRun();
        var folder = Path.Combine(run.Directory, "receipts");
        Assert.Equal(0, await run.RunAsync("push", run.File("a.csv"), "--feed", "vendor-a", "--gateway", gateway.Address, "--key", "k", "--receipts", folder));
        Assert.Equal(receipt, await File.ReadAllTextAsync(Path.Combine(folder, "a.csv.0123456789abcdef0123456789abcdef.receipt.json")));
    }

    [Fact]
    public async Task With_retries_for_ever_a_push_outlasts_a_long_outage()
    {
        var calls = 0;
        await using var gateway = await StandInServer.StartAsync((_, context) => Interlocked.Increment(ref calls) <= 12 ? CliRun.AnswerAsync(context, 500, "{}") : CliRun.AnswerAsync(context, 200, CliRun.Receipt()));
        using var run = new CliRun();
        Assert.Equal(0, await run.RunAsync("push", run.File("a.csv"), "--feed", "vendor-a", "--gateway", gateway.Address, "--key", "k", "--forever"));
        Assert.Equal(13, calls);
    }

    private static Task<StandInServer> ServeAsync(ReceiptSigningKey key) => StandInServer.StartAsync((_, context) => CliRun.AnswerAsync(context, 200, Keys(key)));

    private static string Keys(ReceiptSigningKey key) => JsonSerializer.Serialize(new
    {
        items = new[] { new { key_id = key.Id, algorithm = ReceiptSigningKey.Algorithm, public_key_pem = System.Security.Cryptography.PemEncoding.WriteString("PUBLIC KEY", key.PublicKey) } },
    });
}
