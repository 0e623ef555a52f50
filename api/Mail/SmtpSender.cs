using System.Globalization;
using System.Net;
using System.Net.Mail;
using System.Net.Mime;
using System.Text;

namespace RetailInsight.Api.Mail;

/// <summary>
/// Hands one mail to the server. Its Message-ID is the same at every attempt: where a connection broke so late that nobody knows whether the
/// server took the mail, mailboxes can tell the second from the first.
/// </summary>
internal sealed class SmtpSender(MailOptions options)
{
    /// <summary>Makes one attempt; never throws for what the server or the network does.</summary>
    public async Task<MailOutcome> SendAsync(Guid id, OutgoingMail mail, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Timeout);
        try
        {
            using var message = Compose(id, mail);
            using var client = new SmtpClient(options.Host, options.Port) { EnableSsl = options.Tls == MailTls.StartTls, Timeout = (int)options.Timeout.TotalMilliseconds };
            if (options.User is { } user)
            {
                var lines = await File.ReadAllLinesAsync(options.PasswordFile!, limit.Token);
                client.Credentials = new NetworkCredential(user, lines.Length == 0 ? "" : lines[0]);
            }

            await client.SendMailAsync(message, limit.Token);
            return MailOutcome.Sent;
        }
        catch (SmtpException exception)
        {
            var code = (int)exception.StatusCode;
            var final = exception is SmtpFailedRecipientException ? code >= 500 : exception.StatusCode is SmtpStatusCode.ExceededStorageAllocation or SmtpStatusCode.TransactionFailed;
            return code > 0
                ? new MailOutcome(false, final, true, string.Create(CultureInfo.InvariantCulture, $"The mail server answered {code}."))
                : MailOutcome.Unreached((exception.InnerException ?? exception).GetType().Name);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return MailOutcome.Unreached($"no answer within {options.Timeout.TotalSeconds:0} s");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return MailOutcome.Unreached("Api:Mail:PasswordFile cannot be read");
        }
    }

    private MailMessage Compose(Guid id, OutgoingMail mail)
    {
        var message = new MailMessage
        {
            From = new MailAddress(options.From, options.FromName, Encoding.UTF8),
            Subject = OutgoingMail.OneLine(mail.Subject),
            SubjectEncoding = Encoding.UTF8,
            Body = mail.Text,
            BodyEncoding = Encoding.UTF8,
            BodyTransferEncoding = TransferEncoding.Base64,
            HeadersEncoding = Encoding.UTF8,
        };
        message.To.Add(new MailAddress(mail.To));
        message.Headers.Add("Message-ID", string.Create(CultureInfo.InvariantCulture, $"<{id:N}@{message.From.Host}>"));

        // No holiday notice comes back for it (RFC 3834).
        message.Headers.Add("Auto-Submitted", "auto-generated");
        if (mail.Unsubscribe is { } address)
        {
            message.Headers.Add("List-Unsubscribe", $"<{address}>");
            message.Headers.Add("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
        }

        if (mail.Html is { } html)
        {
            var page = AlternateView.CreateAlternateViewFromString(html, Encoding.UTF8, MediaTypeNames.Text.Html);
            page.TransferEncoding = TransferEncoding.Base64;
            foreach (var picture in mail.Files.Where(file => file.ContentId is not null))
            {
                page.LinkedResources.Add(new LinkedResource(new MemoryStream(picture.Content), new ContentType(picture.MediaType) { Name = picture.Name }) { ContentId = picture.ContentId });
            }

            message.AlternateViews.Add(page);
        }

        foreach (var file in mail.Files.Where(file => file.ContentId is null))
        {
            message.Attachments.Add(new Attachment(new MemoryStream(file.Content), file.Name, file.MediaType));
        }

        return message;
    }
}

/// <summary>What came of an attempt.</summary>
/// <param name="IsSent">The server took it.</param>
/// <param name="IsFinal">It never will.</param>
/// <param name="IsReached">The server answered at all.</param>
/// <param name="Error">Why it did not; no address and no secret is in it.</param>
internal sealed record MailOutcome(bool IsSent, bool IsFinal, bool IsReached, string? Error)
{
    public static readonly MailOutcome Sent = new(true, true, true, null);

    public static MailOutcome Unreached(string reason) => new(false, false, false, $"No mail server: {reason}.");
}
