using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace RetailInsight.Fuzzing;

/// <summary>An operation of an OpenAPI document.</summary>
internal sealed record ApiOperation(string Method, string Path, JsonElement Definition)
{
    public string Id => Definition.GetProperty("operationId").GetString()!;

    public HashSet<string> Statuses { get; } = [.. Definition.GetProperty("responses").EnumerateObject().Select(response => response.Name)];
}

/// <summary>
/// Makes requests of an OpenAPI document, right ones and damaged ones, and judges the answers: nothing fails on the server's side, no
/// status is undocumented, every refusal is a problem with a code. The same seed makes the same requests.
/// </summary>
internal sealed class ApiFuzzer
{
    /// <summary>Texts that have broken programs.</summary>
    public static readonly string[] Strings =
    [
        "", " ", "x", "S01", "S99", "aoba", "\0", "a\0b", "\ud800", "\ufeff", "\u202Eabc", "渋谷", "𠮷", "' OR 1=1 --", "%", "..%2f..", "../../etc/passwd", "${7*7}", "<script>", "null", "true", "-1", "1e400", "NaN",
        "9223372036854775808", "2026-02-30", "0001-01-01", "9999-12-31", "12026-01-01", "2026-11-14T25:00:00Z", new string('a', 5000), new string('9', 400), "\r\nSet-Cookie: a=b", "a,b", "a;b", "=1+1", "０１",
    ];

    private static readonly string[] Bodies =
    [
        "", " ", "null", "[]", "{}", "0", "\"x\"", "{", "{\"a\":", "{\"a\":1,\"a\":2}", "{\"a\":1e400}", "[1e999]", "{\"\\ud800\":1}", "\ufeff{}", "{}{}", "{\"a\":NaN}", "/*c*/{}", "{\"a\":1,}", "\u0000",
    ];

    private static readonly string[] Verbs = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FROB"];

    private static readonly (string Name, string[] Values)[] Headers =
    [
        ("If-None-Match", ["*", "\"x\"", "W/\"x\"", "x", "\"", ","]), ("If-Match", ["*", "\"1\"", "1", "\"99\"", "W/\"1\""]), ("Accept", ["*/*", "text/html", "application/xml", "x", "text/csv", "application/json;q=0"]),
        ("Accept-Language", ["en", "ja", "zz-ZZ;q=9", "*"]), ("Accept-Encoding", ["gzip", "br", "zstd", "identity;q=0", "*;q=0"]), ("Range", ["bytes=0-1", "bytes=9-1", "x"]), ("Content-Encoding", ["gzip", "zstd", "x"]),
        ("Idempotency-Key", ["", "k", "\"k\""]), ("X-Tenant", ["thames"]), ("X-User-ID", ["administrator"]), ("X-Forwarded-For", ["1.2.3.4"]), ("X-Forwarded-Host", ["evil.example"]), ("X-HTTP-Method-Override", ["DELETE"]),
        ("Origin", ["null", "https://evil.example"]), ("Sec-Fetch-Site", ["cross-site", "same-origin"]), ("Cookie", ["retailinsight.session=x", "=;=", "a=b; a=b"]), ("Expect", ["100-continue"]), ("If-Modified-Since", ["x"]),
    ];

    private readonly JsonElement _document;
    private readonly Random _random;
    private readonly IReadOnlyDictionary<string, string[]> _known;

    /// <param name="document">The OpenAPI document.</param>
    /// <param name="random">Seeded dice.</param>
    /// <param name="known">Values by name of a parameter or member that lead deep: stores that exist, dates with data.</param>
    public ApiFuzzer(JsonElement document, Random random, IReadOnlyDictionary<string, string[]> known)
    {
        (_document, _random, _known) = (document, random, known);
        Operations =
        [
            .. from path in document.GetProperty("paths").EnumerateObject()
               from operation in path.Value.EnumerateObject()
               where operation.Value.ValueKind == JsonValueKind.Object && operation.Value.TryGetProperty("responses", out _)
               select new ApiOperation(operation.Name.ToUpperInvariant(), path.Name, operation.Value),
        ];
    }

    public IReadOnlyList<ApiOperation> Operations { get; }

