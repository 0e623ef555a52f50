namespace RetailInsight.Api.Mail;

/// <summary>Sends mails that are due, a few at once. Any number of processes may run it.</summary>
internal sealed class MailWorker(MailOutbox outbox, SmtpSender sender, MailOptions options, TimeProvider clock, ILogger<MailWorker> logger) : BackgroundService
{
    private const int AtOnce = 4;
    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var rest = options.Poll;
        while (true)
        {
            try
            {
                List<MailOutcome> outcomes;
                do
                {
                    outcomes = await SendAsync(stoppingToken);
                }
                while (outcomes.Any(outcome => outcome.IsReached) && !stoppingToken.IsCancellationRequested);

                // A server that is away is asked ever more seldom, however many mails wait.
                rest = outcomes.Count == 0 ? options.Poll : rest * 2 > LongestRest ? LongestRest : rest * 2;
                if (outcomes.Count > 0)
                {
                    Log.MailServerAway(logger, outcomes[0].Error);
                }
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // Mostly the database is away or still being migrated: the mails lie there and wait.
                Log.MailWaits(logger, exception);
            }

            await Task.Delay(rest, clock, stoppingToken);
        }
    }

    private async Task<List<MailOutcome>> SendAsync(CancellationToken stoppingToken)
    {
        var claimed = await outbox.ClaimAsync(AtOnce, stoppingToken);
        return [.. await Task.WhenAll(claimed.Select(SendAsync))];
    }

    // Not broken off when the process stops: nobody would know whether the server took the mail. The sender has its own time limit.
    private async Task<MailOutcome> SendAsync(ClaimedMail mail)
    {
        var outcome = await sender.SendAsync(mail.Id, mail.Mail, CancellationToken.None);
        await outbox.FinishAsync(mail, outcome, CancellationToken.None);
        return outcome;
    }
}
