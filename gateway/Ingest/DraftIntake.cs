using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using RetailInsight.Gateway.Feeds;
using RetailInsight.Gateway.Problems;

namespace RetailInsight.Gateway.Ingest;

/// <summary>The two parts of a try: a profile that is not published, and a file.</summary>
/// <param name="Yaml">The profile's bytes; they may be anything.</param>
/// <param name="File">The file.</param>
/// <param name="ContentEncoding"><c>identity</c> or <c>gzip</c>, of the file.</param>
/// <param name="Bytes">What is counted of the tenant's bytes on their way.</param>
internal sealed record TakenDraft(byte[] Yaml, Payload File, string ContentEncoding, IDisposable Bytes) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        await File.DisposeAsync();
        Bytes.Dispose();
    }
}

/// <summary>Takes a multipart body in, part by part and within the limits, or says why not.</summary>
internal sealed class DraftIntake(LargeUploads largeUploads, TenantLimits limits, IOptions<GatewayOptions> options)
{
    /// <summary>Bytes a draft may have.</summary>
    public const int MostYamlBytes = 256 << 10;

    // Boundaries, headers of parts, parts nobody asked for.
    private const int Around = 64 << 10;

    // COR_E_IO: an IOException that no file of ours caused, which is how the reader tells of a body without its last boundary.
    private const int EndedEarly = unchecked((int)0x80131620);

    /// <summary>Reads the body to its end.</summary>
    /// <exception cref="BadHttpRequestException">413: the body is longer than both parts may be. 429: the tenant has too many bytes on their way.</exception>
    public async Task<(TakenDraft? Taken, Problem? Refusal)> TakeAsync(HttpContext context, Caller caller)
    {
        var most = options.Value.TryOutBytes + MostYamlBytes + Around;
        if (BoundaryOf(context.Request) is not { } boundary)
        {
            return (null, Invalid("Send multipart/form-data with the parts 'profile' (the YAML) and 'file'."));
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = most;
        }

        if (context.Request.ContentLength > most)
        {
            return (null, TooLarge());
        }

        var bytes = limits.TakeBytes(caller.Tenant, context.Request.ContentLength);
        Parts parts = new();
        try
        {
            var upload = new Upload(caller.Tenant, options.Value.TryOutBytes, bytes);
            if (await ReadAsync(new MultipartReader(boundary, context.Request.Body), parts, upload, context.RequestAborted) is { } refusal)
            {
                return (null, refusal);
            }

            var taken = new TakenDraft(parts.Yaml!, parts.File!, parts.ContentEncoding, bytes);
            (parts, bytes) = (new(), null!);
            return (taken, null);
        }
        catch (Exception exception) when (exception is InvalidDataException || (exception is IOException { HResult: EndedEarly } and not BadHttpRequestException))
        {
            return (null, Invalid("The multipart body is cut off or broken: every part begins with the boundary, and the last ends with it and two hyphens."));
        }
        finally
        {
            bytes?.Dispose();
            if (parts.File is { } file)
            {
                await file.DisposeAsync();
            }
        }
    }

    private async Task<Problem?> ReadAsync(MultipartReader reader, Parts parts, Upload upload, CancellationToken cancellationToken)
    {
        while (await reader.ReadNextSectionAsync(cancellationToken) is { } section)
        {
            var disposition = section.GetContentDispositionHeader();
            var name = HeaderUtilities.RemoveQuotes(disposition?.Name ?? default).ToString();
            switch (name)
            {
                case "profile" when parts.Yaml is null:
                    parts.Yaml = await ReadYamlAsync(section.Body, cancellationToken);
                    if (parts.Yaml is null)
                    {
                        return TooLarge();
                    }

                    break;
                case "file" when parts.File is null:
                    parts.ContentEncoding = IsGzip(section, disposition) ? "gzip" : "identity";
                    parts.File = await Payload.ReceiveAsync(section.Body, null, upload, options.Value, largeUploads, cancellationToken);
                    if (parts.File is null)
                    {
                        return TooLarge();
                    }

                    break;
                default:
                    return Invalid($"The part '{(name.Length > 40 ? name[..40] : name)}' is not expected, or comes twice: send 'profile' (the YAML) and 'file', each once.");
            }
        }

        return parts is { Yaml: not null, File.Length: > 0 } ? null : Invalid("Send both parts: 'profile' (the YAML) and 'file', which must not be empty.");
    }

    private static async Task<byte[]?> ReadYamlAsync(Stream body, CancellationToken cancellationToken)
    {
        var buffer = new byte[MostYamlBytes + 1];
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return length > MostYamlBytes ? null : buffer[..length];
    }

    private static bool IsGzip(MultipartSection section, ContentDispositionHeaderValue? disposition) =>
        (section.Headers?.TryGetValue(HeaderNames.ContentEncoding, out var encoding) == true && encoding.ToString().Trim().Equals("gzip", StringComparison.OrdinalIgnoreCase))
        || HeaderUtilities.RemoveQuotes(disposition?.FileName ?? default).ToString().EndsWith(".gz", StringComparison.OrdinalIgnoreCase);

    private static string? BoundaryOf(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            && HeaderUtilities.RemoveQuotes(type.Boundary).ToString() is { Length: > 0 and <= 200 } boundary ? boundary : null;

    private static Problem Invalid(string detail) => Problem.Of(StatusCodes.Status400BadRequest, "draft_incomplete", "Not a profile and a file", detail);

    private Problem TooLarge() => Problem.Of(
        StatusCodes.Status413PayloadTooLarge,
        "draft_too_large",
        "Too large to be tried",
        FormattableString.Invariant($"A draft has at most {MostYamlBytes} bytes, the file {options.Value.TryOutBytes}. Try a shorter file, or send it as gzip with a name that ends in .gz."));

    private sealed class Parts
    {
        public byte[]? Yaml { get; set; }

        public Payload? File { get; set; }

        public string ContentEncoding { get; set; } = "identity";
    }
}
