using System.Net;
using System.Reflection;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using RetailInsight.GoogleFakes.Storage;

namespace RetailInsight.IntegrationTests.GoogleCloud.CloudStorage;

/// <summary>Google's own clients use the fake from outside.</summary>
public sealed class RealClientTests : StorageTests
{
    private const string Gs = "gs://" + FakeBucket.Name;

    private static readonly string RepositoryRoot = typeof(RealClientTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    [GoogleCloudCliFact]
    public async Task A_file_put_through_the_lake_comes_out_of_gcloud_byte_for_byte()
    {
        var sample = await File.ReadAllBytesAsync(Path.Combine(RepositoryRoot, "gateway/profiles/vendors/vendor-a/samples/shop-day.csv"));
        Assert.Throws<DecoderFallbackException>(() => new UTF8Encoding(false, throwOnInvalidBytes: true).GetCharCount(sample));
        await using var lake = await OpenLakeAsync();
        await lake.PutAsync("raw/demo/vendor-a/2026/11/20/shop-day.csv", new MemoryStream(sample), CancellationToken.None);
        Assert.Equal(sample, await GcloudAsync("cat", $"{Gs}/raw/demo/vendor-a/2026/11/20/shop-day.csv"));
        Assert.Contains(Convert.ToHexStringLower(SHA256.HashData(sample)), await DescribeAsync("raw/demo/vendor-a/2026/11/20/shop-day.csv"), StringComparison.Ordinal);
    }

    [GoogleCloudCliFact]
    public async Task Gcloud_copies_up_and_down_lists_describes_and_removes()
    {
        await File.WriteAllBytesAsync(At("small"), Content(3_000));
        await File.WriteAllBytesAsync(At("large"), Content(9_500_000));
        await GcloudAsync("buckets", "create", "gs://made-by-gcloud");
        await GcloudAsync("cp", At("small"), At("large"), "gs://made-by-gcloud/dir/");
        Assert.Contains(Google.Faults.Requests, request => request.Path.StartsWith("/resumable/upload/", StringComparison.Ordinal));
        Assert.Equal("gs://made-by-gcloud/dir/large\ngs://made-by-gcloud/dir/small\n", Encoding.ASCII.GetString(await GcloudAsync("ls", "gs://made-by-gcloud/**")));
        await GcloudAsync("cp", "gs://made-by-gcloud/dir/large", At("back"));
        Assert.Equal(Content(9_500_000), await File.ReadAllBytesAsync(At("back")));
        await GcloudAsync("rm", "--recursive", "gs://made-by-gcloud");
        Assert.Equal("", Encoding.ASCII.GetString(await GcloudAsync("ls", Gs)));
    }

    [GoogleCloudCliFact]
    public async Task An_object_gcloud_puts_is_read_through_the_lake()
    {
        await File.WriteAllBytesAsync(At("large"), Content(9_500_000));
        await GcloudAsync("cp", At("large"), $"{Gs}/raw/large");
        await using var lake = await OpenLakeAsync();
        Assert.Equal(Content(9_500_000), await ReadAsync(lake, new("raw/large", 0, 9_500_000)));
        Assert.Equal(9_500_000, (await lake.PutAsync("raw/large", new MemoryStream(Content(9_500_000)), CancellationToken.None)).Length);
    }

    [GoogleCloudCliFact("gsutil")]
    public async Task Gsutil_works_over_tls()
    {
        await using var server = await StartTlsAsync();
        var boto = At("boto");
        await File.WriteAllTextAsync(boto, $"""
            [Credentials]
            gs_json_host=127.0.0.1
            gs_json_port={new Uri(server.Urls.Single()).Port}
            [Boto]
            https_validate_certificates=False
            [GSUtil]
            prefer_api=json
            json_api_version=v1
            default_project_id=p1
            software_update_check_period=0
            state_dir={Home}
            """);
        var gsutil = new ClientProgram(Home, ("BOTO_CONFIG", boto), ("CLOUDSDK_CORE_PASS_CREDENTIALS_TO_GSUTIL", "false"), ("CLOUDSDK_CORE_PROJECT", "p1"));
        await File.WriteAllBytesAsync(At("large"), Content(9_500_000));
        await gsutil.RunAsync("gsutil", "mb", "gs://made-by-gsutil");
        await gsutil.RunAsync("gsutil", "cp", boto, At("large"), "gs://made-by-gsutil/dir/");
        await gsutil.RunAsync("gsutil", "compose", "gs://made-by-gsutil/dir/boto", "gs://made-by-gsutil/dir/large", "gs://made-by-gsutil/both");
        await gsutil.RunAsync("gsutil", "setmeta", "-h", "Content-Language:ja", "gs://made-by-gsutil/both");
        byte[] both = [.. await File.ReadAllBytesAsync(boto), .. Content(9_500_000)];
        Assert.Equal(both, await gsutil.RunAsync("gsutil", "cat", "gs://made-by-gsutil/both"));
        var stat = await gsutil.TextAsync("gsutil", "stat", "gs://made-by-gsutil/both");
        Assert.True(stat.Contains("Content-Language:       ja", StringComparison.Ordinal), stat);
    }

    [NodeClientTheory]
    [InlineData("endpoint")]
    [InlineData("emulator")]
    public async Task The_node_client_saves_uploads_in_chunks_lists_and_composes(string way)
    {
        Directory.CreateDirectory(Home);
        Assert.Equal("ok\n", await NodeClients.RunAsync(RepositoryRoot, Home, "storage.mjs", Google.Address, Home, way));
    }

    private string Home => Directory.CreateDirectory(Path.Combine(Root, "home")).FullName;

    private string At(string file) => Path.Combine(Home, file);

    private Task<byte[]> GcloudAsync(params string[] arguments) => new ClientProgram(
        Home, ("CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE", Google.Address + "/storage/v1/"), ("CLOUDSDK_AUTH_DISABLE_CREDENTIALS", "true"), ("CLOUDSDK_CORE_PROJECT", "p1"))
        .RunAsync("gcloud", ["storage", .. arguments]);

    private async Task<string> DescribeAsync(string name) => Encoding.UTF8.GetString(await GcloudAsync("objects", "describe", $"{Gs}/{name}", "--format=json"));

    /// <summary>The fake with TLS: gsutil speaks nothing else.</summary>
    private async Task<WebApplication> StartTlsAsync()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.Limits.MaxRequestBodySize = null;
            options.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate));
        });
        var server = builder.Build();
        server.MapStorage(new StorageDirectory(Path.Combine(Root, "tls"), TimeProvider.System));
        await server.StartAsync();
        return server;
    }
}
