using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using RetailInsight.Gateway;
using RetailInsight.Gateway.Feeds;

namespace RetailInsight.Tests.Gateway;

public sealed class TenantLimitsTests
{
    private readonly SetClock _clock = new();

    [Fact]
    public void A_burst_is_spent_and_comes_back_with_time()
    {
        var limits = Limits();
        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(_ => limits.TakeRequest("a").Allowed));
        Assert.Equal(new RequestBudget(false, 0, 2, 1), limits.TakeRequest("a"));
        _clock.Pass(TimeSpan.FromSeconds(0.5));
        Assert.Equal(new RequestBudget(true, 0, 2, 0), limits.TakeRequest("a"));
        _clock.Pass(TimeSpan.FromHours(1));
        Assert.Equal(new RequestBudget(true, 2, 1, 0), limits.TakeRequest("a"));
    }

    [Fact]
    public void One_tenant_spends_nothing_of_another()
    {
        var limits = Limits();
        while (limits.TakeRequest("noisy").Allowed)
        {
        }

        Assert.True(limits.TakeRequest("quiet").Allowed);
    }

    [Fact]
    public void The_time_of_day_going_back_or_forward_changes_nothing()
    {
        var limits = Limits();
        _ = Enumerable.Range(0, 3).Select(_ => limits.TakeRequest("a")).ToList();
        foreach (var skew in new[] { -365, 365 })
        {
            _clock.TimeOfDay = _clock.TimeOfDay.AddDays(skew);
            Assert.False(limits.TakeRequest("a").Allowed);
        }
    }

    [Fact]
    public void The_headers_have_the_form_of_the_draft()
    {
        var limits = Limits();
        Assert.Equal("\"requests\";q=3;w=2, \"bytes-in-flight\";q=1000;qu=\"content-bytes\"", limits.Policy);
        Assert.Equal("\"requests\";r=2;t=1", TenantLimits.Field(limits.TakeRequest("a")));
    }

    [Fact]
    public void Bytes_on_their_way_are_counted_until_they_are_there()
    {
        var limits = Limits();
        using (limits.TakeBytes("a", 600))
        {
            var refused = Assert.Throws<BadHttpRequestException>(() => limits.TakeBytes("a", 401));
            Assert.Equal(429, refused.StatusCode);
            using var growing = limits.TakeBytes("a", null);
            growing.Cover(400);
            Assert.Throws<BadHttpRequestException>(() => growing.Cover(401));
            using var other = limits.TakeBytes("b", 1_000);
        }

        using var afterwards = limits.TakeBytes("a", 1_000);
    }

    [Fact]
    public void A_payload_longer_than_the_limit_passes_alone()
    {
        using var large = Limits().TakeBytes("a", 5_000);
    }

    private TenantLimits Limits() => new(_clock, Options.Create(new GatewayOptions { RequestsPerSecond = 2, RequestBurst = 3, BytesInFlight = 1_000 }));

    private sealed class SetClock : TimeProvider
    {
        private long _ticks;

        public DateTimeOffset TimeOfDay { get; set; } = new(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Pass(TimeSpan time) => _ticks += time.Ticks;

        public override long GetTimestamp() => _ticks;

        public override DateTimeOffset GetUtcNow() => TimeOfDay;
    }
}
