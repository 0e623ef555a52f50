using System.Text.RegularExpressions;

namespace RetailInsight.GoogleFakes.PubSub;

/// <summary>
/// A subscription's filter: <c>attributes:NAME</c>, <c>attributes.NAME = "x"</c>, <c>!=</c>, <c>hasPrefix(attributes.NAME, "x")</c>,
/// <c>NOT</c> or <c>-</c>, <c>AND</c> or <c>OR</c> (not both without parentheses).
/// </summary>
internal sealed partial class MessageFilter
{
    private const int LongestFilter = 256;

    private readonly List<string> _tokens;
    private int _at;

    private MessageFilter(List<string> tokens) => _tokens = tokens;

    private delegate bool Test(IReadOnlyDictionary<string, string> attributes);

    private string Next => _at < _tokens.Count ? _tokens[_at] : "";

    /// <summary>Parses; an empty filter lets everything through.</summary>
    /// <exception cref="PubSubException">It is not a filter.</exception>
    public static Func<IReadOnlyDictionary<string, string>, bool> Parse(string filter)
    {
        if (filter.Length > LongestFilter)
        {
            throw PubSubException.Invalid($"The filter is longer than {LongestFilter} bytes.");
        }

        var tokens = Token().Matches(filter).Select(match => match.Value).Where(token => !string.IsNullOrWhiteSpace(token)).ToList();
        if (tokens.Count == 0)
        {
            return _ => true;
        }

        var parser = new MessageFilter(tokens);
        var test = parser.Expression();
        return parser._at == tokens.Count ? attributes => test(attributes) : throw parser.Unexpected();
    }

    private Test Expression()
    {
        var tests = new List<Test> { Term() };
        var junction = Next;
        if (junction is not ("AND" or "OR"))
        {
            return tests[0];
        }

        while (Next == junction)
        {
            _at++;
            tests.Add(Term());
        }

        return junction == "AND"
            ? attributes => tests.TrueForAll(test => test(attributes))
            : attributes => tests.Exists(test => test(attributes));
    }

    private Test Term()
    {
        if (Next is "NOT" or "-")
        {
            _at++;
            var negated = Factor();
            return attributes => !negated(attributes);
        }

        return Factor();
    }

    private Test Factor()
    {
        switch (Take())
        {
            case "(":
                var inner = Expression();
                Expect(")");
                return inner;
            case "hasPrefix":
                Expect("(");
                Expect("attributes");
                Expect(".");
                var prefixed = Name();
                Expect(",");
                var prefix = Text();
                Expect(")");
                return attributes => attributes.TryGetValue(prefixed, out var value) && value.StartsWith(prefix, StringComparison.Ordinal);
            case "attributes":
                return Attribute();
            default:
                _at--;
                throw Unexpected();
        }
    }

    private Test Attribute()
    {
        if (Next == ":")
        {
            _at++;
            var present = Name();
            return attributes => attributes.ContainsKey(present);
        }

        Expect(".");
        var name = Name();
        var equal = Take() switch { "=" => true, "!=" => false, _ => throw Unexpected() };
        var text = Text();
        return attributes => (attributes.TryGetValue(name, out var value) && value == text) == equal;
    }

    private string Name() => Next.StartsWith('"') ? Text() : Identifier().IsMatch(Next) ? Take() : throw Unexpected();

    private string Text() => Next is ['"', .., '"'] quoted && quoted.Length > 1
        ? Regex.Replace(Take()[1..^1], @"\\(.)", "$1")
        : throw Unexpected();

    private string Take() => _at < _tokens.Count ? _tokens[_at++] : throw Unexpected();

    private void Expect(string token)
    {
        if (Next != token)
        {
            throw Unexpected();
        }

        _at++;
    }

    private PubSubException Unexpected() => PubSubException.Invalid($"The filter cannot be read at '{Next}'.");

    [GeneratedRegex("\"(?:[^\"\\\\]|\\\\.)*\"|[A-Za-z_][A-Za-z0-9_]*|!=|\\s+|.")]
    private static partial Regex Token();

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*$")]
    private static partial Regex Identifier();
}
