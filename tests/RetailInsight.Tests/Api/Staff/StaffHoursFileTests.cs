using RetailInsight.Api.Customers;
using RetailInsight.Api.Files;
using RetailInsight.Api.Staff;

namespace RetailInsight.Tests.Api.Staff;

public sealed class StaffHoursFileTests
{
    private const string Header = "store,business_date,hour,planned_hours,actual_hours\n";

    [Fact]
    public void Hours_come_as_decimals_or_by_the_clock_and_what_is_not_said_stays_unknown()
    {
        var (rows, faults) = StaffHoursFile.Read("\uFEFF店舗,営業日,時間帯,計画時間,実績時間\r\nS1,2026/11/4,25,3:30,\r\n\"S1\",2026-11-14,9,,2.508\r\n", code => code == "S1");
        Assert.Empty(faults);
        Assert.Equal([new StaffHour("S1", new DateOnly(2026, 11, 4), 25, 210, null), new StaffHour("S1", new DateOnly(2026, 11, 14), 9, null, 150)], rows);
    }

    [Theory]
    [InlineData("", 0, "file")]
    [InlineData(Header, 0, "file")]
    [InlineData("store,business_date,hour\nS1,2026-11-14,9\n", 1, "actual_hours")]
    [InlineData("store,hour,actual_hours\nS1,9,1\n", 1, "business_date")]
    [InlineData("store,business_date,hour,actual_hours,note\n", 1, "note")]
    [InlineData(Header + "S1,2026-11-14,9,1,1\nS2,2026-11-14,9,1,1\n", 3, "store")]
    [InlineData(Header + "S1,2026-02-30,9,1,1\n", 2, "business_date")]
    [InlineData(Header + "S1,2026-11-14,48,1,1\n", 2, "hour")]
    [InlineData(Header + "S1,2026-11-14,9.5,1,1\n", 2, "hour")]
    [InlineData(Header + "S1,2026-11-14,9,-1,1\n", 2, "planned_hours")]
    [InlineData(Header + "S1,2026-11-14,9,1,1:75\n", 2, "actual_hours")]
    [InlineData(Header + "S1,2026-11-14,9,1,99999999999999999999999999999999\n", 2, "actual_hours")]
    [InlineData(Header + "S1,2026-11-14,9,,\n", 2, "actual_hours")]
    [InlineData(Header + "S1,2026-11-14,9,1,1\nS1,2026-11-14,9,2,2\n", 3, "hour")]
    [InlineData(Header + "S1\n", 2, "business_date")]
    public void A_bad_row_is_named_with_its_field_and_nothing_is_taken(string file, int row, string field)
    {
        var (rows, faults) = StaffHoursFile.Read(file, code => code == "S1");
        Assert.Empty(rows);
        Assert.Contains(faults, fault => (fault.Row, fault.Field) == (row, field) && fault.Detail.Length > 10);
    }

    [Fact]
    public void Faults_are_told_up_to_a_hundred() =>
        Assert.Equal(CsvTable.MostFaults, StaffHoursFile.Read(Header + string.Concat(Enumerable.Repeat("S9,2026-11-14,9,1,1\n", 500)), _ => false).Faults.Count);

    [Fact]
    public void Kinds_of_few_customers_are_hidden_and_cannot_be_had_by_subtraction()
    {
        var cells = from recency in Enumerable.Range(1, 5) from frequency in Enumerable.Range(1, 5) select new CustomerCell(recency, frequency, 10, 20, 5_000_000);
        Assert.Equal(250, CustomerSegments.From(cells).Sum(segment => segment.Customers));

        var few = CustomerSegments.From([new(5, 5, 4, 40, 9), new(4, 1, 6, 6, 9), new(1, 1, 50, 50, 9)]);
        Assert.Equal([CustomerSegment.Best, CustomerSegment.New], few.Where(segment => segment.Customers is null).Select(segment => segment.Segment));
        Assert.Equal(50, few.Single(segment => segment.Segment == CustomerSegment.Lapsed).Customers);
    }
}