    /// <summary>A request of an operation: one in three right as far as the document says, the others with one or two things wrong.</summary>
    public HttpRequestMessage Request(ApiOperation operation)
    {
        var damage = _random.Next(3) == 0 ? 0 : _random.Next(1, 3);
        var (path, query) = (operation.Path, new List<string>());
        foreach (var parameter in operation.Definition.TryGetProperty("parameters", out var list) ? list.EnumerateArray().ToList() : [])
        {
            var (name, required) = (parameter.GetProperty("name").GetString()!, parameter.TryGetProperty("required", out var asked) && asked.GetBoolean());
            var wrong = damage > 0 && _random.Next(4) == 0;
            var value = wrong ? Any(Strings) : Text(name, parameter.GetProperty("schema"));
            switch (parameter.GetProperty("in").GetString())
            {
                case "path":
                    path = path.Replace($"{{{name}}}", Escape(value.Length == 0 ? "x" : value), StringComparison.Ordinal);
                    break;
                case "query" when required ? !wrong || _random.Next(3) > 0 : _random.Next(3) == 0:
                    query.AddRange(Enumerable.Repeat($"{name}={Escape(value)}", _random.Next(12) == 0 ? 2 : 1));
                    break;
            }
        }

        if (damage > 0 && _random.Next(8) == 0)
        {
            query.Add($"{Escape(Any(Strings))}={Escape(Any(Strings))}");
        }

        var verb = damage > 0 && _random.Next(8) == 0 ? Any(Verbs) : operation.Method;
        var request = new HttpRequestMessage(new HttpMethod(verb), path + (query.Count > 0 ? "?" + string.Join('&', query) : ""));
        if (operation.Definition.TryGetProperty("requestBody", out var body) && verb is not ("GET" or "HEAD" or "TRACE"))
        {
            request.Content = Body(body, damage);
        }

        for (var left = damage; left > 0; left--)
        {
            var (name, values) = Headers[_random.Next(Headers.Length)];
            if (name != "Content-Encoding")
            {
                request.Headers.TryAddWithoutValidation(name, Any(values));
            }
            else
            {
                request.Content?.Headers.TryAddWithoutValidation(name, Any(values));
            }
        }

        return request;
    }

    /// <summary>What is wrong with an answer; null when nothing is.</summary>
    public string? Complaint(ApiOperation operation, HttpRequestMessage request, HttpResponseMessage answer, string body)
    {
        var status = (int)answer.StatusCode;
        var path = request.RequestUri!.IsAbsoluteUri ? request.RequestUri.AbsolutePath : request.RequestUri.OriginalString.Split('?')[0];
        // A damaged path can be the address of another operation, and a damaged verb that of one on the same path.
        var asked = Operations.Where(one => one.Method == request.Method.Method && Fits(one.Path, path)).ToList();
        var text = status.ToString(CultureInfo.InvariantCulture);
        if (status >= 500)
        {
            return "the server failed";
        }

        // U+0000 in a path and an endless address are refused before the application sees the request.
        if (body.Length == 0 && (status is 414 or 431 || (status == 400 && path.Contains("%00", StringComparison.Ordinal))))
        {
            return null;
        }

        if (asked.Count > 0 ? !asked.Exists(one => one.Statuses.Contains(text)) && !(request.Method.Method != operation.Method && status is 404 or 405) : status is not (400 or 403 or 404 or 405 or 415))
        {
            return $"{operation.Id} does not document {status}";
        }

        if (status < 400 || request.Method == HttpMethod.Head)
        {
            return answer.Content.Headers.ContentType?.MediaType == "application/json" && body.Length > 0 && !IsJson(body, out _) ? "the answer is not the JSON it says" : null;
        }

        return answer.Content.Headers.ContentType?.MediaType != "application/problem+json" ? $"the refusal is {answer.Content.Headers.ContentType}"
            : !IsJson(body, out var problem) || !problem.TryGetProperty("code", out var code) || code.GetString() is not { Length: > 0 } ? "the problem has no code"
            : problem.TryGetProperty("status", out var stated) && stated.GetInt32() != status ? "the problem states another status"
            : body.Contains("   at ", StringComparison.Ordinal) || body.Contains("Npgsql", StringComparison.Ordinal) || body.Contains("SELECT ", StringComparison.Ordinal) ? "the problem shows our inside"
            : null;
    }

