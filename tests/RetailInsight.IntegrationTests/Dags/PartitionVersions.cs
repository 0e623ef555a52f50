using System.Text.Json;
using RetailInsight.Dags.Engine.Approvals;
using RetailInsight.Dags.Engine.Assets;
using RetailInsight.IntegrationTests.Etl;

namespace RetailInsight.IntegrationTests.Dags;

/// <summary>What stands, what stood before and why: the books the engine keeps of every figure it publishes.</summary>
public sealed class PartitionVersions(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private const string Hours = "SELECT t::text FROM mart.kpi_store_hour t WHERE store = 's1' AND business_date = '2026-11-18' ORDER BY hour";

    private KpiEngine _kpis = null!;
    private (IReadOnlyList<string> Day, IReadOnlyList<string> Hours) _wrong;

    public async Task InitializeAsync() => _kpis = await KpiEngine.StartAsync(postgres, 21);

    public async Task DisposeAsync() => await _kpis.DisposeAsync();

    [Fact]
    public async Task Late_data_moves_its_own_store_days_and_what_is_made_of_them_and_nothing_else()
    {
        var before = await _kpis.VersionsAsync();
        var runs = await _kpis.Database.ScalarAsync<long>("SELECT max(run_id) FROM dags.dag_run");
        var late = _kpis.Late.Dequeue();
        await _kpis.Mart.LoadAsync([late.Message]);
        var touched = await _kpis.Mart.AsJobAsync("SELECT DISTINCT business_date || ' ' || store FROM ingest.partition_change");
        await _kpis.SettleAsync();

        var changed = (await _kpis.VersionsAsync()).Except(before).Select(line => string.Join(' ', line.Split(' ')[..^1])).ToList();
        var days = touched.Select(day => day.Split(' ')[0]).Distinct().ToList();
        var allowed = touched.SelectMany(day => new[] { $"store_figures {day}", $"breakdowns {day}" }).Concat(days.SelectMany(day => new[] { $"store_clusters {day} ", $"store_targets {day} " }));
        Assert.Subset(allowed.ToHashSet(), changed.ToHashSet());
        Assert.NotEmpty(changed);
        Assert.Equal(days.Count, await _kpis.Database.ScalarAsync<long>("SELECT count(*) FROM dags.dag_run WHERE run_id > @runs", new { runs }));
        Assert.Empty(await _kpis.Mart.AsJobAsync("SELECT asset FROM dags.asset_partition WHERE stale_since IS NOT NULL"));

        var store = changed.First(one => one.StartsWith("store_figures", StringComparison.Ordinal)).Split(' ');
        var found = await _kpis.Engine.Get<PartitionHistory>().OfAsync(
            new AssetPartition(SyntheticCompany.Tenant, "store_figures", DateOnly.Parse(store[1], System.Globalization.CultureInfo.InvariantCulture), store[2]), CancellationToken.None);
        var (state, versions) = found!.Value;
        Assert.Equal(state.Version, versions[0].Version);
        Assert.Equal(("asset", true), (versions[0].Reason, versions[0].Cause!.Contains("partition_changes", StringComparison.Ordinal)));
        Assert.NotEqual(versions[0].Inputs, versions[1].Inputs);
        Assert.Equal(
            await _kpis.Mart.AsJobAsync($"SELECT trim_scale(net / 1000000.0)::text FROM mart.kpi_store_day WHERE store = '{store[2]}' AND business_date = '{store[1]}'"),
            [JsonDocument.Parse(versions[0].Kpi!).RootElement.GetProperty("net").GetString()!]);
        Assert.True(versions[0].Fence > versions[1].Fence);
    }

    [Fact]
    public async Task Computing_the_same_again_is_no_new_version()
    {
        var before = await _kpis.VersionsAsync();
        var run = await _kpis.Database.QueueAsync("store_kpis", $"{SyntheticCompany.Tenant}/{SyntheticCompany.FirstDay:yyyy-MM-dd}");
        Assert.Equal("success", await _kpis.Database.EndOfAsync(run));
        Assert.Equal(before, await _kpis.VersionsAsync());
        Assert.NotEmpty(await _kpis.Mart.AsJobAsync("SELECT store FROM dags.asset_partition WHERE checked_at > published_at"));
    }

    [Fact]
    public async Task An_earlier_version_comes_back_whole_is_held_against_new_data_and_released()
    {
        await MendAsync();
        var restore = _kpis.Engine.Get<PartitionRestore>();
        var history = (await _kpis.Engine.Get<PartitionHistory>().OfAsync(KpiEngine.Figures("s1"), CancellationToken.None))!.Value.Versions;
        var right = await _kpis.NetOfAsync("s1");
        Assert.NotEqual(_wrong.Day, right);

        var moved = await restore.RestoreAsync(KpiEngine.Figures("s1"), history[1].Version, history[1].Version, "ann", "seen before the mend", null, CancellationToken.None);
        Assert.Equal((RestoreRefusal.Moved, $"Version {history[0].Version} stands, not version {history[1].Version}: look again at what would change."), (moved.Refusal, moved.Sentence));
        var restored = await restore.RestoreAsync(KpiEngine.Figures("s1"), history[1].Version, history[0].Version, "ann", "the month is closed with it", null, CancellationToken.None);
        Assert.Null(restored.Refusal);
        Assert.Equal(history[0].Version + 1, restored.Version);
        Assert.Equal("success", await _kpis.Database.EndOfAsync(restored.Run!.Value));
        Assert.Equal(_wrong.Day, await _kpis.NetOfAsync("s1"));
        Assert.Equal(_wrong.Hours, await _kpis.Mart.AsJobAsync(Hours));

        // Whatever comes meanwhile: the partition stays, says so, and the others go on.
        await _kpis.Mart.AsJobAsync("UPDATE mart.kpi_store_day SET net = net + 1 WHERE store = 's2' AND business_date = '2026-11-18'");
        Assert.Equal("success", await _kpis.Database.EndOfAsync(await _kpis.Database.QueueAsync("store_kpis", "synthetic/2026-11-18")));
        Assert.Equal(_wrong.Day, await _kpis.NetOfAsync("s1"));
        Assert.Equal(["1"], await _kpis.Mart.AsJobAsync("SELECT count(*)::text FROM dags.asset_partition WHERE asset = 'store_figures' AND pinned_by = 'ann'"));

        Assert.Equal("Nobody holds this partition.", (await restore.ReleaseAsync(KpiEngine.Figures("s2"), "ann", "", null, CancellationToken.None)).Sentence);
        var released = await restore.ReleaseAsync(KpiEngine.Figures("s1"), "ann", "mended", null, CancellationToken.None);
        Assert.Equal("success", await _kpis.Database.EndOfAsync(released.Run!.Value));
        Assert.Equal(right, await _kpis.NetOfAsync("s1"));
        Assert.Empty(await _kpis.Mart.AsJobAsync("SELECT asset FROM dags.asset_partition WHERE stale_since IS NOT NULL OR pinned_by IS NOT NULL"));
        Assert.Equal(["release", "restore"], await _kpis.Mart.AsJobAsync("SELECT kind FROM dags.action WHERE actor = 'ann' ORDER BY kind"));
    }

    [Fact]
    public async Task What_cannot_be_restored_is_refused_with_the_reason()
    {
        var restore = _kpis.Engine.Get<PartitionRestore>();
        var version = (await _kpis.Engine.Get<PartitionHistory>().OfAsync(KpiEngine.Figures("s1"), CancellationToken.None))!.Value.State.Version;
        Assert.Equal($"Version {version} is the one that stands.", (await restore.RestoreAsync(KpiEngine.Figures("s1"), version, null, "ann", "", null, CancellationToken.None)).Sentence);
        Assert.Equal($"There is no version {version + 5}, or it is not kept any more.", (await restore.RestoreAsync(KpiEngine.Figures("s1"), version + 5, null, "ann", "", null, CancellationToken.None)).Sentence);
        Assert.Equal("There is no such partition.", (await restore.RestoreAsync(KpiEngine.Figures("nowhere"), 1, null, "ann", "", null, CancellationToken.None)).Sentence);
        Assert.Equal("Earlier content of store_clusters is not kept.", (await restore.RestoreAsync(KpiEngine.Figures("") with { Asset = "store_clusters" }, 1, null, "ann", "", null, CancellationToken.None)).Sentence);
        await MendAsync();
        await _kpis.Mart.AsJobAsync("DELETE FROM mart.replaced_rows");
        Assert.StartsWith($"What version {version} held is not kept", (await restore.RestoreAsync(KpiEngine.Figures("s1"), version, null, "ann", "", null, CancellationToken.None)).Sentence, StringComparison.Ordinal);
        Assert.Empty(await _kpis.Mart.AsJobAsync("SELECT tablename FROM pg_tables WHERE schemaname = 'mart_staging'"));
    }

    [Fact]
    public async Task A_difference_beyond_the_tolerance_waits_for_a_yes_and_a_no_fails_the_task()
    {
        var desk = _kpis.Engine.Get<ApprovalDesk>();
        await desk.SetGateAsync(SyntheticCompany.Tenant, new ApprovalGate(5, 0), "hq", "to be safe", CancellationToken.None);
        var right = await _kpis.NetOfAsync("s1");

        // Within half a per cent nobody is asked.
        await _kpis.Mart.AsJobAsync("UPDATE mart.kpi_store_day SET net = net + 1 WHERE store = 's1' AND business_date = '2026-11-18'");
        Assert.Equal("success", await _kpis.Database.EndOfAsync(await QueueAsync()));
        Assert.Equal(right, await _kpis.NetOfAsync("s1"));

        await _kpis.Mart.AsJobAsync("UPDATE mart.kpi_store_day SET net = net * 2 WHERE store = 's1' AND business_date = '2026-11-18'");
        var wrong = await _kpis.NetOfAsync("s1");
        var run = await QueueAsync();
        var question = await AskedAsync(run);
        Assert.Equal("1 of 3 stores differ by more than 5 per mille from what stands for 2026-11-18", question.Question);
        var difference = Assert.Single(JsonDocument.Parse(question.Detail).RootElement.EnumerateArray());
        Assert.Equal([wrong[0], right[0]], [difference.GetProperty("netWas").GetRawText(), difference.GetProperty("netIs").GetRawText()]);
        Assert.Equal(wrong, await _kpis.NetOfAsync("s1"));
        Assert.Equal(0, await _kpis.Database.ScalarAsync<long>("SELECT count(*) FROM dags.task_queue JOIN dags.task_instance t USING (ti_id) WHERE t.state = 'awaiting_input'"));
        Assert.Equal($"There is no open question {question.ApprovalId}.", await desk.AnswerAsync(question.ApprovalId, "other", true, "eve", "", null, CancellationToken.None));

        Assert.Null(await desk.AnswerAsync(question.ApprovalId, SyntheticCompany.Tenant, false, "hq", "not today", null, CancellationToken.None));
        Assert.Equal("failed", await _kpis.Database.EndOfAsync(run));
        Assert.Contains("refused by hq: not today", await _kpis.Mart.AsJobAsync("SELECT reason FROM dags.task_instance"));
        Assert.Equal(wrong, await _kpis.NetOfAsync("s1"));

        var second = await AskedAsync(await QueueAsync());
        Assert.Null(await desk.AnswerAsync(second.ApprovalId, null, true, "hq", "the register was counted twice", null, CancellationToken.None));
        Assert.Equal("success", await _kpis.Database.EndOfAsync(second.RunId));
        Assert.Equal(right, await _kpis.NetOfAsync("s1"));
        Assert.Equal(["approve hq", "refuse hq", "set_gate hq"], await _kpis.Mart.AsJobAsync("SELECT kind || ' ' || actor FROM dags.action ORDER BY 1"));
    }

    [Fact]
    public async Task A_yes_holds_for_what_was_asked_and_not_for_what_has_changed_since()
    {
        var desk = _kpis.Engine.Get<ApprovalDesk>();
        await desk.SetGateAsync(SyntheticCompany.Tenant, new ApprovalGate(0, 0), "hq", "to be safe", CancellationToken.None);
        await _kpis.Mart.AsJobAsync("UPDATE mart.kpi_store_day SET net = net * 2 WHERE store = 's1' AND business_date = '2026-11-18'");
        var first = await AskedAsync(await QueueAsync());
        await _kpis.Mart.AsJobAsync("UPDATE mart.kpi_store_day SET net = net * 2 WHERE store = 's2' AND business_date = '2026-11-18'");
        Assert.Null(await desk.AnswerAsync(first.ApprovalId, null, true, "hq", "", null, CancellationToken.None));
        var second = await AskedAsync(first.RunId, first.ApprovalId);
        Assert.StartsWith("2 of 3 stores differ by more than 0 per mille", second.Question, StringComparison.Ordinal);
        Assert.Equal($"There is no open question {first.ApprovalId}.", await desk.AnswerAsync(first.ApprovalId, null, true, "hq", "", null, CancellationToken.None));
        Assert.Null(await desk.AnswerAsync(second.ApprovalId, null, true, "hq", "", null, CancellationToken.None));
        Assert.Equal("success", await _kpis.Database.EndOfAsync(first.RunId));
    }

    private Task<long> QueueAsync() => _kpis.Database.QueueAsync("store_kpis", "synthetic/2026-11-18");

    // What stands is wrong, as if by a bug in the code of that day, and the next run mends it.
    private async Task MendAsync()
    {
        await _kpis.Mart.AsJobAsync(
            """
            UPDATE mart.kpi_store_hour SET net = net * 3 WHERE store = 's1' AND business_date = '2026-11-18';
            UPDATE mart.kpi_store_day SET net = net * 3 WHERE store = 's1' AND business_date = '2026-11-18'
            """);
        _wrong = (await _kpis.NetOfAsync("s1"), await _kpis.Mart.AsJobAsync(Hours));
        Assert.Equal("success", await _kpis.Database.EndOfAsync(await QueueAsync()));
    }

    private async Task<OpenApproval> AskedAsync(long run, long after = 0)
    {
        await _kpis.Database.WaitUntilAsync(
            "EXISTS (SELECT FROM dags.approval a JOIN dags.task_instance t USING (ti_id) WHERE a.run_id = @run AND a.approval_id > @after AND a.state = 'open' AND t.state = 'awaiting_input')",
            new { run, after });
        return Assert.Single(await _kpis.Engine.Get<ApprovalDesk>().OpenAsync(SyntheticCompany.Tenant, CancellationToken.None));
    }
}
