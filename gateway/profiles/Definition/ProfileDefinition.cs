using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;
using RetailInsight.Profiles.Csv;

namespace RetailInsight.Profiles.Definition;

internal enum ContainerFormat
{
    /// <summary>Rows with a delimiter; TSV too.</summary>
    Csv,

    /// <summary>Rows with fixed widths.</summary>
    Fixed,

    /// <summary>One document.</summary>
    Json,

    /// <summary>One JSON document a line.</summary>
    Ndjson,

    /// <summary>One document of elements.</summary>
    Xml,

    /// <summary>A zip archive of CSV files that belong together.</summary>
    Files,
}

internal enum TextEncoding
{
    Cp932,
    Utf8,

    /// <summary>Either byte order; the payload begins with the mark that says which.</summary>
    Utf16,
}

/// <summary>What the bytes of a payload are.</summary>
/// <param name="Format">How records and fields are told apart.</param>
/// <param name="Encoding">Decoded strictly.</param>
/// <param name="Delimiter">Between the fields of a CSV row.</param>
/// <param name="Quote">Around a CSV field; 0 where the feed does not quote.</param>
internal sealed record Container(ContainerFormat Format, TextEncoding Encoding, byte Delimiter, byte Quote)
{
    /// <summary>Whether records are rows of columns; otherwise they are objects with arrays.</summary>
    public bool IsRows => Format is ContainerFormat.Csv or ContainerFormat.Fixed;

    /// <summary>Lines above the header row.</summary>
    public int PreambleRows { get; init; }

    /// <summary>What the rows below the data begin with.</summary>
    public IReadOnlyList<string> Footer { get; init; } = [];

    /// <summary>Columns the profile knows and does not bind.</summary>
    public IReadOnlyList<string> Unused { get; init; } = [];

    /// <summary>Only for <see cref="ContainerFormat.Fixed"/>.</summary>
    public FixedLayout? Fixed { get; init; }

    /// <summary>XML: what the prefixes of the profile's paths stand for.</summary>
    public IReadOnlyDictionary<string, string> Namespaces { get; init; } = new Dictionary<string, string>();

    /// <summary>Only for <see cref="ContainerFormat.Files"/>.</summary>
    public IReadOnlyList<FileRole> Files { get; init; } = [];
}

/// <summary>What the rows of a file in an archive are.</summary>
internal enum FileRoleKind
{
    /// <summary>One row a receipt.</summary>
    Heads,

    /// <summary>One row a line of a receipt.</summary>
    Lines,

    /// <summary>One row a payment.</summary>
    Tenders,

    /// <summary>Columns that are added to the line with the same key.</summary>
    Master,

    /// <summary>Not read.</summary>
    Ignored,
}

/// <summary>Files of an archive that mean the same.</summary>
/// <param name="Kind">What their rows are.</param>
/// <param name="Name">Pattern of the file name with <c>*</c> and <c>?</c>.</param>
/// <param name="Key">Columns that say which receipt (a master: which line) a row belongs to.</param>
/// <param name="LineKey">A master's key as the lines call it.</param>
internal sealed record FileRole(FileRoleKind Kind, string Name, IReadOnlyList<string> Key, IReadOnlyList<string> LineKey);

/// <summary>Which ways of writing a number a feed uses beyond plain digits.</summary>
/// <param name="Thousands">1,234.</param>
/// <param name="CurrencySign">¥1,234.</param>
/// <param name="Minus">Signs read as minus besides <c>-</c>, such as △.</param>
/// <param name="AsStrings">Numbers of a JSON feed come as strings.</param>
internal sealed record NumberStyle(bool Thousands, bool CurrencySign, string Minus, bool AsStrings);

internal enum StoreRule
{
    /// <summary>One store for the whole feed.</summary>
    Constant,

    /// <summary>A field carries the store's code.</summary>
    Code,

    /// <summary>The POS master says where the register stood on the business date.</summary>
    Terminal,
}

/// <summary>How the store of a record is found.</summary>
internal sealed record StoreResolution(StoreRule Rule, string? Code);

internal enum BusinessDateRule
{
    /// <summary>A field states it.</summary>
    Stated,

