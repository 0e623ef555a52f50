using System.Globalization;
using RetailInsight.Core.Canon;
using RetailInsight.Profiles.Json;
using RetailInsight.Profiles.Text;
using RetailInsight.Profiles.Values;

namespace RetailInsight.Profiles.Definition;

/// <summary>Which ways of writing a number a feed uses beyond plain digits.</summary>
/// <param name="Thousands">1,234.</param>
/// <param name="CurrencySign">¥1,234.</param>
/// <param name="Minus">Signs read as minus besides <c>-</c>, such as △.</param>
/// <param name="AsStrings">Numbers of a JSON feed come as strings.</param>
internal sealed record NumberStyle(bool Thousands, bool CurrencySign, string Minus, bool AsStrings)
{
    /// <summary>(1,234) is minus 1234.</summary>
    public bool Parentheses { get; init; }

    /// <summary>Amounts are whole numbers of the currency's smallest unit: 1050 is $10.50, and ¥1050.</summary>
    public bool MinorUnits { get; init; }

    /// <summary>Micros of what an amount of 1 stands for.</summary>
    public long AmountUnit { get; init; } = Money.MicrosPerUnit;
}

internal enum StoreRule
{
    /// <summary>One store for the whole feed.</summary>
    Constant,

    /// <summary>A field carries the store's code.</summary>
    Code,

    /// <summary>The POS master says where the register stood on the business date.</summary>
    Terminal,

    /// <summary>A field carries a code of the vendor's, and the POS master says which store it meant on the business date.</summary>
    DatedCode,

    /// <summary>The register of devices says where the device's line was on the business date.</summary>
    Device,
}

/// <summary>How the store of a record is found.</summary>
internal sealed record StoreResolution(StoreRule Rule, string? Code)
{
    /// <summary>Whether the POS master says which store is meant.</summary>
    public bool ByMaster => Rule is StoreRule.Terminal or StoreRule.DatedCode;

    /// <summary>The field that names the store or register; null where the profile names the store itself.</summary>
    public Binding? FieldOf(IReadOnlyDictionary<string, Binding> head) =>
        Rule == StoreRule.Constant ? null : Rule == StoreRule.Device ? head.GetValueOrDefault(CanonicalFields.Device) : head.GetValueOrDefault(Rule == StoreRule.Terminal ? CanonicalFields.Terminal : CanonicalFields.Store);

    /// <summary>One English sentence: nothing answers to the code.</summary>
    /// <param name="asSent">The code.</param>
    /// <param name="on">The business date as stated; null where it is derived.</param>
    public string Unknown(string asSent, DateOnly? on)
    {
        var when = on is { } date ? $"on {date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}" : "at the time it happened";
        return Rule switch
        {
            StoreRule.Terminal => $"The POS master has no store for register '{FieldReader.Shown(asSent)}' {when}.",
            StoreRule.DatedCode => $"The POS master has no store for code '{FieldReader.Shown(asSent)}' {when}.",
            _ => $"There is no store '{FieldReader.Shown(asSent)}'.",
        };
    }
}

internal enum BusinessDateRule
{
    /// <summary>A field states it.</summary>
    Stated,

    /// <summary>A field states it once the register is closed; until then it is derived by the store's cut-over.</summary>
    StatedElseCutOver,

    /// <summary>Derived from the instant by the store's cut-over.</summary>
    CutOver,

    /// <summary>The calendar date of the timestamp on the store's wall clock.</summary>
    CalendarDate,
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

    /// <summary>JSON: how what is taken back within a receipt is read; null where nothing is.</summary>
    public ProfileDefinition? Returned { get; init; }

    /// <summary>Only for <see cref="FeedContent.DeclaredTotals"/>.</summary>
    public DeclaredRules? Declared { get; init; }

    /// <summary>Only for <see cref="FeedContent.PeopleCounts"/> and <see cref="FeedContent.VisitorEvents"/>.</summary>
    public CountRules? Counts { get; init; }

    /// <summary>JSON feeds without receipts: the array of records.</summary>
    public string[] RecordsPath { get; init; } = [];

    /// <summary>JSON: whether records stand in arrays within arrays, or fields of theirs around them; see <see cref="NestedRecords"/>.</summary>
    public bool IsNested => RecordsPath.Contains(NestedRecords.EachElement) || Counts is { Others.Count: > 0 }
        || Bindings.Any(binding => binding.From?.StartsWith(NestedRecords.Enclosing, StringComparison.Ordinal) == true);

    /// <summary>What fields of earlier payloads came to.</summary>
    public KnownFieldsPool KnownFields { get; } = new();
}
