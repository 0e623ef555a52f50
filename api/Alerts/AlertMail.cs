using System.Globalization;
using RetailInsight.Api.Mail;
using RetailInsight.Api.Pages;
using RetailInsight.Api.Stores;

namespace RetailInsight.Api.Alerts;

/// <summary>Mails of alerts: one a rule and evaluation, however many stores it is about, so that a chain of a thousand does not send a thousand.</summary>
internal static class AlertMail
{
    private const int MostLines = 20;

    /// <summary>The mail that tells of incidents; its recipient is filled in by the caller.</summary>
    /// <param name="rule">Their rule.</param>
    /// <param name="opened">Whether they opened; otherwise they closed.</param>
    /// <param name="told">One or more.</param>
    /// <param name="stores">For their names.</param>
    /// <param name="link">Makes an address of a path; null where nobody said where the pages are.</param>
    public static OutgoingMail Of(AlertRule rule, bool opened, IReadOnlyList<ToldIncident> told, IReadOnlyList<Store> stores, Func<string, string?> link)
    {
        var (alerts, text) = (AlertWording.Of(rule.Language), new AlertText(Wording.Of(rule.Language), told[0].Finding.Reading.Currency ?? ""));
        string Name(AlertFinding finding) => (stores.FirstOrDefault(store => store.Code == finding.Store)?.Name ?? finding.Store) + (finding.Subject.Length == 0 ? "" : " " + finding.Subject);
        var first = told[0].Finding;
        var subject = told.Count == 1
            ? FigureText.Say(opened ? alerts.OpenedOne : alerts.ClosedOne, rule.Name, Name(first), Iso(first.Date))
            : FigureText.Say(opened ? alerts.OpenedMany : alerts.ClosedMany, rule.Name, told.Count);
        var lines = told.Take(MostLines).Select(one => (
            Head: $"{Name(one.Finding)} {Iso(one.Finding.Date)}", Said: Said(one, text, alerts),
            Link: link(Navigation.Address(PageLink.Day, one.Finding.Store, one.Finding.Date)))).ToList();
        var more = told.Count > MostLines ? FigureText.Say(alerts.More, told.Count - MostLines) : null;
        var condition = FigureText.Say(alerts.Condition, text.Sentence(rule.Test));
        var page = link(Navigation.PathOf(PageLink.Alerts));
        var plain = new List<string> { condition, "" };
        foreach (var line in lines)
        {
            plain.AddRange([line.Head, "  " + line.Said]);
            plain.AddRange(line.Link is { } address ? ["  " + FigureText.Say(alerts.Explains, address)] : []);
        }

        plain.AddRange(more is null ? [] : [more]);
        plain.AddRange(page is null ? [] : ["", FigureText.Say(alerts.Answer, page)]);
        var html = Markup.Of(
            $"""
            <!doctype html><html lang="{rule.Language}"><head><meta charset="utf-8"><title>{subject}</title></head><body>
            <p>{condition}</p>
            <ul>{lines.Select(line => Markup.Of($"<li><b>{Linked(line.Head, line.Link)}</b><br>{line.Said}</li>"))}</ul>
            {(more is null ? Markup.Empty : Markup.Of($"<p>{more}</p>"))}
            {(page is null ? Markup.Empty : Markup.Of($"""<p><a href="{page}">{FigureText.Say(alerts.Answer, page)}</a></p>"""))}
            </body></html>
            """);
        return new OutgoingMail("", subject, string.Join("\r\n", plain), html.ToString());
    }

    /// <summary>The mail that shows that a rule's mails arrive.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="currency">The company's, for amounts in the rule.</param>
    public static OutgoingMail Test(AlertRule rule, string currency)
    {
        var alerts = AlertWording.Of(rule.Language);
        var sentence = FigureText.Say(alerts.Condition, new AlertText(Wording.Of(rule.Language), currency).Sentence(rule.Test));
        return new OutgoingMail("", FigureText.Say(alerts.TestSubject, rule.Name), string.Join("\r\n", alerts.TestText, "", rule.Name, sentence));
    }

    private static string Said(ToldIncident one, AlertText text, AlertWording alerts)
    {
        var (test, reading) = (one.Finding.Rule.Test, one.Finding.Reading);
        var now = text.Finding(test, reading.Figure, reading.Reference, reading.Currency);
        return one.Opened ? now : FigureText.Say(alerts.WasIs, text.Value(test.Metric, one.Was, reading.Currency), now);
    }

    private static Markup Linked(string head, string? link) => link is null ? Markup.Of($"{head}") : Markup.Of($"""<a href="{link}">{head}</a>""");

    private static string Iso(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
