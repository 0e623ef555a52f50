namespace RetailInsight.Gateway.Masters;

/// <summary>A register or store code the master does not know, and what is held because of it.</summary>
/// <param name="Vendor">The vendor.</param>
/// <param name="Feed">The feed.</param>
/// <param name="SentAs">The code of the register or store as the vendor sends it; null when that cannot be read.</param>
/// <param name="FirstDate">First business date among what is held.</param>
/// <param name="LastDate">Last business date among what is held.</param>
/// <param name="FirstAt">When the first receipt was held, UTC.</param>
/// <param name="LastAt">When the last receipt was held, UTC.</param>
/// <param name="Receipts">Receipts held.</param>
/// <param name="Rows">Source rows held.</param>
/// <param name="MoneyAtRisk">What they would have counted, in currency units.</param>
/// <param name="Currency">ISO 4217 of <paramref name="MoneyAtRisk"/>.</param>
internal sealed record UnmappedCode(
    string Vendor,
    string Feed,
    string? SentAs,
    DateOnly? FirstDate,
    DateOnly? LastDate,
    DateTimeOffset FirstAt,
    DateTimeOffset LastAt,
    long Receipts,
    long Rows,
    string MoneyAtRisk,
    string? Currency);

/// <summary>What has to be put into the master, most receipts first, at most 1,000.</summary>
internal sealed record UnmappedPage(IReadOnlyList<UnmappedCode> Items);
