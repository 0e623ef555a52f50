using System.Text;

namespace RetailInsight.Api.Mail;

/// <summary>A mail to one person.</summary>
/// <param name="To">Address that passed <see cref="MailAddressRule"/>.</param>
/// <param name="Subject">Any text: control characters become spaces, so that none begins a header.</param>
/// <param name="Text">The whole of it as plain text.</param>
/// <param name="Html">The same as a page without scripts, for readers who see HTML; null for text alone.</param>
internal sealed record OutgoingMail(string To, string Subject, string Text, string? Html = null)
{
    /// <summary>Most bytes of all files of a mail.</summary>
    public const int MostFileBytes = 5 << 20;

    private const int LongestSubject = 200;

    /// <summary>Files that go with it, <see cref="MostFileBytes"/> at most.</summary>
    public IReadOnlyList<MailFile> Files { get; init; } = [];

    /// <summary>Where a POST without a login ends the subscription the mail belongs to (RFC 8058); null for a mail nobody subscribed to.</summary>
    public string? Unsubscribe { get; init; }

    /// <summary>The subject in one line, at most 200 characters, never half of one.</summary>
    public static string OneLine(string subject)
    {
        var line = new StringBuilder(subject.Length);
        foreach (var rune in subject.EnumerateRunes())
        {
            if (line.Length + rune.Utf16SequenceLength > LongestSubject)
            {
                break;
            }

            line.Append(Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029 ? " " : rune.ToString());
        }

        return line.ToString().Trim();
    }
}

/// <summary>A file of a mail.</summary>
/// <param name="Name">File name.</param>
/// <param name="MediaType">Such as <c>text/csv</c>.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="ContentId">Set for a picture the HTML shows as <c>cid:</c> and this; null for an attachment.</param>
internal sealed record MailFile(string Name, string MediaType, byte[] Content, string? ContentId = null);

/// <summary>What became of a mail that was to be written into the outbox.</summary>
internal enum MailAdmission
{
    /// <summary>It waits to be sent.</summary>
    Queued,

    /// <summary>The same cause was already written to this person.</summary>
    Known,

    /// <summary>No mail server is configured.</summary>
    Off,

    /// <summary>As many mails of the tenant wait as may: the server has been away for long, or something sends without end.</summary>
    Full,
}
