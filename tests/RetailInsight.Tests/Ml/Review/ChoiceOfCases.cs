using RetailInsight.Ml.Review;

namespace RetailInsight.Tests.Ml.Review;

public sealed class ChoiceOfCases
{
    private static readonly DateOnly Night = new(2026, 11, 22);

    [Fact]
    public void The_most_uncertain_and_some_drawn_are_asked_about_and_the_same_night_asks_the_same()
    {
        var candidates = Enumerable.Range(0, 50).SelectMany(i => new[] { Case(i, i), Case(i, i - 0.5) }).ToList();
        var picked = ReviewChoice.Pick("acme", Night, candidates);
        Assert.Equal(ReviewChoice.Quota, picked.Count);
        Assert.Equal(["s49", "s48", "s47"], picked.Take(3).Select(one => one.Candidate.Store));
        Assert.Equal([1, 1, 1, 2 / 47.0, 2 / 47.0], picked.Select(one => one.Chance));
        Assert.Equal(5, picked.Select(one => one.Candidate.Store).Distinct().Count());
        var shuffled = candidates.ToArray();
        new Random(1).Shuffle(shuffled);
        Assert.Equal(picked, ReviewChoice.Pick("acme", Night, shuffled));
    }

    [Fact]
    public void Weighed_by_their_chance_the_picked_speak_for_all()
    {
        // One in four candidates is wrong, the uncertain ones far more often: weighed, the sample finds the share.
        var candidates = Enumerable.Range(0, 60).Select(i => Case(i, i)).ToList();
        var wrong = candidates.Where(one => one.Uncertainty >= 50 || ((int)one.Uncertainty % 10 == 0 && one.Uncertainty < 50)).Select(one => one.Store).ToHashSet();
        var (plain, weighed) = (new List<double>(), new List<double>());
        for (var night = 0; night < 2000; night++)
        {
            var picked = ReviewChoice.Pick("acme", Night.AddDays(night), candidates);
            plain.Add(picked.Average(one => wrong.Contains(one.Candidate.Store) ? 1.0 : 0));
            weighed.Add(picked.Sum(one => wrong.Contains(one.Candidate.Store) ? 1 / one.Chance : 0) / picked.Sum(one => 1 / one.Chance));
        }

        Assert.True(plain.Average() > 0.6);
        Assert.InRange(weighed.Average(), (wrong.Count / 60.0) - 0.03, (wrong.Count / 60.0) + 0.03);
    }

    [Fact]
    public void Few_candidates_are_all_asked_about() =>
        Assert.All(ReviewChoice.Pick("acme", Night, [Case(1, 1), Case(2, 2)]), one => Assert.Equal(1, one.Chance));

    private static ReviewCandidate Case(int store, double uncertainty) => new("wide_range", $"s{store:00}", "net_sales", Night, uncertainty, "{}");
}
