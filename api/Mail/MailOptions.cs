namespace RetailInsight.Api.Mail;

/// <summary>The configuration section <c>Api:Mail</c>. Without it no mail is sent, and pages that offer mail say so.</summary>
public sealed class MailOptions
{
    /// <summary>Name or address of the SMTP server.</summary>
    public string Host { get; set; } = "";

    /// <summary>Port of the server. Default 587, submission.</summary>
    public int Port { get; set; } = 587;

    /// <summary>Whether the connection is encrypted. Default <see cref="MailTls.StartTls"/>: a server that does not offer it is sent nothing.</summary>
    public MailTls Tls { get; set; } = MailTls.StartTls;

    /// <summary>Sender address of every mail.</summary>
    public string From { get; set; } = "";

    /// <summary>Sender name of every mail. Default RetailInsight.</summary>
    public string FromName { get; set; } = "RetailInsight";

    /// <summary>Login at the server; null signs in nowhere.</summary>
    public string? User { get; set; }

    /// <summary>File with the password of <see cref="User"/> in its first line; read anew for each mail, so that it can be changed at any time.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>Domains mail may go to. Default none named: any.</summary>
    public IReadOnlyList<string> RecipientDomains { get; set; } = [];

    /// <summary>Where people reach the pages, for the links in mails: <c>https://retail.example.com</c>. Null sends no links.</summary>
    public Uri? PagesAddress { get; set; }

    /// <summary>How long the server may take over one mail. Default 20 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How often waiting mails are looked for. Default 2 s.</summary>
    public TimeSpan Poll { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The first pause after a failure; each further one doubles, up to an hour. Default 10 s.</summary>
    public TimeSpan FirstPause { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Most mails of one tenant that wait at a time; beyond it none is taken. Default 2000.</summary>
    public int WaitingPerTenant { get; set; } = 2_000;

    /// <exception cref="InvalidOperationException">The section cannot work.</exception>
    internal void Check()
    {
        if (Host.Length == 0)
        {
            throw new InvalidOperationException("Api:Mail:Host is missing: name the SMTP server, or leave the whole section away to send no mail.");
        }

        if (MailAddressRule.Refuse(From, []) is { } fault)
        {
            throw new InvalidOperationException($"Api:Mail:From {fault}");
        }

        if (FromName.Any(char.IsControl))
        {
            throw new InvalidOperationException("Api:Mail:FromName contains a control character.");
        }

        if ((User is null) != (PasswordFile is null))
        {
            throw new InvalidOperationException("Api:Mail:User and Api:Mail:PasswordFile belong together: set both or neither.");
        }

        if (User is not null && Tls == MailTls.None)
        {
            throw new InvalidOperationException("Api:Mail:Tls is None, so the password would cross the network in the clear: set StartTls, or leave User away.");
        }
    }
}

/// <summary>How the connection to the mail server is encrypted.</summary>
public enum MailTls
{
    /// <summary>STARTTLS, with a certificate the machine trusts.</summary>
    StartTls,

    /// <summary>Not at all: for a server on the same machine.</summary>
    None,
}
