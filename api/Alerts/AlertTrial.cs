using System.Globalization;
using Npgsql;
using RetailInsight.Api.Audit;
using RetailInsight.Api.Idempotency;
using RetailInsight.Api.Mail;
using RetailInsight.Api.Sessions;
using RetailInsight.Api.Stores;
using RetailInsight.Api.Tenancy;
using RetailInsight.Api.Webhooks;
using RetailInsight.Core.Tenancy;

namespace RetailInsight.Api.Alerts;

/// <summary>Sends what a rule would send, marked as a test, so that its owner knows it arrives before it is needed.</summary>
internal sealed class AlertTrial([FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database, TenantScope scope, MailOutbox outbox, AuditLog audit, TimeProvider clock)
{
    /// <summary>Puts the mails on their way, and for a rule of the chain a message to the endpoints that want its alerts.</summary>
    public async Task<AlertTestAnswer> SendAsync(HttpContext context, SessionUser user, AlertRule rule, CancellationToken cancellationToken)
    {
        var currency = (await scope.ReadAsync(user.Tenant, (read, token) => read.CompanyAsync(token), cancellationToken)).Currency;
        var cause = string.Create(CultureInfo.InvariantCulture, $"alert-test:{rule.Id:N}:{clock.GetUtcNow().UtcTicks}");
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await context.ClaimKeyAsync(connection, cancellationToken);
        var mails = 0;
        foreach (var recipient in rule.Recipients)
        {
            mails += await outbox.AddAsync(connection, user.Tenant, cause, AlertMail.Test(rule, currency) with { To = recipient }, cancellationToken) == MailAdmission.Queued ? 1 : 0;
        }

        if (rule.Owner is null)
        {
            await WebhookOutbox.AddAsync(
                connection, transaction, user.Tenant, WebhookOutbox.AlertOpened,
                new { test = true, rule = new { id = $"{rule.Id:N}", name = rule.Name, metric = rule.Test.Metric }, alerts = Array.Empty<object>() }, cancellationToken);
        }

        await audit.WriteAsync(connection, AuditEntry.Of(context, user, "alert_rule.test", rule.Id.ToString("N"), new { Mails = mails }), cancellationToken);
        var answer = new AlertTestAnswer(mails, outbox.IsOn);
        await context.KeepAnswerAsync(connection, StatusCodes.Status202Accepted, null, answer, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return answer;
    }
}
