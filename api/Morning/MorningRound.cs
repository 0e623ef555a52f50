using Microsoft.AspNetCore.Http;
using RetailInsight.Api.Kpis;
using RetailInsight.Api.Mail;
using RetailInsight.Api.Pages;
using RetailInsight.Api.Pages.Morning;
using RetailInsight.Api.Problems;
using RetailInsight.Api.Sessions;

namespace RetailInsight.Api.Morning;

/// <summary>
/// Sends the morning sheets that are due: from the hour a person chose on, once yesterday's data is whole, and three hours later in any
/// case. Rights are those of the moment: who was shut out or sees a store no more is sent nothing.
/// </summary>
internal sealed class MorningRound(MorningRegister register, UserDirectory users, PageSource source, MailOutbox outbox, TimeProvider clock, ILogger<MorningRound> logger)
{
    /// <summary>Makes one round over all subscriptions.</summary>
    /// <returns>How many sheets were handed to the outbox.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        if (!outbox.IsOn)
        {
            return 0;
        }

        var sent = 0;
        foreach (var subscription in await register.DueAsync(cancellationToken))
        {
            try
            {
                sent += await SendAsync(subscription, cancellationToken) ? 1 : 0;
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                // One person's sheet must not keep the others from theirs; the next round tries it again.
                Log.MorningSheetWaits(logger, subscription.Tenant, exception);
            }
        }

        return sent;
    }

    /// <summary>The parameters of a sheet as those of a page.</summary>
    public static QueryParameters QueryOf(string store, DateOnly? date)
    {
        var values = new Dictionary<string, Microsoft.Extensions.Primitives.StringValues> { ["store"] = store };
        if (date is { } day)
        {
            values["date"] = day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        }

        return new QueryParameters(new QueryCollection(values), "/morning", PageFrame.Takes([]));
    }

    private async Task<bool> SendAsync(MorningSubscription subscription, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (await users.FindAsync(subscription.Login, cancellationToken) is not { User: { } user } || user.Tenant != subscription.Tenant)
        {
            return false;
        }

        var words = Wording.Of(subscription.Language);
        var due = await PageFrame.AskAsync(user, source, QueryOf(subscription.Store, null), words, _ => (MorningModel?)null, async (request, token) =>
        {
            var local = TimeZoneInfo.ConvertTime(now, TimeZoneInfo.FindSystemTimeZoneById(request.TimeZone));
            var date = DateOnly.FromDateTime(local.DateTime).AddDays(-1);
            if (local.Hour < subscription.Hour || await register.IsSentAsync(subscription, date, token))
            {
                return null;
            }

            var model = await MorningModel.ReadAsync(request with { Date = date }, token);
            var isLate = local.Hour >= subscription.Hour + MorningSubscription.PatienceHours;
            return model.Expected.Count == 0 || (!model.IsWhole && !isLate) ? null : model;
        }, cancellationToken);
        if (due is null)
        {
            return false;
        }

        var secret = MorningRegister.NewToken();
        var sheet = new MorningSheet(due, outbox.Link($"/?store={Uri.EscapeDataString(subscription.Store)}&date={due.Date:yyyy-MM-dd}"), outbox.Link($"/unsubscribe/{secret}"));
        var mail = new OutgoingMail(subscription.Mail, sheet.Subject, sheet.Text(), sheet.Document()) { Unsubscribe = outbox.Link($"/unsubscribe/{secret}") };
        return await register.SendAsync(subscription, due.Date, due.IsWhole, secret, mail, cancellationToken);
    }
}
