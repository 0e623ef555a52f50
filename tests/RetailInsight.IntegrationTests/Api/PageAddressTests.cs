using System.Net;
using System.Text.RegularExpressions;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>Every choice stands in the address: what somebody sees, another person sees who is sent it.</summary>
[Collection(ApiCollections.Pages)]
public sealed partial class PageAddressTests(ApiHost host)
{
    private static readonly string[] Pages = ["/today", "/", "/period", "/traffic", "/products", "/customers", "/stores", "/peers", "/store-groups", "/health", "/alerts"];

    public static TheoryData<string> Addresses => [.. Pages.Select(page => page + "?store=all&date=2026-11-13&compare=last_year_weekday&grain=month"), "/?store=S01&date=2026-11-13&compare=last_year_weekday&grain=month"];

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task Every_link_from_page_to_page_keeps_what_was_chosen(string address)
    {
        using var client = await host.SignInAsync("honbu");
        var html = await client.GetStringAsync(address + "&lang=en");
        var links = Links().Matches(html).Select(match => WebUtility.HtmlDecode(match.Groups[1].Value)).Where(link => Pages.Contains(link.Split('?')[0]) && link.Contains("store=", StringComparison.Ordinal)).Distinct().ToList();
        Assert.True(links.Count >= Pages.Length, $"{links.Count} links");
        Assert.All(links, link => Assert.Contains("compare=last_year_weekday", link, StringComparison.Ordinal));
        Assert.All(links, link => Assert.Contains("grain=month", link, StringComparison.Ordinal));
        foreach (var link in links.DistinctBy(link => link.Split('?')[0]))
        {
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(link)).StatusCode);
        }

        var form = html[html.IndexOf("class=\"choice\"", StringComparison.Ordinal)..];
        form = form[..form.IndexOf("</form>", StringComparison.Ordinal)];
        Assert.All(["store", "compare", "grain"], name => Assert.Single(Regex.Matches(form, $" name=\"{name}\"")));
    }

    [Fact]
    public async Task A_remembered_comparison_is_led_to_the_address_that_says_so_and_no_address_shows_two_people_different_things()
    {
        using var chooser = await host.SignInAsync("honbu");
        using var other = await host.SignInAsync("honbu");
        const string Plain = "/period?store=S02&date=2026-11-13&lang=en";
        Assert.Equal(HttpStatusCode.OK, (await chooser.GetAsync(Plain)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await chooser.GetAsync("/?store=S02&compare=previous_period")).StatusCode);
        var led = await chooser.GetAsync(Plain);
        Assert.Equal(HttpStatusCode.Redirect, led.StatusCode);
        var full = led.Headers.Location!.OriginalString;
        Assert.Equal(Plain + "&compare=previous_period", full);
        Assert.Equal(Content(await chooser.GetStringAsync(full)), Content(await other.GetStringAsync(full)));

        // Back to the usual comparison, the plain address is shown as it is, to both alike; pages that compare nothing lead nowhere.
        Assert.Equal(HttpStatusCode.OK, (await chooser.GetAsync("/traffic?store=S02")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await chooser.GetAsync("/?store=S02&compare=same_weekday")).StatusCode);
        using var third = await host.SignInAsync("honbu");
        Assert.Equal(Content(await chooser.GetStringAsync(Plain)), Content(await third.GetStringAsync(Plain)));
    }

    [Fact]
    public async Task A_page_keeps_its_own_filters_when_it_is_chosen_again_and_no_page_takes_words_without_meaning()
    {
        using var client = await host.SignInAsync("honbu");
        var html = await client.GetStringAsync("/stores?store=all&pick=S01&pick=S04&metric=receipts&grain=day&total=average&lang=en");
        var again = WebUtility.HtmlDecode(Regex.Match(html, "<a href=\"([^\"]+)\" aria-current=\"page\"").Groups[1].Value);
        Assert.All(["pick=S01", "pick=S04", "metric=receipts", "total=average", "grain=day"], part => Assert.Contains(part, again, StringComparison.Ordinal));
        Assert.Contains("href=\"/period?store=all&amp;date=", html, StringComparison.Ordinal);
        Assert.DoesNotMatch("href=\"/period[^\"]*grain=day", html);
        foreach (var wrong in new[] { "/traffic?grain=decade", "/today?compare=yesterday", "/period?grain=hour", "/stores?grain=quarter" })
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await client.GetAsync(wrong)).StatusCode);
        }
    }

    // Without the hidden token of forms and the number of the last change.
    private static string Content(string html) => Regex.Replace(html[html.IndexOf("<main", StringComparison.Ordinal)..], "<main[^>]*>|<input type=\"hidden\" name=\"__[^>]*>|<time.*?</time>", "");

    [GeneratedRegex("href=\"(/[^\"]*)\"")]
    private static partial Regex Links();
}
