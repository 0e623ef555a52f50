using RetailInsight.Profiles.Definition;
using RetailInsight.Profiles.Values;

namespace RetailInsight.Tests.Profiles;

public sealed class NumberTextTests
{
    private static readonly NumberStyle Plain = new(false, false, "", true);
    private static readonly NumberStyle Printed = new(true, true, "△▲−", true);

    [Theory]
    [InlineData("1,234", 1_234)]
    [InlineData("¥1,234,567", 1_234_567)]
    [InlineData("△1,234", -1_234)]
    [InlineData("▲¥5", -5)]
    [InlineData("−１２", -12)]
    [InlineData("123", 123)]
    public void Printed_forms_are_read_where_the_profile_says_so(string text, long expected) =>
        Assert.Equal((NumberText.Problem.None, expected * 1_000_000), Parse(text, Printed));

    [Theory]
    [InlineData("1,23")]
    [InlineData(",123")]
    [InlineData("12,34,567")]
    [InlineData("1234,567")]
    [InlineData("1,234,")]
    [InlineData("--1")]
    [InlineData("-")]
    [InlineData(".5")]
    [InlineData("5.")]
    [InlineData("1.2.3")]
    [InlineData("0x10")]
    [InlineData("1 2")]
    public void A_damaged_number_is_no_number(string text) => Assert.Equal(NumberText.Problem.NotANumber, Parse(text, Printed).Problem);

    [Theory]
    [InlineData("0.000001", 1)]
    [InlineData("-9223372036854.775807", -9_223_372_036_854_775_807)]
    [InlineData("0.10000000000000000000000000", 100_000)]
    [InlineData("0000000000000000000000000000000000000001", 1_000_000)]
    public void Millionths_are_exact(string text, long micros) => Assert.Equal((NumberText.Problem.None, micros), Parse(text, Plain));

    [Theory]
    [InlineData("0.30000000000000004", nameof(NumberText.Problem.TooFine))]
    [InlineData("9223372036854.775808", nameof(NumberText.Problem.TooLarge))]
    [InlineData("99999999999999999999999999999999999999999999", nameof(NumberText.Problem.TooLarge))]
    public void What_cannot_be_kept_exactly_is_refused(string text, string problem) =>
        Assert.Equal(problem, Parse(text, Plain).Problem.ToString());

    [Theory]
    [InlineData("2.59e2", nameof(NumberText.Problem.None))]
    [InlineData("1E-6", nameof(NumberText.Problem.None))]
    [InlineData("1e-7", nameof(NumberText.Problem.TooFine))]
    [InlineData("1e999999999999", nameof(NumberText.Problem.TooLarge))]
    [InlineData("0e99", nameof(NumberText.Problem.None))]
    public void An_exponent_is_part_of_a_number_only_in_json(string text, string problem)
    {
        Assert.Equal(problem, NumberText.TryParse(text, Plain, exponent: true, out _).ToString());
        Assert.Equal(NumberText.Problem.NotANumber, Parse(text, Plain).Problem);
    }

    [Theory]
    [InlineData("25:30:12", 91_812)]
    [InlineData("24:00", 86_400)]
    [InlineData("9:05:00", 32_700)]
    [InlineData("47:59:59", 172_799)]
    public void Hours_run_to_47(string text, int seconds)
    {
        Assert.True(TimeText.TryTime(text, out var time));
        Assert.Equal(seconds, time.TotalSeconds);
    }

    [Theory]
    [InlineData("48:00:00")]
    [InlineData("10:60:00")]
    [InlineData("10:00:60")]
    [InlineData("1000")]
    [InlineData("10:0:00")]
    [InlineData("-1:00")]
    public void Other_times_are_none(string text) => Assert.False(TimeText.TryTime(text, out _));

    [Theory]
    [InlineData("2026-11-01T10:00:00", false)]
    [InlineData("2026-11-01T10:00:00Z", true)]
    [InlineData("2026-11-01T10:00:00.1234567+0900", true)]
    [InlineData("2026-11-01T24:00:00Z", false)]
    [InlineData("2026-11-01T10:00:00+15:00", false)]
    [InlineData("2026-02-29T10:00:00Z", false)]
    [InlineData("0001-01-01T00:00:00Z", false)]
    public void An_iso_timestamp_carries_its_offset(string text, bool valid) => Assert.Equal(valid, TimeText.TryTimestamp(text, [TimeText.Iso], out _));

    private static (NumberText.Problem Problem, long Micros) Parse(string text, NumberStyle style) =>
        (NumberText.TryParse(text, style, exponent: false, out var micros), micros);
}
