using System.Diagnostics;
using System.Text.Json;

namespace RetailInsight.IntegrationTests.PubSub;

/// <summary>The fake does what Pub/Sub is documented to do, where the emulator does not; and Google's own client works with it.</summary>
public sealed class FakePubSubServer : PubSubSteps
{
    [Theory]
    [InlineData("", true)]
    [InlineData("attributes:a", true)]
    [InlineData("attributes:b", false)]
    [InlineData("NOT attributes:b", true)]
    [InlineData("-attributes:a", false)]
    [InlineData("attributes.a = \"1\" AND attributes:c", false)]
    [InlineData("attributes.a = \"1\" OR attributes:c", true)]
    [InlineData("attributes.a != \"1\"", false)]
    [InlineData("attributes.\"a\" = \"1\" AND (attributes:c OR NOT attributes:c)", true)]
    [InlineData("hasPrefix(attributes.long, \"begin\")", true)]
    [InlineData("hasPrefix(attributes.long, \"other\")", false)]
    public async Task A_filter_lets_through_what_it_says(string filter, bool passes)
    {
        await CreateAsync(new { topic = "projects/p1/topics/ttt", filter });
        await RequestAsync(HttpMethod.Post, "topics/ttt:publish", new { messages = new[] { new { attributes = new { a = "1", @long = "beginning" } } } });
        Assert.Equal(passes ? 1 : 0, (await PullAsync()).Count);
    }

