using RetailInsight.IntegrationTests.Dags;

namespace RetailInsight.IntegrationTests.EndToEnd;

/// <summary>The product in one process whose worker takes more memory than it may.</summary>
public sealed class TheRecycledWorker(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Pages_and_worker_are_started_anew_and_answer()
    {
        // Every process is larger than that: each worker drains at its first heartbeat, and the pages answer until then.
        await using var product = await RunningProduct.StartAsync(postgres, new Dictionary<string, string?>
        {
            ["Dags:WorkerMemoryLimit"] = "1",
            ["Dags:HeartbeatInterval"] = "00:00:03",
            ["Dags:HeartbeatTimeout"] = "00:05:00",
        });
        await product.Database.WaitUntilAsync("2 <= (SELECT count(*) FROM dags.worker_session)");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await AnswersAsync(product, patience.Token))
        {
            if (await Task.WhenAny(product.Kept, Task.Delay(50, patience.Token)) == product.Kept)
            {
                await product.Kept;
            }
        }

        Assert.Equal("dead", await product.Database.ScalarAsync<string>("SELECT state FROM dags.worker_session ORDER BY session_id LIMIT 1"));
    }

    // Between two workers nobody listens.
    private static async Task<bool> AnswersAsync(RunningProduct product, CancellationToken cancellationToken)
    {
        try
        {
            using var client = await product.SignInAsync("hq@demo");
            using var answer = await client.GetAsync(new Uri("/v1/ops/queue", UriKind.Relative), cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
