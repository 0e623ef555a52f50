using RetailInsight.Core.Canon;
using RetailInsight.Core.Canon.V1;

namespace RetailInsight.Tests.Profiles.RoundTrip;

/// <summary>A receipt as a till knows it. Figures are positive; <see cref="Sign"/> says which way they count.</summary>
internal sealed record Sale
{
    public required TransactionKind Kind { get; init; }

    public required Place Place { get; init; }

    public required string Number { get; init; }

    /// <summary>Number of the receipt a void takes back.</summary>
    public string Original { get; init; } = "";

    public required DateOnly Day { get; init; }

    /// <summary>Since midnight of <see cref="Day"/>; beyond 24 hours at night.</summary>
    public required TimeSpan Time { get; init; }

    public uint Guests { get; init; }

    public string Customer { get; init; } = "";

    public required IReadOnlyList<SaleLine> Lines { get; init; }

    /// <summary>Off the whole receipt, in currency units.</summary>
    public decimal Discount { get; init; }

    public int Sign => Kind is TransactionKind.Return or TransactionKind.Void ? -1 : 1;

    /// <summary>Wall clock of the store.</summary>
    public DateTime Wall => Day.ToDateTime(TimeOnly.MinValue) + Time;
}

/// <summary>Where a receipt was made.</summary>
/// <param name="Store">Code in the master.</param>
/// <param name="Terminal">Register.</param>
internal sealed record Place(string Store, string Terminal);

/// <summary>One line.</summary>
internal sealed record SaleLine(string Item, string Name, string Category, decimal Quantity, decimal Price, IReadOnlyList<decimal> Discounts, Rate Rate)
{
    public decimal Amount => Quantity * Price;
}

/// <summary>A rate with the basis its prices are printed on.</summary>
internal sealed record Rate(int BasisPoints, TaxCategory Category, TaxBasis Basis)
{
    public decimal Percent => BasisPoints / 100m;
}

/// <summary>A receipt and what has to come out of it.</summary>
internal sealed record Till(Sale Sale, Transaction Record);

/// <summary>What a vendor's format can carry. What it cannot is left out of the receipts made for it.</summary>
internal sealed record Carries
{
    public required TransactionKind[] Kinds { get; init; }

    public required Place[] Places { get; init; }

    public required Rate[] Rates { get; init; }

    public TaxRounding Rounding { get; init; } = TaxRounding.Floor;

    public string Currency { get; init; } = "JPY";

    public string Zone { get; init; } = "Asia/Tokyo";

    public bool Seconds { get; init; } = true;

    /// <summary>Whether business dates go on past midnight.</summary>
    public bool Night { get; init; } = true;

    public bool Guests { get; init; }

    public bool Customer { get; init; }

    public string[] Categories { get; init; } = [""];

    /// <summary>Discounts a line may have, with the vendor's own word.</summary>
    public (DiscountKind Kind, string Label)[] LineDiscounts { get; init; } = [];

    /// <summary>The vendor's word for a discount on the receipt; null where there is none.</summary>
    public string? ReceiptDiscount { get; init; }

    /// <summary>The vendor spreads the receipt's discount over the rates and states what is left.</summary>
    public bool DiscountByRate { get; init; }

    /// <summary>Means of payment, in the order they come out.</summary>
    public string[] Tenders { get; init; } = [];

    public int MostTenders { get; init; } = 1;

    /// <summary>Whether the vendor states the tax of a rate.</summary>
    public Func<Rate, bool> Stated { get; init; } = _ => false;

    /// <summary>Each line has the tax of its own amount, and the rest of the rounding is spread.</summary>
    public bool TaxByLine { get; init; }

    /// <summary>All lines of a receipt share one basis.</summary>
    public TaxBasis[] BasisOfReceipt { get; init; } = [];

    /// <summary>Time of the last change, after the sale.</summary>
    public bool Revision { get; init; }

    public Func<Random, (string Code, string Name)> Item { get; init; } = Goods.Jan;

    public Func<TransactionKind, int, string> Number { get; init; } = (_, number) => number.ToString("000000", System.Globalization.CultureInfo.InvariantCulture);

    public Func<Random, string> CustomerCode { get; init; } = random => $"M{random.Next(1000):0000}";

    /// <summary>Prices in currency units; whole ones unless the format has smaller.</summary>
    public decimal[] Prices { get; init; } = [1, 98, 105, 216, 298, 550, 1080, 1280, 12800];
}

/// <summary>What is sold.</summary>
internal static class Goods
{
    private static readonly string[] Names = ["髙級ソース 中濃", "ﾐﾈﾗﾙｳｫｰﾀｰ①", "表計算ノート", "能登の塩(大)", "Tシャツ M", "北海道牛乳", "﨑陽 焼売", "A4 紙 500枚"];

    public static (string Code, string Name) Jan(Random random)
    {
        var number = random.Next(Names.Length);
        return (Checked($"49012345{number:0000}"), Names[number]);
    }

    public static (string Code, string Name) Numbered(Random random)
    {
        var number = random.Next(Names.Length);
        return ($"{8001 + number}", Names[number]);
    }

    private static string Checked(string digits) =>
        digits + ((10 - (digits.Select((digit, at) => (digit - '0') * (at % 2 == 0 ? 1 : 3)).Sum() % 10)) % 10);
}
