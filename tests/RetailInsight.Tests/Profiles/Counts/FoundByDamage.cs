using System.Text;
using Xunit;

namespace RetailInsight.Tests.Profiles.Counts;

/// <summary>Payloads of devices that damage found to break something, each in its shortest form.</summary>
public sealed class FoundByDamage
{
    [Theory]
    [InlineData("milesight-lines", """{"device_info":{"device_sn":"6621D0000001"},"time_info":{"\ud800dst":false,"start_time":"2026/11/20 10:15:52","end_time":"2026/11/20 11:15:52"}}""")]
    [InlineData("xovis", """[{"logics_data":{"sensor_info":{"serial_number":"x"},"logics":[{"name":"door","records":[{"from":1,"to":2,"counts":[{"name":"\ud800","value":1}]}]}]}}]""")]
    [InlineData("milesight-csv", "StartTime,Line1_In,Line1_Out,Line2_In,Line2_Out\r\n2026/11/20 09:00:00,12,3, ,0\r\n")]
    [InlineData("leeds-footfall", "Sitednesday,,LocationName,BRCYear,BRCMonthName,BRCWeekNum,DayName,Date,Hour,InCount,OutCount,ReportCount,FactoredInCount,FactoredOutCount,FactoredReportCount\nCity,Market street at the corner,2017,March,9,We01-Mar-17,00:00,15,0,15,15,0,15\n", 0xF9)]
    public void A_damaged_payload_gets_a_verdict_for_every_row(string profile, string payload, int damage = 0)
    {
        var bytes = Encoding.UTF8.GetBytes(payload);
        if (damage > 0)
        {
            bytes[bytes.AsSpan().IndexOf("t street"u8)] = (byte)damage;
        }

        var conversion = ProfileFixtures.Convert(profile, bytes);
        ProfileFixtures.AssertRowsBalance(conversion);
        Assert.All(conversion.Held.SelectMany(held => held.Rejections).Concat(conversion.Unreadable is { } one ? [one] : []), rejection =>
        {
            Assert.NotEqual("", rejection.Field);
            Assert.True(rejection.Detail.Length > 10, rejection.Detail);
        });
    }

    [Fact]
    public void Of_members_that_stand_twice_the_last_counts_where_the_profile_says_so()
    {
        const string Twice = """{"device_info":{"device_sn":"369362028335"},"time_info":{"timezone":"UTC+9:00","end_time":"2026/11/20 11:15:52"},"current_total":3,"numbering_regions":[1],"current_total":10,"numbering_regions":[1,2]}""";
        Assert.Equal(10u, ProfileFixtures.Convert("milesight", Encoding.UTF8.GetBytes(Twice)).PeopleCounts.Single().Record.Occupancy);

        // Where the profile says nothing nobody knows which was meant.
        var counter = """{"device":"80:1F:12:D4:00:01","device":"80:1F:12:D4:00:02","intervals":[{"line":"door","from":"2026-11-20T09:00:00","to":"2026-11-20T09:15:00","in":1}]}""";
        Assert.NotNull(ProfileFixtures.Convert("counter-json", Encoding.UTF8.GetBytes(counter)).Unreadable);
    }
}
