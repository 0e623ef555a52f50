using System.Text.RegularExpressions;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>Sends a form of a page the way a browser does: with the hidden fields the page put into it.</summary>
internal static partial class BrowserForm
{
    /// <param name="client">Signed in, or not.</param>
    /// <param name="page">Where the form stands.</param>
    /// <param name="action">The form's address; its hidden fields are taken along.</param>
    /// <param name="fields">What the person fills in.</param>
    public static async Task<HttpResponseMessage> SendFormAsync(this HttpClient client, string page, string action, params (string Name, string Value)[] fields)
    {
        var html = await client.GetStringAsync(page);
        var form = Form().Matches(html).Select(match => match.Value).FirstOrDefault(one => one.Contains($"method=\"post\" action=\"{action}\"", StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"{page} has no form for {action}.");
        var hidden = Hidden().Matches(form).Select(match => KeyValuePair.Create(match.Groups[1].Value, System.Net.WebUtility.HtmlDecode(match.Groups[2].Value)))
            .Where(one => !fields.Any(field => field.Name == one.Key));
        using var content = new FormUrlEncodedContent([.. hidden, .. fields.Select(field => KeyValuePair.Create(field.Name, field.Value))]);
        return await client.PostAsync(action, content);
    }

    [GeneratedRegex("<form.*?</form>", RegexOptions.Singleline)]
    private static partial Regex Form();

    [GeneratedRegex("""<input type="hidden" name="([^"]+)" value="([^"]*)""")]
    private static partial Regex Hidden();
}