    private static bool Fits(string template, string path)
    {
        var (wanted, given) = (template.Split('/'), path.Split('/'));
        return wanted.Length == given.Length && wanted.Zip(given).All(pair => pair.First.StartsWith('{') || string.Equals(pair.First, pair.Second, StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsJson(string text, out JsonElement element)
    {
        element = default;
        try
        {
            element = JsonSerializer.Deserialize<JsonElement>(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private ByteArrayContent Body(JsonElement body, int damage)
    {
        var (media, definition) = body.GetProperty("content").EnumerateObject().Select(one => (one.Name, one.Value)).First();
        var node = Value("", definition.GetProperty("schema"), 0);
        if (damage > 0 && node is JsonObject members && _random.Next(2) == 0)
        {
            Damage(members);
        }

        var text = damage > 0 && _random.Next(5) == 0 ? Raw() : node?.ToJsonString() ?? "null";
        var encoding = damage > 0 && _random.Next(12) == 0 ? Encoding.Unicode : Encoding.UTF8;
        var bytes = encoding.GetBytes(text);
        if (damage > 0 && _random.Next(10) == 0)
        {
            bytes = bytes[.._random.Next(bytes.Length + 1)];
        }

        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = damage > 0 && _random.Next(10) == 0
            ? MediaTypeHeaderValue.Parse(Any(["text/plain", "application/xml", "application/json; charset=shift_jis", "application/json; charset=utf-16", "multipart/form-data; boundary=x"]))
            : new MediaTypeHeaderValue(media);
        return content;
    }

    private string Raw() => _random.Next(6) switch
    {
        0 => new string('[', 100_000),
        1 => string.Concat(Enumerable.Repeat("{\"a\":", 3_000)),
        2 => "{" + string.Join(',', Enumerable.Range(0, 10_000).Select(place => $"\"k{place}\":0")) + "}",
        _ => Any(Bodies),
    };

    private void Damage(JsonObject members)
    {
        var names = members.Select(member => member.Key).ToList();
        switch (_random.Next(4))
        {
            case 0 when names.Count > 0:
                members.Remove(Any([.. names]));
                break;
            case 1:
                members[Any(["tenant", "tenantId", "role", "isAdmin", "createdAt", "id", "__proto__", "x"])] = Any(Strings[..6]);
                break;
            default:
                if (names.Count > 0)
                {
                    members[Any([.. names])] = _random.Next(7) switch
                    {
                        0 => null,
                        1 => JsonValue.Create(_random.Next()),
                        2 => new JsonArray(),
                        3 => new JsonObject { ["x"] = 1 },
                        4 => JsonValue.Create(true),
                        5 => new JsonArray(null, "S01"),
                        _ => JsonValue.Create(Clean(Any(Strings))),
                    };
                }

                break;
        }
    }

    private string Text(string name, JsonElement schema) => Value(name, schema, 0) switch
    {
        null => "",
        JsonValue value => value.ToString(),
        JsonArray { Count: > 0 } array => array[0]?.ToString() ?? "",
        var other => other.ToJsonString(),
    };

    private JsonNode? Value(string name, JsonElement schema, int depth)
    {
        while (schema.TryGetProperty("$ref", out var reference))
        {
            schema = _document.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1]);
        }

        foreach (var choice in new[] { "oneOf", "anyOf" })
        {
            if (schema.TryGetProperty(choice, out var options))
            {
                return Value(name, options[_random.Next(options.GetArrayLength())], depth + 1);
            }
        }

        if (_known.TryGetValue(name, out var known) && _random.Next(5) > 0)
        {
            return IsType(schema, "array") ? new JsonArray(Any(known)) : JsonValue.Create(Any(known));
        }

        if (schema.TryGetProperty("enum", out var values))
        {
            return JsonNode.Parse(values[_random.Next(values.GetArrayLength())].GetRawText());
        }

        return Type(schema) switch
        {
            "integer" => JsonValue.Create(_random.Next(3) == 0 ? Bound(schema, "maximum", 1000) : _random.Next(0, 50)),
            "number" => JsonValue.Create(_random.Next(100) / 4.0),
            "boolean" => JsonValue.Create(_random.Next(2) == 0),
            "array" when depth < 6 => new JsonArray([.. Enumerable.Range(0, _random.Next(3)).Select(_ => Value(name, schema.GetProperty("items"), depth + 1))]),
            "object" when depth < 6 => Members(schema, depth),
            "null" or "array" or "object" => null,
            _ => JsonValue.Create(schema.TryGetProperty("format", out var format) && format.GetString() is "date" or "date-time"
                ? $"2026-11-{_random.Next(1, 29):00}" + (schema.GetProperty("format").GetString() == "date" ? "" : "T00:00:00Z")
                : Clean(Any(Strings))),
        };
    }

    private JsonObject Members(JsonElement schema, int depth)
    {
        var required = schema.TryGetProperty("required", out var list) ? list.EnumerateArray().Select(one => one.GetString()).ToHashSet() : [];
        var made = new JsonObject();
        foreach (var member in schema.TryGetProperty("properties", out var members) ? members.EnumerateObject().ToList() : [])
        {
            if (required.Contains(member.Name) || _random.Next(2) == 0)
            {
                made[member.Name] = Value(member.Name, member.Value, depth + 1);
            }
        }

        return made;
    }

    private string? Type(JsonElement schema) => !schema.TryGetProperty("type", out var type) ? null
        : type.ValueKind == JsonValueKind.String ? type.GetString()
        : type[_random.Next(type.GetArrayLength())].GetString();

    private static bool IsType(JsonElement schema, string name) => schema.TryGetProperty("type", out var type)
        && (type.ValueKind == JsonValueKind.String ? type.GetString() == name : type.EnumerateArray().Any(one => one.GetString() == name));

    private static int Bound(JsonElement schema, string name, int otherwise) =>
        schema.TryGetProperty(name, out var bound) && bound.TryGetInt32(out var value) ? value : otherwise;

    private string Any(string[] values) => values[_random.Next(values.Length)];

    // A node cannot hold half of a character; such text goes in as raw bodies and in addresses.
    private static string Clean(string text) => text.Replace("\ud800", "", StringComparison.Ordinal);

    private static string Escape(string text) => text.Contains('\ud800', StringComparison.Ordinal) ? "%ED%A0%80" : WebUtility.UrlEncode(text).Replace("+", "%20", StringComparison.Ordinal);
}
