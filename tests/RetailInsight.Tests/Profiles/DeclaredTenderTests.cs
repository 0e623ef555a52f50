using RetailInsight.Core.Outcomes;

namespace RetailInsight.Tests.Profiles;

public sealed class DeclaredTenderTests
{
    [Fact]
    public void Tenders_that_add_up_to_more_than_money_can_be_hold_the_totals()
    {
        const string Payload = """
            {"declared":[{"store":"S001","business_date":"2026-11-01","gross":"1","tenders":[{"method":"credit","amount":"9223372036854"},{"method":"credit","amount":"9223372036854"}]}]}
            """;
        var conversion = ProfileFixtures.ConvertJson("declared-totals", Payload);
        Assert.Empty(conversion.DeclaredTotals);
        Assert.Equal(RejectionReason.FieldRange, Assert.Single(Assert.Single(conversion.Held).Rejections).Reason);
    }
}
