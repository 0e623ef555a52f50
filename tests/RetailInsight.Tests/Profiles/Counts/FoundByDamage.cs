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
}
