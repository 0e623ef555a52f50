using System.Globalization;

namespace RetailInsight.GoogleFakes.Storage;

/// <summary>What must be true of the object a request is about. Generation 0 means that there is none.</summary>
internal sealed record Preconditions(long? GenerationMatch, long? GenerationNotMatch, long? MetagenerationMatch, long? MetagenerationNotMatch)
{
    /// <summary>Nothing need be true.</summary>
    public static Preconditions None { get; } = new(null, null, null, null);

    /// <summary>Reads <c>ifGenerationMatch</c> and its three siblings.</summary>
    public static Preconditions From(IQueryCollection query) => new(
        Number(query, "ifGenerationMatch"), Number(query, "ifGenerationNotMatch"), Number(query, "ifMetagenerationMatch"), Number(query, "ifMetagenerationNotMatch"));

    /// <summary>A whole number in the query.</summary>
    public static long? Number(IQueryCollection query, string name)
    {
        var text = query[name].ToString();
        return text.Length == 0 ? null
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value
            : throw StorageException.Invalid($"Invalid value for {name}: '{text}'.");
    }

    /// <summary>Throws 412 (or 304 for one of the NotMatch kind) unless all hold.</summary>
    public void Check(StoredObject? present)
    {
        if ((GenerationMatch is { } generation && generation != (present?.Generation ?? 0))
            || (MetagenerationMatch is { } metageneration && metageneration != present?.Metageneration))
        {
            throw StorageException.PreconditionFailed();
        }

        if ((GenerationNotMatch is { } other && other == (present?.Generation ?? 0))
            || (MetagenerationNotMatch is { } otherMeta && otherMeta == present?.Metageneration))
        {
            throw new StorageException(304, "notModified", "Not Modified");
        }
    }
}
