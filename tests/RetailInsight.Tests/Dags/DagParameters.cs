using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using RetailInsight.Dags.Engine;

namespace RetailInsight.Tests.Dags;

public sealed class DagParameters
{
    private static readonly DagParameter Recipe = new("recipe", ParameterKind.Text, "Which recipe.", "レシピ") { Choices = ["standard", "flat"] };
    private static readonly DagParameter Note = new("note", ParameterKind.Text, "Anything.", "何でも");
    private static readonly DagParameter Weeks = new("weeks", ParameterKind.WholeNumber, "How many.", "数") { Least = 2, Most = 8 };
    private static readonly DagParameter Dry = new("dry", ParameterKind.YesNo, "Without publishing.", "試行");

    [Fact]
    public void A_value_that_is_not_taken_is_told_with_what_would_be()
    {
        Assert.Equal("'quick' is not taken: it must be one of standard, flat.", Recipe.Fault("quick"));
        Assert.Equal("It must be 1 to 200 characters without control characters.", Note.Fault(""));
        Assert.Equal("It must be 1 to 200 characters without control characters.", Note.Fault("a\0b"));
        Assert.Equal("'9' is not taken: it must be a whole number from 2 to 8.", Weeks.Fault("9"));
        Assert.Equal("'two' is not taken: it must be a whole number, 2 at least.", (Weeks with { Most = null }).Fault("two"));
        Assert.Equal("'1,000' is not taken: it must be a whole number.", (Weeks with { Least = null, Most = null }).Fault("1,000"));
        Assert.Equal("'perhaps' is not taken: it must be true or false.", Dry.Fault("perhaps"));
        Assert.All([Recipe.Fault("flat"), Note.Fault("日曜"), Weeks.Fault("2"), Dry.Fault("TRUE")], Assert.Null);
    }

    [Fact]
    public void A_task_reads_what_was_given_and_learns_what_was_not()
    {
        var given = Context(JsonSerializer.Serialize(new Dictionary<string, object> { ["recipe"] = Recipe.Value("flat"), ["weeks"] = Weeks.Value("4"), ["dry"] = Dry.Value("True") }));
        Assert.Equal(("flat", 4L, true), (Recipe.Text(given), Weeks.WholeNumber(given), Dry.YesNo(given)));
        var none = Context("{}");
        Assert.Equal((null, null, null), (Recipe.Text(none), Weeks.WholeNumber(none), Dry.YesNo(none)));
    }

    [Fact]
    public void What_is_registered_is_what_was_defined()
    {
        var spec = DagParameter.Spec([Recipe, Weeks]).GetRawText();
        Assert.Equal(
            """[{"name":"recipe","kind":"text","description":"Which recipe.","japanese":"\u30EC\u30B7\u30D4","choices":["standard","flat"]},{"name":"weeks","kind":"whole_number","description":"How many.","japanese":"\u6570","choices":[],"least":2,"most":8}]""", spec);
        Assert.Equal("'quick' is not taken: it must be one of standard, flat.", DagParameter.OfSpec(spec)[0].Fault("quick"));
    }

    private static TaskContext Context(string conf) => new()
    {
        DagId = "dag",
        TaskId = "task",
        RunId = 1,
        Tenant = "",
        PartitionKey = "",
        Conf = JsonElement.Parse(conf),
        LeaseToken = 1,
        TryNumber = 1,
        Logger = NullLogger.Instance,
    };
}
