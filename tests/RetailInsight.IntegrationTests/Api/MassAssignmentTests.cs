using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>What a caller adds to a body or a form changes nothing it is not meant to change: company, owner, role, id.</summary>
[Collection(ApiCollections.Hardening)]
public sealed class MassAssignmentTests(ApiHost host) : OwnCompanyTests(host)
{
    // What people make; what workers note of their progress stays out.
    private const string Made = @"^(tenancy\..*|mart\.staff_hours|api\.(app_user|annotation|alert_rule|webhook_endpoint|export|share_link|morning_sheet))$";

    private static readonly (string Name, JsonNode Value)[] Additions =
    [
        ("tenantId", "thames"), ("tenant", "thames"), ("tenant_id", "thames"), ("role", "admin"), ("isAdmin", true), ("is_admin", true), ("owner", "camden"), ("createdAt", "2020-01-01"), ("created_at", "2020-01-01"),
        ("id", "0123456789abcdef0123456789abcdef"), ("__proto__", new JsonObject()),
    ];

    [Fact]
    public async Task No_body_takes_a_member_that_is_not_documented()
    {
        using var admin = await SignInAsync("administrator");
        var bodies = DocumentedBody.All(await admin.GetFromJsonAsync<JsonElement>("/openapi/v1.json")).Where(body => body.IsJson).ToList();
        Assert.True(bodies.Count > 15, $"{bodies.Count}");
        var before = await Database.DumpAsync(Made);
        foreach (var body in bodies)
        {
            foreach (var (name, value) in Additions.Where(addition => !body.Members.Contains(addition.Name)))
            {
                using var request = body.Request(body.With(name, value.DeepClone()));
                using var answer = await admin.SendAsync(request);
                Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, $"{body.Id} with {name}: {answer.StatusCode}");
                Assert.Equal("request-invalid", await CodeAsync(answer));
            }
        }

        Assert.Equal(before, await Database.DumpAsync(Made));

        // It was the member that was refused: without it each body is read.
        var unread = new List<string>();
        foreach (var body in bodies)
        {
            using var request = body.Request(body.Text);
            using var answer = await admin.SendAsync(request);
            if (!answer.IsSuccessStatusCode && await CodeAsync(answer) is "request-invalid")
            {
                unread.Add(body.Id);
            }
        }

        Assert.Empty(unread);
        Assert.NotEqual(before, await Database.DumpAsync(Made));
    }

    [Fact]
    public async Task A_member_of_another_kind_is_refused_wherever_it_stands()
    {
        using var admin = await SignInAsync("administrator");
        var bodies = DocumentedBody.All(await admin.GetFromJsonAsync<JsonElement>("/openapi/v1.json")).Where(body => body.IsJson).ToList();
        var before = await Database.DumpAsync(Made);
        var (tried, offenders) = (0, new List<string>());
        foreach (var body in bodies)
        {
            var members = ((JsonObject)JsonNode.Parse(body.Text)!).ToList();
            foreach (var (name, value) in members)
            {
                string[] kinds = value is JsonArray list
                    ? ["{}", "1", "\"x\"", "[null]", "[[]]", "[{}]", list.Count > 0 && list[0]!.GetValueKind() == JsonValueKind.String ? $"[{list[0]!.ToJsonString()},null]" : "[null,null]", "[1]", "[true]"]
                    : ["{}", "[]", "[null]", value!.GetValueKind() == JsonValueKind.String ? "1" : "\"x\"", value.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? "1" : "true", "1e400"];
                foreach (var kind in kinds)
                {
                    using var request = body.Request(Regex.Replace(body.With(name, "\u0001"), "\"\\\\u0001\"", _ => kind));
                    using var answer = await admin.SendAsync(request);
                    // Where the address names nothing, what stands in a list may be looked at too late: a null, or a row without a field.
                    if (answer.StatusCode != HttpStatusCode.BadRequest && !(answer.StatusCode == HttpStatusCode.NotFound && body.Path.Contains('{', StringComparison.Ordinal) && (kind == "[{}]" || kind.Contains("null", StringComparison.Ordinal))))
                    {
                        offenders.Add($"{body.Id} with {name}: {kind}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
                    }

                    tried++;
                }
            }
        }

        Assert.True(offenders.Count == 0, string.Join('\n', offenders));
        Assert.True(tried > 200, $"{tried}");
        Assert.Equal(before, await Database.DumpAsync(Made));
    }

    [Theory]
    [InlineData("/?store=S01&date=2026-11-13", "/notes", "api.annotation", "kind=rain&visibility=chain&store=&text=formed&from=2026-11-13")]
    [InlineData("/alerts", "/alerts", "api.alert_rule", "do=save&rule=&name=formed&metric=net_sales&direction=below&against=weekday&threshold=20&scope=chain&language=ja&active=yes")]
    [InlineData("/?store=S01&date=2026-11-13", "/shares", "api.share_link", "days=7")]
    [InlineData("/people/new", "/people", "api.app_user", "name=formed&display_name=formed&role=head_office&language=ja")]
    [InlineData("/morning", "/morning", "api.morning_sheet", "mail=formed@example.com&store=all&hour=7&language=ja")]
    public async Task A_form_that_names_another_company_or_owner_stays_with_whoever_sent_it(string page, string action, string table, string fields)
    {
        using var office = await SignInAsync("honbu");
        var before = Of("thames", await Database.DumpAsync(Made));
        Assert.NotEqual("", before);
        var sent = fields.Split('&').Select(field => field.Split('=')).Select(field => (field[0], field[1])).Concat(
            [("tenant", "thames"), ("Tenant", "thames"), ("tenant_id", "thames"), ("owner", "camden"), ("login", "camden"), ("made_by", "camden"), ("created_by", "camden")]).ToArray();
        using var answer = await office.SendFormAsync(page, action, sent);
        Assert.True((int)answer.StatusCode < 400, $"{answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        Assert.Equal(before, Of("thames", await Database.DumpAsync(Made)));
        Assert.Contains(table == "api.share_link" ? "honbu" : "formed", Of("aoba", await Database.DumpAsync($"^{Regex.Escape(table)}$")), StringComparison.Ordinal);
    }

    private static string Of(string tenant, string dump) => string.Join('\n', dump.Split('\n').Where(row => row.Contains(tenant, StringComparison.Ordinal)));

    private static async Task<string?> CodeAsync(HttpResponseMessage answer) => (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString();
}
