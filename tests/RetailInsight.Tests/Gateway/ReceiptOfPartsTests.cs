using RetailInsight.Core.Outcomes;
using RetailInsight.Core.Ports;
using RetailInsight.Gateway.Landing;
using RetailInsight.Gateway.Receipts;
using RetailInsight.Profiles;

namespace RetailInsight.Tests.Gateway;

/// <summary>The receipt over the parts of a file says what one over the whole file does.</summary>
public sealed class ReceiptOfPartsTests
{
    private static readonly Ingestion Payload = new()
    {
        Id = Guid.Empty,
        Tenant = "t",
        Feed = "f",
        Vendor = "v",
        Profile = "p",
        ProfileVersion = 1,
        ContentEncoding = "identity",
        Sha256 = new byte[32],
        Raw = new LakePointer("o", 0, 1),
        ReceivedAt = DateTimeOffset.UnixEpoch,
    };

    [Fact]
    public void What_was_found_in_parts_is_summed_in_the_order_of_the_whole()
    {
        Finding[] first = [Found(FindingCode.ColumnUnknown, "z", 1), Found(FindingCode.ColumnUnknown, "a", 1), Found(FindingCode.RecordSkipped, "Control", 2)];
        Finding[] second = [Found(FindingCode.ItemCodeInvalid, "y", 3), Found(FindingCode.RecordSkipped, "Audit", 4), Found(FindingCode.RecordSkipped, "Control", 5)];
        Finding[] third = [Found(FindingCode.ItemCodeInvalid, "b", 1)];
        Receipt? receipt = null;
        foreach (var findings in (Finding[][])[first, second, third])
        {
            receipt = new ReceiptDraft(Payload, receipt).Converted(0, findings);
        }

        Assert.Equal(
            ["item_code_invalid b 1", "item_code_invalid y 3", "column_unknown z 1", "column_unknown a 1", "record_skipped Audit 4", "record_skipped Control 7"],
            receipt!.Findings.Select(found => $"{found.Code} {found.Field} {found.Count}"));
    }

    private static Finding Found(FindingCode code, string field, int count) => new(code, field, count, "An example.", new SourceLocation(1, 0, 1));
}
