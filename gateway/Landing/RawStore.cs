using System.Globalization;
using RetailInsight.Core.Ports;
using RetailInsight.Gateway.Ingest;

namespace RetailInsight.Gateway.Landing;

/// <summary>Keeps payloads in the lake exactly as they came over the wire.</summary>
internal sealed class RawStore(ILake lake)
{
    private const long BytesPerSecond = 2 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Makes a payload durable.</summary>
    /// <param name="tenant">Whose it is.</param>
    /// <param name="feed">The feed it came on.</param>
    /// <param name="receivedAt">UTC; its date is part of the key of a large one.</param>
    /// <param name="payload">The bytes.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    public async Task<LakePointer> KeepAsync(string tenant, string feed, DateTimeOffset receivedAt, Payload payload, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(PatienceFor(payload.Length));
        if (payload.IsInMemory && payload.Length <= ILake.SegmentPayloadLimit)
        {
            return await lake.AppendAsync($"{tenant}/{feed}", payload.Memory, patience.Token);
        }

        var key = string.Create(CultureInfo.InvariantCulture, $"raw/{tenant}/{feed}/{receivedAt.UtcDateTime:yyyy'/'MM'/'dd}/{Convert.ToHexStringLower(payload.Sha256)}");
        await lake.PutAsync(key, payload.Open(), patience.Token);
        return new LakePointer(key, 0, payload.Length);
    }

    /// <summary>Opens a payload. It is the one that was kept only if its stream can be read to the end.</summary>
    public Task<Stream> OpenAsync(LakePointer pointer, CancellationToken cancellationToken) => lake.OpenAsync(pointer, cancellationToken);

    /// <summary>Reads a payload back whole.</summary>
    public async Task<ReadOnlyMemory<byte>> ReadAsync(LakePointer pointer, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(PatienceFor(pointer.Length));
        await using var stream = await lake.OpenAsync(pointer, patience.Token);
        var payload = GC.AllocateUninitializedArray<byte>(checked((int)pointer.Length));
        await stream.ReadExactlyAsync(payload, patience.Token);

        // The lake answers for the bytes only once its stream has ended.
        return await stream.ReadAsync(new byte[1], patience.Token) == 0
            ? payload
            : throw new LakeCorruptException($"'{pointer.Object}' at {pointer.Offset} is longer than the {pointer.Length} bytes that were kept.");
    }

    // The slowest disk or line that is worth waiting for.
    private static TimeSpan PatienceFor(long bytes) => Patience + TimeSpan.FromSeconds(bytes / BytesPerSecond);
}
