using System.Net;

namespace RetailInsight.Cli;

/// <summary>Bytes of one file on their way; a repeated try takes back what the one before had counted.</summary>
internal sealed class UploadProgress(Action<long> onSent)
{
    private long _sent;

    public void Restart()
    {
        onSent(-_sent);
        _sent = 0;
    }

    public void Add(long bytes)
    {
        onSent(bytes);
        _sent += bytes;
    }
}

/// <summary>A file as a request body, read while it is sent.</summary>
internal sealed class FileBody(FileInfo file, UploadProgress progress) : HttpContent
{
    private const int BlockBytes = 64 * 1024;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        progress.Restart();
        await using var source = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.Read, BlockBytes, FileOptions.Asynchronous | FileOptions.SequentialScan);
        var block = new byte[BlockBytes];
        int read;
        while ((read = await source.ReadAsync(block, cancellationToken)) > 0)
        {
            await stream.WriteAsync(block.AsMemory(0, read), cancellationToken);
            progress.Add(read);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = file.Length;
        return true;
    }
}
