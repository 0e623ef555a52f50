using RetailInsight.Platform.Local.PostgresBus;

namespace RetailInsight.Tests.Platform;

public sealed class SubscriptionStateTests
{
    private readonly SettableTime _time = new();
    private readonly SubscriptionState _state;

    public SubscriptionStateTests() => _state = new(1, new PostgresBusOptions(), _time);

    [Fact]
    public void The_floor_rises_to_the_lowest_ready_message_and_never_falls_by_a_claim()
    {
        _state.Raise(100, _state.Floor().Version);
        _state.Raise(50, _state.Floor().Version);
        Assert.Equal(100, _state.Floor().Floor);
    }

    [Fact]
    public void A_message_that_becomes_ready_during_a_claim_is_not_passed_over()
    {
        _state.Raise(100, _state.Floor().Version);
        var claim = _state.Floor();
        _state.Wake(40);
        _state.Raise(200, claim.Version);
        Assert.Equal(40, _state.Floor().Floor);
        _state.Wake(70);
        Assert.Equal(40, _state.Floor().Floor);
    }

    [Fact]
    public void Now_and_then_the_floor_starts_from_nothing_in_case_a_wake_up_was_lost()
    {
        _state.Raise(100, _state.Floor().Version);
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(100, _state.Floor().Floor);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, _state.Floor().Floor);
    }

    [Fact]
    public void A_wake_up_reaches_whoever_asked_before_it()
    {
        var before = _state.NextWake;
        _state.Wake(1);
        Assert.True(before.IsCompleted);
        Assert.False(_state.NextWake.IsCompleted);
    }

    [Fact]
    public void Expired_leases_are_looked_for_once_an_interval()
    {
        Assert.True(_state.TakeExpirySweep());
        Assert.False(_state.TakeExpirySweep());
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(_state.TakeExpirySweep());
    }

    [Fact]
    public void An_ack_id_names_its_message_and_its_lease()
    {
        var (messages, leases) = LeaseToken.Parse([new LeaseToken(7, long.MinValue).ToString(), new LeaseToken(long.MaxValue, 3).ToString()]);
        Assert.Equal([7, long.MaxValue], messages);
        Assert.Equal([long.MinValue, 3], leases);
    }

    [Theory]
    [InlineData("")]
    [InlineData("7")]
    [InlineData("7.")]
    [InlineData("-7.1")]
    [InlineData("7.1.2")]
    [InlineData("99999999999999999999.1")]
    public void An_ack_id_of_another_bus_is_refused(string ackId) => Assert.Throws<ArgumentException>(() => LeaseToken.Parse([ackId]));

    private sealed class SettableTime : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(TimeSpan span) => _ticks += span.Ticks;

        public override long GetTimestamp() => _ticks;
    }
}
