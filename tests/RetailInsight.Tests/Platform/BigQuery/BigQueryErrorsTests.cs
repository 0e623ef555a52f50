using System.Net;
using System.Text;
using RetailInsight.Platform.GoogleCloud;
using RetailInsight.Platform.GoogleCloud.BigQuery;

namespace RetailInsight.Tests.Platform.BigQuery;

public sealed class BigQueryErrorsTests
{
    [Theory]
    [InlineData("backendError", 503, "Retry")]
    [InlineData("internalError", 500, "Retry")]
    [InlineData("rateLimitExceeded", 403, "Retry")]
    [InlineData("jobRateLimitExceeded", 403, "Retry")]
    [InlineData("quotaExceeded", 403, "Wait")]
    [InlineData("duplicate", 409, "Find")]
    [InlineData("notFound", 404, "Setup")]
    [InlineData("accessDenied", 403, "Setup")]
    [InlineData("invalid", 400, "Refuse")]
    [InlineData("invalidQuery", 400, "Refuse")]
    [InlineData("bytesBilledLimitExceeded", 400, "Refuse")]
    public void A_reason_decides(string reason, int status, string action) =>
        Assert.Equal(action, BigQueryErrors.Of(reason, "", (HttpStatusCode)status).ToString());

    [Theory]
    [InlineData(502, "<html><title>Error 502</title></html>", "Retry")]
    [InlineData(413, "<html>too large</html>", "Refuse")]
    [InlineData(500, "", "Retry")]
    [InlineData(409, "", "Find")]
    [InlineData(403, "{\"error\":\"access_denied\"}", "Setup")]
    [InlineData(429, "{\"error\":{\"code\":429}}", "Retry")]
    [InlineData(400, "{\"error\":{\"errors\":[{\"reason\":\"invalid\",\"message\":\"x\"}]}}", "Refuse")]
    public async Task An_answer_that_is_no_json_is_judged_by_its_status(int status, string body, string action)
    {
        using var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, "text/html") };
        var failure = await GoogleApiException.FromAsync(response, CancellationToken.None);
        Assert.Equal(action, BigQueryErrors.Of(failure.Reason, failure.Message, failure.Status).ToString());
    }

    [Fact]
    public void A_transaction_that_met_another_is_tried_again() => Assert.Equal(
        ErrorAction.Retry, BigQueryErrors.Of("invalidQuery", "Transaction is aborted due to concurrent update against table p:d.t.", null));
}
