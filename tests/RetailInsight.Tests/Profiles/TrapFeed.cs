using System.Text;
using RetailInsight.Profiles;

namespace RetailInsight.Tests.Profiles;

/// <summary>A small feed whose profile a test changes in one place: the trap it is about.</summary>
internal static class TrapFeed
{
    public const string Header = "no,day,time,kind,orig,item,name,qty,price,disc,rate,cat,basis,points,total\n";

    private const string Profile = """
        id: trap
        version: 1
        vendor: trap
        content: transactions
        currency: JPY
        container: { format: csv, encoding: utf-8 }
        numbers: { thousands: true, currency_sign: true, minus: [△, ▲, −], parentheses: true }
        records: { receipt_key: [receipt_number] }
        receipt:
          terminal: { constant: POS02, type: code }
          receipt_number: { from: no, type: code }
          original_receipt_number: { from: orig, type: code, required: false }
          kind: { from: kind, type: code, map: kind }
          business_date: { from: day, type: date, formats: [yyyy-MM-dd] }
          occurred_at: { from: time, type: time }
          total: { from: total, type: money, required: false }
        line:
          item_code: { from: item, type: code }
          item_name: { from: name, type: text, required: false }
          quantity: { from: qty, type: decimal }
          unit_price: { from: price, type: money }
          discount: { from: disc, type: money, default: "0" }
          tax_rate: { from: rate, type: decimal, default: "10" }
          tax_category: { from: cat, type: code, default: standard }
          tax_basis: { from: basis, type: code, default: inclusive }
        codes:
          kind: { S: sale, R: return, V: void, C: cancelled, T: training, H: suspended, M: cash_movement, N: no_sale }
        sign: as_sent
        tax:
          basis: by_line
          rounding: floor
          rate_unit: percent
          rates:
            - { rate: 10, category: standard, from: 2019-10-01 }
            - { rate: 8, category: standard, from: 2014-04-01, until: 2019-09-30 }
            - { rate: 8, category: reduced, from: 2019-10-01 }
            - { rate: 0, category: exempt }
            - { rate: 0, category: tax_free }
        store: { by: code }
        business_date: stated
        clock: terminal
        identity: [terminal, business_date, receipt_number]
        checks: { total: true }
        """;

    /// <summary>Converts rows by the profile, changed by replacing texts.</summary>
    public static Conversion Convert(string rows, params (string Was, string Is)[] changes) => Convert(rows, null, changes);

    public static Conversion Convert(string rows, DateTimeOffset? receivedAt, params (string Was, string Is)[] changes)
    {
        var yaml = Profile.Replace("store: { by: code }", "store: { by: constant, code: S001 }", StringComparison.Ordinal)
            .Replace("type: code, default: standard }", "type: code, default: standard, map: cat }", StringComparison.Ordinal)
            .Replace("type: code, default: inclusive }", "type: code, default: inclusive, map: basis }", StringComparison.Ordinal)
            .Replace("codes:\n", "codes:\n  cat: { standard: standard, reduced: reduced, exempt: exempt, tax_free: tax_free }\n  basis: { inclusive: inclusive, exclusive: exclusive, untaxed: untaxed }\n", StringComparison.Ordinal);
        foreach (var (was, now) in changes)
        {
            Assert.Contains(was, yaml, StringComparison.Ordinal);
            yaml = yaml.Replace(was, now, StringComparison.Ordinal);
        }

        var profile = ProfileCatalog.Load([("trap.yaml", yaml)]).Find("trap")!;
        var conversion = Converter.Convert(profile, Encoding.UTF8.GetBytes(Header + rows), ProfileFixtures.Context with { ReceivedAt = receivedAt }, CancellationToken.None);
        if (conversion.Unreadable is null)
        {
            ProfileFixtures.AssertRowsBalance(conversion);
            Assert.All(conversion.Transactions, t => ProfileFixtures.AssertMoneyBalances(t.Record));
        }

        return conversion;
    }
}
