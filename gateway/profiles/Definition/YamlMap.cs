using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace RetailInsight.Profiles.Definition;

/// <summary>Collects the errors of one profile file, each with its path and line.</summary>
internal sealed class LintErrors(string file)
{
    private readonly List<string> _errors = [];

    public IReadOnlyList<string> All => _errors;

    public void Add(string path, long line, string message) =>
        _errors.Add(string.Create(CultureInfo.InvariantCulture, $"{file}: {path} (line {line}): {message}"));
}

/// <summary>One mapping of a profile, read key by key: what nobody asked for is an error.</summary>
internal sealed class YamlMap
{
    private readonly Dictionary<string, YamlNode> _left = new(StringComparer.Ordinal);
    private readonly YamlNode _node;
    private readonly LintErrors _errors;

    public YamlMap(YamlNode node, string path, LintErrors errors)
    {
        _node = node;
        _errors = errors;
        Path = path;
        if (node is not YamlMappingNode mapping)
        {
            Error("a mapping is expected here");
            return;
        }

        foreach (var (key, value) in mapping)
        {
            if (key is YamlScalarNode { Value: { } name })
            {
                _left[name] = value;
                Keys.Add(name);
            }
            else
            {
                Error("a key must be plain text");
            }
        }
    }

    public string Path { get; }

    /// <summary>Keys in the order of the file.</summary>
    public List<string> Keys { get; } = [];

    public bool Has(string key) => Keys.Contains(key);

    public void Error(string message) => _errors.Add(Path, _node.Start.Line, message);

    public void Error(string key, string message)
    {
        var line = _node is YamlMappingNode mapping && mapping.Children.TryGetValue(new YamlScalarNode(key), out var value)
            ? value.Start.Line
            : _node.Start.Line;
        _errors.Add(Child(key), line, message);
    }

    /// <summary>Reports every key that was never read.</summary>
    public void Done(string known)
    {
        foreach (var key in _left.Keys)
        {
            Error(key, $"unknown key; known here: {known}");
        }
    }

    public string? Text(string key)
    {
        if (!_left.Remove(key, out var node))
        {
            return null;
        }

        if (node is YamlScalarNode { Value: { Length: > 0 } value })
        {
            return value;
        }

        Error(key, "text is expected here");
        return null;
    }

    public string RequiredText(string key)
    {
        var found = Has(key);
        var text = Text(key);
        if (!found)
        {
            Error($"'{key}' is missing");
        }

        return text ?? "";
    }

    public bool Flag(string key, bool fallback)
    {
        switch (Text(key))
        {
            case null: return fallback;
            case "true": return true;
            case "false": return false;
            default:
                Error(key, "true or false is expected");
                return fallback;
        }
    }

    /// <summary>One of the words; the first one where the key is missing and <paramref name="required"/> is false.</summary>
    public T Choice<T>(string key, bool required, params (string Word, T Value)[] words)
    {
        var text = required ? RequiredText(key) : Text(key);
        if (string.IsNullOrEmpty(text))
        {
            return words[0].Value;
        }

        foreach (var (word, value) in words)
        {
            if (word == text)
            {
                return value;
            }
        }

        Error(key, $"'{text}' is not one of {string.Join(", ", words.Select(w => w.Word))}");
        return words[0].Value;
    }

    public IReadOnlyList<string> List(string key)
    {
        if (!_left.Remove(key, out var node))
        {
            return [];
        }

        if (node is YamlSequenceNode sequence && sequence.All(item => item is YamlScalarNode { Value: { Length: > 0 } }))
        {
            return [.. sequence.Select(item => ((YamlScalarNode)item).Value!)];
        }

        Error(key, "a list of texts is expected here");
        return [];
    }

    public YamlMap? Map(string key) => _left.Remove(key, out var node) ? new YamlMap(node, Child(key), _errors) : null;

    public YamlMap? RequiredMap(string key)
    {
        var map = Map(key);
        if (map is null)
        {
            Error($"'{key}' is missing");
        }

        return map;
    }

    public bool IsList(string key) => _left.TryGetValue(key, out var node) && node is YamlSequenceNode;

    public bool IsText(string key) => _left.TryGetValue(key, out var node) && node is YamlScalarNode;

    public IReadOnlyList<YamlMap> Maps(string key)
    {
        if (!_left.Remove(key, out var node))
        {
            return [];
        }

        if (node is YamlSequenceNode sequence)
        {
            return [.. sequence.Select((item, at) => new YamlMap(item, string.Create(CultureInfo.InvariantCulture, $"{Child(key)}[{at}]"), _errors))];
        }

        Error(key, "a list is expected here");
        return [];
    }

    private string Child(string key) => Path.Length == 0 ? key : $"{Path}.{key}";
}
