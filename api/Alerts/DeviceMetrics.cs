using RetailInsight.Api.Metrics;

namespace RetailInsight.Api.Alerts;

/// <summary>What rules hold counters and cameras to, each device by itself. They are no figures of a store, so they stand in no catalogue.</summary>
internal static class DeviceMetrics
{
    /// <summary>Minutes a report is overdue, inside the hours the device is to count in.</summary>
    public const string Silence = "device_silence";

    /// <summary>Minutes of a day that were counted as a whole, by those that were to be.</summary>
    public const string Coverage = "device_coverage";

    /// <summary>Both.</summary>
    public static IReadOnlyList<Metric> All { get; } =
    [
        new(
            Silence,
            new("機器の無通信（分）", "Minutes a device is overdue"),
            new("現在 − 最後の受信 − 計測間隔", "now − last report − interval"),
            new("計測時間内の機器ごと。", "Each device, inside the hours it counts in."),
            Silence)
        { Unit = "minutes", Direction = "down" },
        new(
            Coverage,
            new("機器の計測率", "Coverage of a device"),
            new("計測できた分 ÷ 計測すべき分", "minutes counted ÷ minutes to be counted"),
            new("営業日の終了後、機器ごと。", "Each device, once the day is over."),
            Coverage)
        { Unit = "ratio", Decimals = 4 },
    ];

    /// <summary>Whether a rule is about devices.</summary>
    public static bool IsOf(AlertTest test) => test.Metric is Silence or Coverage;

    /// <summary>Why a rule of a device is not possible as it was written; null when it is, or is about none.</summary>
    public static string? Fault(AlertRuleRequest request) => request.Metric switch
    {
        Silence when (request.Direction, request.Against, request.UntilHour) != (AlertTest.Above, AlertTest.Value, null) => "device_silence is held above a value, without until_hour.",
        Coverage when (request.Direction, request.Against, request.UntilHour) != (AlertTest.Below, AlertTest.Value, null) => "device_coverage is held below a value, without until_hour.",
        _ => null,
    };
}