    /// <summary>Derived from the instant by the store's cut-over.</summary>
    CutOver,

    /// <summary>The calendar date of the timestamp on the store's wall clock.</summary>
    CalendarDate,
}

/// <summary>A tax rate and category the feed may use.</summary>
internal readonly record struct TaxRate(int BasisPoints, TaxCategory Category);

/// <summary>One tax a CSV receipt states in a column of its own.</summary>
internal sealed record StatedTaxColumn(TaxRate Rate, Binding Tax);

/// <summary>The taxes a JSON receipt states in an array.</summary>
internal sealed record StatedTaxArray(string[] Path, Binding Rate, Binding Category, Binding Tax, Binding? Net);

/// <summary>What amounts mean for tax.</summary>
internal sealed record TaxRules(
    TaxBasis Basis,
    TaxRounding Rounding,
    decimal RateUnit,
    IReadOnlyList<TaxRate> Rates,
    IReadOnlyList<StatedTaxColumn> StatedColumns,
    StatedTaxArray? StatedArray);

/// <summary>How a receipt was paid: columns of the head, or elements of an array.</summary>
internal sealed record TenderRules(string[]? Path, IReadOnlyList<(Binding Method, Binding Amount)> Pairs);

/// <summary>Which lines are goods: those whose field does not match one of the values.</summary>
internal sealed record MerchandiseRule(Binding Field, CodeMap Excluded);

/// <summary>What a receipt profile says beyond its bindings.</summary>
internal sealed record ReceiptRules
{
    /// <summary>Kinds whose positive quantities and amounts are negated; empty where the feed sends signs.</summary>
    public required IReadOnlySet<TransactionKind> Negated { get; init; }

    public required TaxRules Tax { get; init; }

    public TenderRules? Tenders { get; init; }

    public MerchandiseRule? Merchandise { get; init; }

    /// <summary>Which clock the timestamps come from.</summary>
    public required ClockSource Clock { get; init; }

    /// <summary>The stated total must be the sum.</summary>
    public required bool CheckTotal { get; init; }

    /// <summary>Each amount must be quantity × unit price.</summary>
    public required bool CheckAmount { get; init; }

    /// <summary>CSV: receipt fields whose equality makes rows one receipt.</summary>
    public IReadOnlyList<Binding> GroupBy { get; init; } = [];

    /// <summary>CSV: receipt fields that may differ between rows; the first row's value counts.</summary>
    public IReadOnlyList<Binding> FirstRowCounts { get; init; } = [];

    /// <summary>JSON: array of receipts, from the payload.</summary>
    public string[] ReceiptsPath { get; init; } = [];

    /// <summary>JSON: array of lines, from the receipt.</summary>
    public string[] LinesPath { get; init; } = [];
}

/// <summary>A profile as the converter uses it: linted, every reference resolved.</summary>
internal sealed record ProfileDefinition
{
    public required Container Container { get; init; }

    /// <summary>Column names of a CSV file that has no header row; null where the first row names them.</summary>
    public IReadOnlyList<string>? Header { get; init; }

    public required NumberStyle Numbers { get; init; }

    /// <summary>ISO 4217; empty for a feed without money.</summary>
    public required string Currency { get; init; }

    /// <summary>Head fields of a receipt, or the fields of a record, by canonical name.</summary>
    public required IReadOnlyDictionary<string, Binding> Head { get; init; }

    /// <summary>Fields of a receipt's line, by canonical name.</summary>
    public required IReadOnlyDictionary<string, Binding> Line { get; init; }

    /// <summary>Every binding, by ordinal.</summary>
    public required IReadOnlyList<Binding> Bindings { get; init; }

    /// <summary>Canonical names whose values make up the event id, in order.</summary>
    public required IReadOnlyList<string> Identity { get; init; }

    public StoreResolution? Store { get; init; }

    public required BusinessDateRule BusinessDate { get; init; }

    /// <summary>Only for <see cref="FeedContent.Transactions"/>.</summary>
    public ReceiptRules? Receipts { get; init; }

    /// <summary>JSON feeds without receipts: the array of records.</summary>
    public string[] RecordsPath { get; init; } = [];
}
