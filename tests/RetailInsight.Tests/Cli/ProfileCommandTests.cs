namespace RetailInsight.Tests.Cli;

public sealed class ProfileCommandTests
{
    private const string Found = """
        {"profile":"corner-shop","profile_version":1,"sha256":"00","level":"B","money_differs":false,"rows_read":3,"rows_accepted":2,"rows_held":1,
         "receipts":{"read":2,"accepted":1,"duplicate":0,"superseding":0,"quarantined":1},"totals":[],"totals_by_day":[],"finding_count":1,
         "findings":[{"level":"B","code":"field_type","key":"8","field":"qty","row":2,"byte_offset":85,"detail":"'two' is no number.","reason":{"en":"Reason.","ja":"理由。"},"fix":{"en":"Fix.","ja":"直し方。"}}],
         "notes":[{"code":"column_unknown","key":"","field":"mood","count":1,"row":0,"byte_offset":0,"detail":"Column 'mood' is new.","reason":{"en":"New.","ja":"新しい列。"},"fix":{"en":"Bind it.","ja":"割り当てる。"}}],
         "mistakes":[]}
        """;

    [Fact]
    public async Task A_file_is_tried_on_a_published_profile_and_every_finding_is_shown_with_its_fix()
    {
        await using var gateway = await StandInServer.StartAsync((_, context) => CliRun.AnswerAsync(context, 200, Found));
        using var run = new CliRun();
        Assert.Equal(1, await run.RunAsync("profile", "test", run.File("sales.csv", "a,b\n"), "--profile", "corner-shop", "--gateway", gateway.Address, "--key", "k"));
        var request = Assert.Single(gateway.Requests);
        Assert.Equal(("POST", "/v1/profiles/corner-shop/test", "Bearer k"), (request.Method, request.PathAndQuery, request.Headers.Authorization.ToString()));
        Assert.Equal("a,b\n"u8.ToArray(), request.Body);
        Assert.Contains("Level B: goes live; what is found is held back. 3 rows read, 2 accepted, 1 held.", run.Output, StringComparison.Ordinal);
        Assert.Matches("B +2 +85 +8 +qty +field_type +'two' is no number", run.Output);
        Assert.Matches("1 +0 +mood +column_unknown", run.Output);
        Assert.Contains("field_type: Reason. Fix.", run.Error, StringComparison.Ordinal);
        Assert.Contains("新しい列。割り当てる。", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Money_that_differs_is_said_first_and_by_the_exit_code_also_where_nothing_is_held()
    {
        var found = Found.Replace("\"level\":\"B\",\"money_differs\":false", "\"level\":\"A\",\"money_differs\":true", StringComparison.Ordinal)
            .Replace("\"code\":\"column_unknown\",\"key\":\"\",\"field\":\"mood\"", "\"code\":\"discount_sign\",\"key\":\"01 / 8\",\"field\":\"disc\"", StringComparison.Ordinal);
        await using var gateway = await StandInServer.StartAsync((_, context) => CliRun.AnswerAsync(context, 200, found));
        using var run = new CliRun();
        Assert.Equal(1, await run.RunAsync("profile", "test", run.File("sales.csv", "a,b\n"), "--profile", "corner-shop", "--gateway", gateway.Address, "--key", "k"));
        Assert.Contains("Figures of money contradict each other", run.Output, StringComparison.Ordinal);
        Assert.Matches("1 +0 +01 / 8 +disc +discount_sign", run.Output);
    }

    [Fact]
    public async Task A_draft_goes_along_with_the_file()
    {
        await using var gateway = await StandInServer.StartAsync((_, context) => CliRun.AnswerAsync(context, 200, Found.Replace("\"level\":\"B\",\"money", "\"level\":\"A\",\"money", StringComparison.Ordinal)));
        using var run = new CliRun();
        run.File("draft.yaml", "id: corner-shop\n");
        Assert.Equal(0, await run.RunAsync("profile", "test", run.File("sales.csv.gz", "packed"), "--profile", "draft.yaml", "--gateway", gateway.Address, "--key", "k", "--json"));
        var request = Assert.Single(gateway.Requests);
        Assert.Equal("/v1/profile-drafts/test", request.PathAndQuery);
        var body = System.Text.Encoding.UTF8.GetString(request.Body);
        Assert.Matches("(?s)name=profile; filename=profile.yaml.*id: corner-shop\n.*name=file; filename=file.gz.*packed", body);
        Assert.Equal("A", run.Document.GetProperty("level").GetString());
    }

    [Fact]
    public async Task What_is_wrong_with_the_draft_is_shown_by_line()
    {
        await using var gateway = await StandInServer.StartAsync((_, context) => CliRun.AnswerAsync(context, 200, """
            {"profile":"","profile_version":0,"level":"C","rows_read":0,"rows_accepted":0,"rows_held":0,"finding_count":0,"findings":[],"notes":[],
             "mistakes":[{"code":"key_unknown","key":"clok","line":23,"detail":"unknown key; known here: clock; 'clock' is meant?","fix":{"en":"Correct the spelling.","ja":"つづりを直す。"}}]}
            """));
        using var run = new CliRun();
        Assert.Equal(1, await run.RunAsync("profile", "test", run.File("sales.csv"), "--profile", run.File("draft.yml", "clok: x"), "--gateway", gateway.Address, "--key", "k"));
        Assert.Matches("23 +clok +key_unknown +unknown key", run.Output);
        Assert.Contains("key_unknown: Correct the spelling.", run.Error, StringComparison.Ordinal);
        Assert.Contains("つづりを直す。", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_draft_that_is_not_there_sends_nothing()
    {
        using var run = new CliRun();
        Assert.Equal(2, await run.RunAsync("profile", "test", run.File("sales.csv"), "--profile", "nowhere.yaml", "--gateway", "http://127.0.0.1:9", "--key", "k"));
        Assert.Contains("nowhere.yaml", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_ends_with_1_and_its_words()
    {
        await using var gateway = await StandInServer.StartAsync((_, context) => CliRun.AnswerAsync(context, 404, """{"status":404,"title":"Unknown profile","detail":"There is no profile of that name; there are vendor-a.","code":"profile_unknown"}""", "application/problem+json"));
        using var run = new CliRun();
        Assert.Equal(1, await run.RunAsync("profile", "test", run.File("sales.csv"), "--profile", "nobody", "--gateway", gateway.Address, "--key", "k"));
        Assert.Contains("there are vendor-a", run.Error, StringComparison.Ordinal);
    }
}
