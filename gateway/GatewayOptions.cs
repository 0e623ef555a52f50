using RetailInsight.Gateway.Iot;

namespace RetailInsight.Gateway;

/// <summary>The configuration section <c>Gateway</c>.</summary>
public sealed class GatewayOptions
{
    /// <summary>Largest payload taken, in bytes as they come over the wire, and of a gzip landed in parts also unpacked. Default 2 GiB.</summary>
    public long MaxPayloadBytes { get; set; } = 2L << 30;

    /// <summary>A file of receipts longer than this lands in parts of this many bytes, which bounds memory; an archive of several files does not. Default 8 MiB.</summary>
    public int PartBytes { get; set; } = 8 << 20;

    /// <summary>How much longer than its gzip a file is taken to be before it is unpacked. Default 8.</summary>
    public int UsualPackRatio { get; set; } = 8;

    /// <summary>Payloads up to this many bytes are converted inside the request; larger ones after it. Default 1 MiB.</summary>
    public int InlineBytes { get; set; } = 1 << 20;

    /// <summary>Largest payload after decompression that is converted as a whole, in memory, in bytes. Default 512 MiB.</summary>
    public long MaxUnpackedBytes { get; set; } = 512L << 20;

    /// <summary>Bytes the files of an archive may have together, which are joined in memory, at about 45 times their length. Default 32 MiB.</summary>
    public long MaxArchiveBytes { get; set; } = 32L << 20;

    /// <summary>Largest payload of counts and camera events, in bytes over the wire: it is taken in memory, to be looked through before it is stored. Default 32 MiB.</summary>
    public int DevicePayloadBytes { get; set; } = 32 << 20;

    /// <summary>How many calendar months a person is told again by the same pseudonym afterwards; then the month's secret is destroyed. Default 6.</summary>
    public int PersonMonths { get; set; } = 6;

    /// <summary>Networks that know devices by their SIM. Default: none.</summary>
    public IList<TrustedNetwork> Networks { get; } = [];

    /// <summary>Largest ratio of unpacked to packed bytes. Default 100.</summary>
    public int MaxUnpackRatio { get; set; } = 100;

    /// <summary>Below this many unpacked bytes the ratio is not looked at: a short, repetitive file packs very well. Default 1 MiB.</summary>
    public long UnpackRatioFloorBytes { get; set; } = 1L << 20;

    /// <summary>Requests a tenant may make in a second, sustained. Default 2,000.</summary>
    public int RequestsPerSecond { get; set; } = 2_000;

    /// <summary>Requests a tenant may make at once. Default 4,000.</summary>
    public int RequestBurst { get; set; } = 4_000;

    /// <summary>Uploads larger than <see cref="InlineBytes"/> that may be in progress at once. Default 32.</summary>
    public int LargeUploads { get; set; } = 32;

    /// <summary>Payloads that may be in conversion at once, which bounds memory and processor time. Default 4.</summary>
    public int Conversions { get; set; } = 4;

    /// <summary>How many large payloads may wait in memory for their conversion; more wait in the ledger. Default 1,000.</summary>
    public int ConversionQueue { get; set; } = 1_000;

    /// <summary>How many bytes of small payloads, acknowledged before their conversion, may wait in memory; more wait in the ledger. Default 64 MiB.</summary>
    public long ConversionQueueBytes { get; set; } = 64L << 20;

    /// <summary>Where uploads larger than <see cref="InlineBytes"/> lie until the lake has them. Default: the system's temporary directory.</summary>
    public string? SpoolDirectory { get; set; }

    /// <summary>A directory whose <c>*.yaml</c> files are profiles besides the ones shipped; looked at every <see cref="CacheSeconds"/>. Default: none.</summary>
    public string? ProfilesDirectory { get; set; }

    /// <summary>How long a key, a feed or the store master is remembered, in seconds: a revoked key works at most this long. Default 4.</summary>
    public int CacheSeconds { get; set; } = 4;

    /// <summary>A key that signs receipts is replaced after this many days; what it signed stays good. Default 365.</summary>
    public int ReceiptKeyDays { get; set; } = 365;

    /// <summary>How long an Idempotency-Key is remembered, in hours. Default 168, a week.</summary>
    public int IdempotencyHours { get; set; } = 168;

    /// <summary>How long the receipt of a payload pushed with a test key can be read, in hours. Default 168, a week.</summary>
    public int SandboxHours { get; set; } = 168;

    /// <summary>Largest payload to be tried out, with a test key or against a profile, in bytes over the wire. Default 16 MiB.</summary>
    public long TryOutBytes { get; set; } = 16L << 20;

    /// <summary>How long a draft of a profile may read a file, and wait to do so, in seconds. Default 30.</summary>
    public int DraftSeconds { get; set; } = 30;

    /// <summary>Bytes of payloads a tenant may be sending at once. Default 256 MiB.</summary>
    public long BytesInFlight { get; set; } = 256L << 20;

    /// <summary>A kept payload without an outcome is taken up again after this many seconds; doubled with each failure. Default 5.</summary>
    public int SweepAfterSeconds { get; set; } = 5;

    /// <summary>How often payloads without an outcome are looked for, in seconds. Default 5.</summary>
    public int SweepEverySeconds { get; set; } = 5;
}
