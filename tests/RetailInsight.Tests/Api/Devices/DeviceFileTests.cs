using RetailInsight.Api.Devices;
using RetailInsight.Api.Files;

namespace RetailInsight.Tests.Api.Devices;

/// <summary>A list of counters as an installer keeps it becomes devices with lines, or says of each row what is wrong with it.</summary>
public sealed class DeviceFileTests
{
    private const string Header = "device,device_group,interval_seconds,opens,closes,network,subscriber,line,store,valid_from,valid_to,role,reversed\n";
    private static readonly HashSet<string> Groups = ["doors"];
    private static readonly HashSet<string> Stores = ["S1", "S2"];

    [Fact]
    public void Rows_of_a_device_are_its_lines()
    {
        var (devices, faults) = DeviceFile.Read(
            "\uFEFF機器ID,グループ,間隔秒,名称,計測開始,計測終了,ライン,店舗コード,適用開始日,適用終了日,用途,逆向き\n80:1F,doors,900,北口,10:00,25:30,a,S1,2026/11/1,2026-11-10,入口,はい\n80:1F,,,,,,a,S2,2026-11-11,,通路,\n80:20,doors,60,\"南,口\",,,,,,,,\n",
            Groups, Stores);
        Assert.Empty(faults);
        Assert.Equal(["80:1F", "80:20"], devices.Select(device => device.Device));
        Assert.Equal(("北口", 600, 1530, 900), (devices[0].Name, devices[0].OpensMinute, devices[0].ClosesMinute, devices[0].IntervalSeconds));
        Assert.Equal([new DeviceLineView("a", "S1", new DateOnly(2026, 11, 1), new DateOnly(2026, 11, 10), "entrance", true), new DeviceLineView("a", "S2", new DateOnly(2026, 11, 11), null, "passage")], devices[0].Lines!);
        Assert.Equal(("南,口", 0), (devices[1].Name, devices[1].Lines!.Count));
    }

    [Theory]
    [InlineData("", 0, "file")]
    [InlineData(Header, 0, "file")]
    [InlineData("device,interval_seconds\na,900\n", 1, "device_group")]
    [InlineData("device,device_group,interval_seconds,colour\na,doors,900,red\n", 1, "colour")]
    [InlineData(Header + ",doors,900\n", 2, "device")]
    [InlineData(Header + "a/b,doors,900\n", 2, "device")]
    [InlineData(Header + "a,gates,900\n", 2, "device_group")]
    [InlineData(Header + "a,doors,often\n", 2, "interval_seconds")]
    [InlineData(Header + "a,doors,0\n", 2, "interval_seconds")]
    [InlineData(Header + "a,doors,900,10 o'clock,20:00\n", 2, "opens")]
    [InlineData(Header + "a,doors,900,20:00,10:00\n", 2, "closes")]
    [InlineData(Header + "a,doors,900,,,sim\n", 2, "subscriber")]
    [InlineData(Header + "a,doors,900,,,sim,1\nb,doors,900,,,sim,1\n", 3, "subscriber")]
    [InlineData(Header + "a,doors,900,,,,,x,S9,2026-11-01\n", 2, "store")]
    [InlineData(Header + "a,doors,900,,,,,x,S1,soon\n", 2, "valid_from")]
    [InlineData(Header + "a,doors,900,,,,,x,S1,2026-11-02,2026-11-01\n", 2, "valid_to")]
    [InlineData(Header + "a,doors,900,,,,,x,S1,2026-11-02,,roof\n", 2, "role")]
    [InlineData(Header + "a,doors,900,,,,,x,S1,2026-11-02,,,maybe\n", 2, "reversed")]
    [InlineData(Header + "a,doors,900,,,,,x,S1,2026-11-01\na,,,,,,,x,S2,2026-11-05\n", 3, "valid_from")]
    [InlineData(Header + "a,doors,900\na,doors,60,,,,,x,S1,2026-11-01\n", 3, "interval_seconds")]
    public void A_bad_row_is_named_with_its_column_and_nothing_is_taken(string file, int row, string field)
    {
        var (devices, faults) = DeviceFile.Read(file, Groups, Stores);
        Assert.Empty(devices);
        Assert.Contains(faults, fault => (fault.Row, fault.Field) == (row, field) && fault.Detail.Length > 10);
    }

    [Fact]
    public void An_overlap_is_told_by_rows()
    {
        var faults = DeviceFile.Read(Header + "b,doors,900\na,doors,900,,,,,x,S1,2026-11-01\na,,,,,,,x,S2,2026-11-05\n", Groups, Stores).Faults;
        Assert.Equal([new RowFault(4, "valid_from", "overlaps row 3 of the same line: end that one the day before.")], faults);
    }

    [Fact]
    public void Faults_are_told_up_to_a_hundred() =>
        Assert.Equal(CsvTable.MostFaults, DeviceFile.Read(Header + string.Concat(Enumerable.Range(0, 500).Select(n => $"d{n},gates,900\n")), Groups, Stores).Faults.Count);
}
