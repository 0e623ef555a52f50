using RetailInsight.Core.Ports;
using RetailInsight.Dags.Engine;

namespace RetailInsight.Tests.Dags;

public sealed class RetryPolicies
{
    [Fact]
    public void An_error_is_classed_by_its_nearest_named_type()
    {
        var policy = new RetryPolicy { Errors = new Dictionary<Type, ErrorClass> { [typeof(QueryBudgetException)] = ErrorClass.Fatal } };

        Assert.Equal(ErrorClass.Transient, policy.Classify(new IOException("a disk was slow")));
        Assert.Equal(ErrorClass.Transient, policy.Classify(new TimeoutException()));
        Assert.Equal(ErrorClass.Fatal, policy.Classify(new OverflowException()));
        Assert.Equal(ErrorClass.Fatal, policy.Classify(new FatalTaskException("no")));
        Assert.Equal(ErrorClass.Fatal, policy.Classify(new QueryBudgetException(2, 1)));
        Assert.Equal(ErrorClass.Transient, new RetryPolicy().Classify(new QueryBudgetException(2, 1)));
        Assert.Equal(ErrorClass.Transient, policy.Classify(new Npgsql.PostgresException("deadlock", "ERROR", "ERROR", "40P01")));
        Assert.Equal(ErrorClass.Fatal, policy.Classify(new Npgsql.PostgresException("no such column", "ERROR", "ERROR", "42703")));
    }

    [Fact]
    public void Waits_double_up_to_the_longest_and_spread_over_a_half()
    {
        var policy = new RetryPolicy { Delay = TimeSpan.FromSeconds(2), MaxDelay = TimeSpan.FromSeconds(30) };
        for (var seed = 0L; seed < 200; seed++)
        {
            Assert.InRange(policy.DelayAfter(1, seed).TotalSeconds, 1, 2);
            Assert.InRange(policy.DelayAfter(3, seed).TotalSeconds, 4, 8);
            Assert.InRange(policy.DelayAfter(100, seed).TotalSeconds, 15, 30);
        }

        Assert.True(Enumerable.Range(0, 200).Select(seed => policy.DelayAfter(1, seed)).Distinct().Count() > 100);
    }
}
