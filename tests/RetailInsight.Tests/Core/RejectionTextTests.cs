using RetailInsight.Core.Outcomes;

namespace RetailInsight.Tests.Core;

public sealed class RejectionTextTests
{
    [Fact]
    public void Every_reason_says_what_it_means_and_how_to_fix_it_in_both_languages()
    {
        foreach (var reason in Enum.GetValues<RejectionReason>())
        {
            var (english, japanese) = (RejectionText.English(reason), RejectionText.Japanese(reason));
            Assert.All([english.Meaning, english.Fix], text => Assert.Matches(@"^[A-Z].*\.$", text));
            Assert.All([japanese.Meaning, japanese.Fix], text => Assert.Matches("[\u3040-\u30ff].*。$", text));

            // A retryable reason names what is changed on our side.
            Assert.Equal(RejectionText.IsRetryable(reason) && reason != RejectionReason.FieldRange, english.Fix.Contains("profile", StringComparison.Ordinal) || english.Fix.Contains("master", StringComparison.Ordinal));
        }
    }
}
