namespace RetailInsight.Bench.Landing;

/// <summary>What a load generator posts: always as long, never the same twice.</summary>
internal abstract class LoadPayload
{
    /// <summary>Bytes of a payload.</summary>
    public abstract int Length { get; }

    /// <summary>Where it is posted.</summary>
    public abstract string Path { get; }

    /// <summary>Its media type.</summary>
    public abstract string ContentType { get; }

    /// <summary>Writes the payload of that number.</summary>
    public abstract void Write(int number, Span<byte> target);
}
