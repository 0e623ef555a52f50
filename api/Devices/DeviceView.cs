using System.ComponentModel;
using System.Text.Json;

namespace RetailInsight.Api.Devices;

/// <summary>A counting line of a device, and where it hangs from one business date to another.</summary>
internal sealed record DeviceLineView(
    [property: Description("As the device names it; * is every line that is not named.")] string Line,
    string Store,
    [property: Description("First business date.")] DateOnly ValidFrom,
    [property: Description("Last business date; null while it still holds.")] DateOnly? ValidTo = null,
    [property: Description("entrance, passage (in front of the store) or interior.")] string Role = "entrance",
    [property: Description("Whether what the device calls in is out.")] bool Reversed = false,
    [property: Description("The zone of the store; empty for none.")] string Zone = "");

/// <summary>What counting by hand found of a line. What the device counted stays as it is.</summary>
internal sealed record DeviceCalibrationView(
    string Line,
    DateOnly ValidFrom,
    [property: Description("People counted by hand.")] int ByHand,
    [property: Description("People the device counted in the same time.")] int ByDevice,
    DateOnly? ValidTo = null)
{
    /// <summary>People a counted one stands for.</summary>
    [Description("by_hand / by_device: people one count stands for.")]
    public decimal Factor => decimal.Round((decimal)ByHand / ByDevice, 4, MidpointRounding.AwayFromZero);

    /// <summary>Half of the 95 % interval of the factor.</summary>
    /// <remarks>Delta method for the ratio of two counts taken as independent Poisson: factor × 1.96 × √(1/by_hand + 1/by_device).</remarks>
    [Description("The factor is uncertain by this much, at 95 %.")]
    public decimal Uncertainty => decimal.Round(Factor * 1.96m * (decimal)Math.Sqrt((1d / ByHand) + (1d / ByDevice)), 4, MidpointRounding.AwayFromZero);
}

/// <summary>A device as a list shows it.</summary>
internal sealed record DeviceView(
    [property: Description("As it names itself in what it sends.")] string Device,
    string Name,
    string Maker,
    string Model,
    string Revision,
    [property: Description("As it last said itself; empty for none.")] string Firmware,
    string DeviceGroup,
    [property: Description("How long one of its counts is, or how often it reports.")] int IntervalSeconds,
    [property: Description("Minutes after local midnight it begins to count; null for the hours of its store.")] int? OpensMinute,
    [property: Description("Minutes after local midnight it ends; may exceed 1440.")] int? ClosesMinute,
    [property: Description("The network that knows it by its SIM.")] string? Network,
    string? Subscriber,
    [property: Description("The hardware the SIM is enrolled with; set by the first report when left out.")] string? Equipment,
    [property: Description("The stores it counts in now.")] IReadOnlyList<string> Stores,
    [property: Description("counting, silent (overdue by three intervals, at least 15 minutes, in the hours it counts in), resting (outside them), new (never heard), unmapped (in no store today) or retired.")] string State,
    DateTimeOffset? LastSeenAt,
    DateTimeOffset EnrolledAt,
    DateTimeOffset? RetiredAt,
    [property: Description("Rises with each change; the ETag of the device.")] int Version);

/// <summary>Devices by id, and how many are in which state.</summary>
internal sealed record DeviceList(IReadOnlyList<DeviceView> Items, IReadOnlyDictionary<string, int> States, [property: Description("Send as after to read on; null on the last page.")] string? NextAfter);

/// <summary>One device.</summary>
internal sealed record DeviceDetail(
    DeviceView Device,
    IReadOnlyList<DeviceLineView> Lines,
    IReadOnlyList<DeviceCalibrationView> Calibrations,
    [property: Description("The last 14 business dates of the stores you may see, the latest first.")] IReadOnlyList<DeviceDayView> Days,
    [property: Description("What was done to it, newest first, at most 50.")] IReadOnlyList<DeviceChange> Changes);

/// <summary>What a device counted of a day, and how much of it.</summary>
internal sealed record DeviceDayView(
    string Store,
    DateOnly BusinessDate,
    [property: Description("Opening minutes times lines.")] int ExpectedMinutes,
    [property: Description("Of them those a whole count covers; null while nothing is computed of the day.")] int? ObservedMinutes,
    [property: Description("As counted, inside opening hours.")] int? Entered,
    int? Exited,
    [property: Description("entered by the factors of the calibrations; null where none holds.")] decimal? Calibrated,
    [property: Description("Whom the device takes for staff; never taken off entered.")] int? Staff,
    [property: Description("silence, flat_line, in_out_drift, night_counts, missing_packages: what is odd about the day. No number is changed by it.")] IReadOnlyList<string> Findings);

/// <summary>What was done to a device.</summary>
internal sealed record DeviceChange(DateTimeOffset At, string Actor, string Action, JsonElement Detail);

/// <summary>A device to be enrolled, or as it is to be from now on.</summary>
internal sealed record DeviceRequest(
    [property: Description("Id of an existing group: it says how what the device sends is read.")] string DeviceGroup,
    [property: Description("1 to 90000.")] int IntervalSeconds,
    [property: Description("As it names itself in what it sends: 1 to 128 characters, no slash. Wanted to enrol, cannot be changed.")] string? Device = null,
    string Name = "",
    string Maker = "",
    string Model = "",
    string Revision = "",
    int? OpensMinute = null,
    int? ClosesMinute = null,
    string? Network = null,
    string? Subscriber = null,
    string? Equipment = null,
    [property: Description("Where its lines hang; to enrol only.")] List<DeviceLineView>? Lines = null);

/// <summary>What became of the devices of a file.</summary>
internal sealed record DevicesEnrolled(
    [property: Description("Enrolled now, with their lines.")] IReadOnlyList<string> Enrolled,
    [property: Description("Enrolled before: they are as they were, whatever the file says of them.")] IReadOnlyList<string> Known);

/// <summary>The whole mapping of a device.</summary>
internal sealed record DeviceLinesRequest(List<DeviceLineView> Lines);

/// <summary>Every calibration of a device.</summary>
internal sealed record DeviceCalibrationsRequest(List<DeviceCalibrationView> Calibrations);

/// <summary>A key of a device to be made.</summary>
internal sealed record DeviceKeyRequest([property: Description("1 to 100 characters, for people.")] string Label, [property: Description("false makes a test key, rk_test_….")] bool Live = true);

/// <summary>Devices that are read alike.</summary>
internal sealed record DeviceGroupView(
    string DeviceGroup,
    string Feed,
    [property: Description("The version of the feed's profile; null for the newest.")] int? ProfileVersion,
    [property: Description("Devices that are not retired.")] int Devices);

/// <summary>The groups by id.</summary>
internal sealed record DeviceGroupList(IReadOnlyList<DeviceGroupView> Items);

/// <summary>How a group is to be read.</summary>
internal sealed record DeviceGroupRequest([property: Description("A feed of the company.")] string Feed, [property: Description("Above 0; absent for the newest. The gateway takes nothing of a version it does not have.")] int? ProfileVersion = null);
