using System.Collections.Concurrent;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RetailInsight.Api.Mail;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>Mail through a real SMTP conversation and the outbox in a real database.</summary>
[Collection(ApiCollections.Contract)]
public sealed class MailTests(ApiHost host)
{
    [Fact]
    public async Task A_mail_arrives_whole_in_any_script_and_no_text_becomes_a_header()
    {
        await using var database = await FoundAsync();
        await using var receiver = MailReceiver.Start();
        await using var app = await ApiHost.StartAsync(database, receiver.Settings);
        var hostile = new OutgoingMail(
            "taro@shop.example", "渋谷店の売上が20 %下がりました 😀\r\nBcc: thief@example.com\r\n\r\nbody", ".\r\n.こんにちは\r\n..\r\nBcc: x", "<p>こんにちは</p><img src=\"cid:chart\">")
        {
            Files = [new("売上.csv", "text/csv", [0xEF, 0xBB, 0xBF, 0x31]), new("chart.png", "image/png", [1, 2, 3], "chart")],
        };
        Assert.Equal(MailAdmission.Queued, await AddAsync(app, database, "aoba", "test:1", hostile));
        Assert.Equal(MailAdmission.Known, await AddAsync(app, database, "aoba", "test:1", hostile));
        Assert.Equal(MailAdmission.Queued, await AddAsync(app, database, "thames", "test:1", hostile with { To = "camden@shop.example", Html = null, Files = [] }));
        var mails = (await receiver.WaitAsync(2)).OrderBy(mail => mail.Recipients[0], StringComparer.Ordinal).ToList();

        var mail = mails[1];
        Assert.Equal(("insight@retail.example", "taro@shop.example"), (mail.Sender, Assert.Single(mail.Recipients)));
        Assert.Equal("渋谷店の売上が20 %下がりました 😀  Bcc: thief@example.com    body", mail.Subject);
        Assert.Null(mail.Header("Bcc"));
        Assert.StartsWith("小売インサイト", mail.Header("From"), StringComparison.Ordinal);
        Assert.Equal("auto-generated", mail.Header("Auto-Submitted"));
        Assert.Matches(@"^<[0-9a-f]{32}@retail\.example>$", mail.Header("Message-ID"));
        Assert.Equal(hostile.Text, mail.Text);
        Assert.Equal(hostile.Html, mail.Html);
        Assert.Equal([1, 2, 3], mail.Parts().Single(part => part.Head.Contains("Content-ID: <chart>", StringComparison.OrdinalIgnoreCase)).Content);
        Assert.Equal([0xEF, 0xBB, 0xBF, 0x31], mail.Parts().Single(part => part.Type.StartsWith("text/csv", StringComparison.Ordinal)).Content);
        Assert.StartsWith("text/plain", Assert.Single(mails[0].Parts()).Type, StringComparison.Ordinal);
        Assert.Equal(2, receiver.Received.Count);
    }

