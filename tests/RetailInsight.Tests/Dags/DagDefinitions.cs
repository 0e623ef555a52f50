using RetailInsight.Dags.Engine;

namespace RetailInsight.Tests.Dags;

public sealed class DagDefinitions
{
    [Fact]
    public void Everything_that_is_wrong_is_listed_at_once()
    {
        var error = Assert.Throws<DagDefinitionException>(() => new DagCatalogue(
        [
            new Dag("ring", [Task("start"), Task("a", "b"), Task("b", "a"), Task("after", "b")]),
            new Dag("lost", [Task("one", "nobody"), Task("one")]) { Schedule = new CronSchedule("61 * * * *", "Asia/Tokyo") },
            new Dag("zone", [Task("one")]) { Schedule = new CronSchedule("0 4 * * *", "Asia/Edo") },
            new Dag("Bad Name", []),
            new Dag("twice", [Task("one")]) { Partitions = new PartitionTrigger([], (_, _, _) => throw new InvalidOperationException()) },
            new Dag("told", [Task("one")])
            {
                Parameters =
                [
                    new("stores", ParameterKind.Text, "Which.", "店"), new("How Many", ParameterKind.WholeNumber, "So many.", "数"), new("same", ParameterKind.YesNo, " ", "同じ"),
                    new("many", ParameterKind.WholeNumber, "So many.", "数") { Least = 2, Most = 1 }, new("few", ParameterKind.WholeNumber, "So few.", "数") { Choices = ["one"] },
                ],
            },
            new Dag("twice", [Task("one") with { Retry = new RetryPolicy { MaxTries = 0 }, Timeout = TimeSpan.Zero }]) { MaxActiveRuns = 0 },
        ]));

        Assert.Equal(
            [
                "twice: defined 2 times",
                "ring: tasks wait for each other: a, b",
                "lost: '61 * * * *' is not a crontab line of five fields",
                "lost: task one is defined 2 times",
                "lost: task one waits for nobody, which does not exist",
                "zone: 'Asia/Edo' is not a known time zone",
                "Bad Name: the id must be lower-case letters, digits and underscores",
                "Bad Name: it has no task",
                "twice: its partition trigger names no dataset",
                "told: parameter 'stores': its name is taken: it is the stores a run works on",
                "told: parameter 'How Many': its name must be lower-case letters, digits and underscores",
                "told: parameter 'same': it is not described in both languages",
                "told: parameter 'many': no number is taken",
                "told: parameter 'few': only a text has choices",
                "twice: MaxActiveRuns must be at least 1",
                "twice: task one has MaxTries 0; at least 1 is needed",
                "twice: task one has no time to run",
            ],
            error.Errors);
        Assert.All(error.Errors, complaint => Assert.Contains(complaint, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_diamond_is_no_cycle()
    {
        var catalogue = new DagCatalogue([new Dag("diamond", [Task("a"), Task("b", "a"), Task("c", "a"), Task("d", "b", "c")])]);
        Assert.Equal(["diamond/a", "diamond/b", "diamond/c", "diamond/d"], catalogue.TaskNames.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("acme/2026-11-20", "acme", 20)]
    [InlineData("a-b/2026-11-01", "a-b", 1)]
    public void A_partition_key_reads_back(string key, string tenant, int day)
    {
        Assert.Equal(new DayPartition(tenant, new DateOnly(2026, 11, day)), DayPartition.Parse(key));
        Assert.Equal(key, DayPartition.Parse(key).ToString());
    }

    [Theory]
    [InlineData("acme")]
    [InlineData("/2026-11-20")]
    [InlineData("acme/20.11.2026")]
    public void Another_text_is_no_partition_key(string key) => Assert.Throws<FormatException>(() => DayPartition.Parse(key));

    private static DagTask Task(string id, params string[] upstreams) =>
        new(id, (_, _) => System.Threading.Tasks.Task.FromResult(TaskOutput.None)) { Upstreams = upstreams };
}