    [Theory]
    [InlineData("topics/tt", "{}")]
    [InlineData("topics/googtopic", "{}")]
    [InlineData("subscriptions/sss", """{"topic":"projects/p1/topics/ttt","ackDeadlineSeconds":5}""")]
    [InlineData("subscriptions/sss", """{"topic":"projects/p1/topics/ttt","filter":"attributes"}""")]
    [InlineData("subscriptions/sss", """{"topic":"projects/p1/topics/ttt","filter":"attributes:a AND attributes:b OR attributes:c"}""")]
    [InlineData("subscriptions/sss", """{"topic":"projects/p1/topics/ttt","deadLetterPolicy":{"deadLetterTopic":"projects/p1/topics/ttt","maxDeliveryAttempts":4}}""")]
    [InlineData("subscriptions/sss", """{"topic":"projects/p1/topics/ttt","messageRetentionDuration":"60s"}""")]
    [InlineData("topics/ttt:publish", """{"messages":[]}""")]
    [InlineData("topics/ttt:publish", """{"messages":[{"data":""}]}""")]
    [InlineData("topics/ttt:publish", """{"messages":[{"data":"%%%"}]}""")]
    [InlineData("topics/ttt:publish", """{"messages":[{"attributes":{"goog-a":"1"}}]}""")]
    [InlineData("topics/ttt:publish", "{")]
    [InlineData("topics/ttt:publish", "[]")]
    public async Task What_pub_sub_refuses_is_refused_in_googles_shape(string path, string body)
    {
        await RequestAsync(HttpMethod.Put, "topics/ttt", new { });
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(path.Contains(':', StringComparison.Ordinal) ? HttpMethod.Post : HttpMethod.Put, new Uri($"{Fake.Address}/v1/projects/p1/{path}"))
        {
            Content = new StringContent(body),
        };
        using var response = await client.SendAsync(request);
        var error = JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync()).GetProperty("error");
        Assert.Equal((400, 400, "INVALID_ARGUMENT"), ((int)response.StatusCode, error.GetProperty("code").GetInt32(), error.GetProperty("status").GetString()));
        Assert.NotEqual("", error.GetProperty("message").GetString());
    }

    [Fact]
    public async Task Names_taken_and_names_unknown_are_told_apart()
    {
        await CreateAsync(new { topic = "projects/p1/topics/ttt" });
        Assert.Equal(409, (await RequestAsync(HttpMethod.Put, "topics/ttt", new { })).Status);
        var (status, body) = await RequestAsync(HttpMethod.Put, "subscriptions/sss", new { topic = "projects/p1/topics/ttt" });
        Assert.Equal((409, "ALREADY_EXISTS"), (status, body.GetProperty("error").GetProperty("status").GetString()));
        Assert.Equal(404, (await RequestAsync(HttpMethod.Put, "subscriptions/other", new { topic = "projects/p1/topics/none" })).Status);
        Assert.Equal(404, (await RequestAsync(HttpMethod.Get, "topics/none")).Status);
        await RequestAsync(HttpMethod.Delete, "topics/ttt");
        Assert.Equal("_deleted-topic_", (await RequestAsync(HttpMethod.Get, "subscriptions/sss")).Body.GetProperty("topic").GetString());
    }

    [Fact]
    public async Task A_message_that_comes_again_brings_the_later_ones_of_its_key()
    {
        await CreateAsync(new { topic = "projects/p1/topics/ttt", enableMessageOrdering = true });
        await RequestAsync(HttpMethod.Post, "topics/ttt:publish", new { messages = "012".Select(data => new { attributes = new { n = data.ToString() }, orderingKey = "k" }) });
        var first = await PullAsync();
        Assert.Equal(["0", "1", "2"], first.Select(message => message.Number));
        Assert.Empty(await PullAsync());
        await RequestAsync(HttpMethod.Post, "subscriptions/sss:acknowledge", new { ackIds = new[] { first[1].AckId } });
        await RequestAsync(HttpMethod.Post, "subscriptions/sss:modifyAckDeadline", new { ackIds = new[] { first[0].AckId }, ackDeadlineSeconds = 0 });
        Assert.Equal(["0", "1", "2"], (await PullAsync()).Select(message => message.Number));
    }

    [Fact]
    public async Task The_dead_letter_policy_counts_deliveries_and_forwards()
    {
        await RequestAsync(HttpMethod.Put, "topics/dead", new { });
        await RequestAsync(HttpMethod.Put, "subscriptions/grave", new { topic = "projects/p1/topics/dead" });
        await CreateAsync(new { topic = "projects/p1/topics/ttt", deadLetterPolicy = new { deadLetterTopic = "projects/p1/topics/dead", maxDeliveryAttempts = 5 } });
        await RequestAsync(HttpMethod.Post, "topics/ttt:publish", new { messages = new[] { new { attributes = new { n = "0" } } } });
        for (var attempt = 1; attempt <= 5; attempt++)
        {
            var message = Assert.Single(await PullAsync());
            Assert.Equal(attempt, message.Attempt);
            await RequestAsync(HttpMethod.Post, "subscriptions/sss:modifyAckDeadline", new { ackIds = new[] { message.AckId }, ackDeadlineSeconds = 0 });
        }

        Assert.Empty(await PullAsync());
        var (_, letters) = await RequestAsync(HttpMethod.Post, "subscriptions/grave:pull", new { maxMessages = 1 });
        var attributes = letters.GetProperty("receivedMessages")[0].GetProperty("message").GetProperty("attributes");
        Assert.Equal("5", attributes.GetProperty("CloudPubSubDeadLetterSourceDeliveryCount").GetString());
        Assert.Equal("sss", attributes.GetProperty("CloudPubSubDeadLetterSourceSubscription").GetString());
    }

    [GoogleCloudCliFact]
    public async Task Gcloud_creates_publishes_pulls_updates_and_lists()
    {
        var home = Directory.CreateTempSubdirectory("gcloud-");
        await GcloudAsync(home.FullName, "topics", "create", "orders");
        await GcloudAsync(home.FullName, "subscriptions", "create", "worker", "--topic=orders", "--ack-deadline=30", "--message-filter=attributes:tenant", "--enable-message-ordering");
        await GcloudAsync(home.FullName, "topics", "publish", "orders", "--message=こんにちは", "--attribute=tenant=t1", "--ordering-key=k");
        var pulled = JsonSerializer.Deserialize<JsonElement>(await GcloudAsync(home.FullName, "subscriptions", "pull", "worker", "--auto-ack", "--limit=10", "--format=json"));
        var message = Assert.Single(pulled.EnumerateArray()).GetProperty("message");
        Assert.Equal("こんにちは", System.Text.Encoding.UTF8.GetString(message.GetProperty("data").GetBytesFromBase64()));
        Assert.Equal("t1", message.GetProperty("attributes").GetProperty("tenant").GetString());
        await GcloudAsync(home.FullName, "subscriptions", "update", "worker", "--ack-deadline=60");
        Assert.Contains("\"ackDeadlineSeconds\": 60", await GcloudAsync(home.FullName, "subscriptions", "list", "--format=json"), StringComparison.Ordinal);
        home.Delete(recursive: true);
    }

    private async Task CreateAsync(object subscription)
    {
        await RequestAsync(HttpMethod.Put, "topics/ttt", new { });
        var (status, body) = await RequestAsync(HttpMethod.Put, "subscriptions/sss", subscription);
        Assert.True(status == 200, body.ToString());
    }

    private async Task<List<(string AckId, string Number, int Attempt)>> PullAsync()
    {
        var (_, answer) = await RequestAsync(HttpMethod.Post, "subscriptions/sss:pull", new { maxMessages = 10, returnImmediately = true });
        return !answer.TryGetProperty("receivedMessages", out var received) ? [] :
        [
            .. received.EnumerateArray().Select(one => (
                one.GetProperty("ackId").GetString()!,
                one.GetProperty("message").GetProperty("attributes").TryGetProperty("n", out var number) ? number.GetString()! : "",
                one.TryGetProperty("deliveryAttempt", out var attempt) ? attempt.GetInt32() : 0)),
        ];
    }

    private async Task<string> GcloudAsync(string home, params string[] arguments)
    {
        var start = new ProcessStartInfo("gcloud", ["pubsub", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["CLOUDSDK_CONFIG"] = home,
                ["HOME"] = home,
                ["CLOUDSDK_CORE_DISABLE_PROMPTS"] = "1",
                ["CLOUDSDK_CORE_DISABLE_USAGE_REPORTING"] = "true",
                ["CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK"] = "true",
                ["METADATA_SERVER_DETECTION"] = "none",
                ["NO_PROXY"] = "127.0.0.1",
                ["CLOUDSDK_API_ENDPOINT_OVERRIDES_PUBSUB"] = Fake.Address + "/",
                ["CLOUDSDK_AUTH_DISABLE_CREDENTIALS"] = "true",
                ["CLOUDSDK_CORE_PROJECT"] = "p1",
            },
        };
        using var process = Process.Start(start)!;
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var errors = process.StandardError.ReadToEndAsync(timeout.Token);
        var output = await process.StandardOutput.ReadToEndAsync(timeout.Token);
        await process.WaitForExitAsync(timeout.Token);
        Assert.True(process.ExitCode == 0, await errors);
        return output;
    }
}