    [Fact]
    public async Task A_server_that_is_away_loses_nothing_and_a_restart_sends_nothing_twice()
    {
        await using var database = await FoundAsync();
        int port;
        await using (var once = MailReceiver.Start())
        {
            port = once.Port;
        }

        await using (var app = await ApiHost.StartAsync(database, MailReceiver.SettingsOf(port)))
        {
            for (var number = 0; number < 6; number++)
            {
                Assert.Equal(MailAdmission.Queued, await AddAsync(app, database, "aoba", $"test:{number}", new OutgoingMail("taro@shop.example", $"Nr. {number}", "text")));
            }

            await UntilAsync(database, "SELECT least(count(*), 1) FROM api.mail WHERE attempts > 0 AND state = 'waiting' AND error LIKE 'No mail server%'", 1);
        }

        await using var receiver = MailReceiver.Start(port);
        var refusals = 0;
        receiver.AnswerTo = address => address.StartsWith("gone", StringComparison.Ordinal) ? "550 no such person" : Interlocked.Increment(ref refusals) <= 2 ? "451 busy, later" : "250 fine";
        await using var one = await ApiHost.StartAsync(database, MailReceiver.SettingsOf(port));
        await using var two = await ApiHost.StartAsync(database, MailReceiver.SettingsOf(port));
        await AddAsync(one, database, "aoba", "test:gone", new OutgoingMail("gone@shop.example", "To nobody", "text"));
        await UntilAsync(database, "SELECT count(*) FROM api.mail WHERE state = 'sent'", 6);
        await UntilAsync(database, "SELECT count(*) FROM api.mail WHERE state = 'failed' AND attempts = 1 AND error LIKE '%550%'", 1);
        Assert.Equal(Enumerable.Range(0, 6).Select(number => $"Nr. {number}"), receiver.Received.Select(mail => mail.Subject).Order());

        // A connection that broke off after the mail was handed over: tried again under the same id, for nobody knows what became of it.
        var ids = new List<string?>();
        receiver.AnswerAfter = mail =>
        {
            ids.Add(mail.Header("Message-ID"));
            return ids.Count == 1 ? null : "250 taken";
        };
        await AddAsync(one, database, "aoba", "test:cut", new OutgoingMail("taro@shop.example", "Cut", "text"));
        await UntilAsync(database, "SELECT count(*) FROM api.mail WHERE cause = 'test:cut' AND state = 'sent'", 1);
        Assert.Equal(2, ids.Count);
        Assert.Single(ids.Distinct());
    }

    [Fact]
    public async Task The_outbox_of_a_tenant_is_bounded_given_up_after_three_days_and_off_without_a_server()
    {
        await using var database = await FoundAsync();
        var nowhere = new Dictionary<string, string?>(MailReceiver.SettingsOf(9)) { ["Api:Mail:WaitingPerTenant"] = "2" };
        var log = new LinesOfLog();
        await using var app = await ApiHost.StartAsync(database, nowhere, arrange: services => services.AddLogging(logging => logging.AddProvider(log)));
        var mail = new OutgoingMail("taro@shop.example", "Subject", "text");
        Assert.Equal(
            [MailAdmission.Queued, MailAdmission.Queued, MailAdmission.Full],
            new[] { await AddAsync(app, database, "aoba", "test:1", mail), await AddAsync(app, database, "aoba", "test:2", mail), await AddAsync(app, database, "aoba", "test:3", mail) });
        Assert.Equal(MailAdmission.Queued, await AddAsync(app, database, "thames", "test:1", mail));
        Assert.Equal(["A mail of aoba (test) is not sent: 2 of its mails wait already. 1 were refused since the start."], log.Lines.Where(line => line.Contains("not sent", StringComparison.Ordinal)));
        await using (var connection = await database.Job.OpenConnectionAsync())
        {
            await connection.ExecuteAsync("UPDATE api.mail SET created_at = now() - interval '3 days' WHERE tenant = 'aoba'");
        }

        await UntilAsync(database, "SELECT count(*) FROM api.mail WHERE tenant = 'aoba' AND state = 'failed'", 2);
        Assert.Equal(MailAdmission.Queued, await AddAsync(app, database, "aoba", "test:3", mail));

        await using var without = await ApiHost.StartAsync(database, []);
        var off = without.Services.GetRequiredService<MailOutbox>();
        Assert.False(off.IsOn);
        await using var job = await database.Job.OpenConnectionAsync();
        Assert.Equal(MailAdmission.Off, await off.AddAsync(job, "aoba", "test:4", mail, CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentException>(() => AddAsync(app, database, "aoba", "test:5", mail with { Files = [new("big", "text/csv", new byte[OutgoingMail.MostFileBytes + 1])] }));
    }

    [Fact]
    public async Task The_bound_of_waiting_mails_holds_against_many_at_once()
    {
        await using var database = await FoundAsync();
        await using var app = await ApiHost.StartAsync(database, new(MailReceiver.SettingsOf(9)) { ["Api:Mail:WaitingPerTenant"] = "20" });
        var mail = new OutgoingMail("taro@shop.example", "Subject", "text");
        var admissions = await Task.WhenAll(Enumerable.Range(0, 50).Select(number => AddAsync(app, database, "aoba", $"test:{number}", mail)));
        await using var connection = await database.Owner.OpenConnectionAsync();
        Assert.Equal("waiting 20", await connection.ExecuteScalarAsync<string>("SELECT string_agg(state || ' ' || n, ', ') FROM (SELECT state, count(*) AS n FROM api.mail GROUP BY 1) AS mails"));
        Assert.Equal((20, 30), (admissions.Count(one => one == MailAdmission.Queued), admissions.Count(one => one == MailAdmission.Full)));
    }

    [Theory]
    [InlineData("Api:Mail:Host", "")]
    [InlineData("Api:Mail:From", "nobody")]
    [InlineData("Api:Mail:User", "me")]
    [InlineData("Api:Mail:FromName", "a\r\nb")]
    public async Task A_section_that_cannot_work_stops_the_start_and_names_itself(string key, string value)
    {
        var settings = new Dictionary<string, string?>(MailReceiver.SettingsOf(9)) { [key] = value };
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => ApiHost.StartAsync(host.Database, settings));
        Assert.Contains(key, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("name@example.com", true)]
    [InlineData("a.b+c_d@mail.shop.co.jp", true)]
    [InlineData("x@xn--eckwd4c7c.xn--zckzah", true)]
    [InlineData("name@EXAMPLE.COM", true)]
    [InlineData("", false)]
    [InlineData("name", false)]
    [InlineData("name@example", false)]
    [InlineData("a@b@example.com", false)]
    [InlineData("a@127.0.0.1", false)]
    [InlineData("a@[127.0.0.1]", false)]
    [InlineData(".a@example.com", false)]
    [InlineData("Name <name@example.com>", false)]
    [InlineData("\"a b\"@example.com", false)]
    [InlineData("name@example.com\r\nBcc: x@example.com", false)]
    [InlineData("name@example.com\n", false)]
    [InlineData("name@example.com,other@example.com", false)]
    [InlineData("名前@example.com", false)]
    public void Only_plain_addresses_are_written_to(string address, bool allowed)
    {
        Assert.Equal(allowed, MailAddressRule.Refuse(address, []) is null);
        Assert.Equal(allowed && address.EndsWith("@example.com", StringComparison.OrdinalIgnoreCase), MailAddressRule.Refuse(address, ["example.com"]) is null);
    }

    private static async Task<MailAdmission> AddAsync(WebApplication app, TestDatabase database, string tenant, string cause, OutgoingMail mail)
    {
        await using var connection = await database.Job.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var admission = await app.Services.GetRequiredService<MailOutbox>().AddAsync(connection, tenant, cause, mail, CancellationToken.None);
        await transaction.CommitAsync();
        return admission;
    }

    private sealed class LinesOfLog : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Lines.Enqueue(formatter(state, exception));

        public void Dispose()
        {
        }
    }

    private static async Task UntilAsync(TestDatabase database, string count, int atLeast)
    {
        await using var connection = await database.Job.OpenConnectionAsync();
        long found = 0;
        for (var wait = 0; wait < 400 && found < atLeast; wait++)
        {
            await Task.Delay(50);
            found = await connection.ExecuteScalarAsync<long>(count);
        }

        Assert.Equal(atLeast, found);
    }

    private async Task<TestDatabase> FoundAsync()
    {
        var database = await host.EmptyDatabaseAsync();
        await using var connection = await database.Job.OpenConnectionAsync();
        await connection.ExecuteAsync("INSERT INTO tenancy.tenant VALUES ('aoba', 'あおば商店', 'JPY', 'Asia/Tokyo'), ('thames', 'Thames Retail', 'GBP', 'Europe/London')");
        return database;
    }
}
