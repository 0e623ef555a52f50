using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace RetailInsight.Profiles.Definition;

/// <summary>Collects the errors of one profile file, each with its path and line.</summary>
internal sealed class LintErrors(string file)
{
    private readonly List<ProfileMistake> _errors = [];

    public IReadOnlyList<ProfileMistake> All => _errors;

    /// <summary>The keys asked for at every place that was read to its end; the JSON Schema is held to them.</summary>
    public List<(string Path, IReadOnlyList<string> Keys)> Asked { get; } = [];

    public void Add(ProfileMistakeKind kind, string path, long line, string message) =>
        _errors.Add(new ProfileMistake(file, path, line, kind, message));
}

/// <summary>One mapping of a profile, read key by key: what nobody asked for is an error.</summary>
internal sealed class YamlMap
{
    private readonly Dictionary<string, YamlNode> _left = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, bool> _asked = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _lines = new(StringComparer.Ordinal);
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
                _lines[name] = key.Start.Line;
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

    public bool Has(string key)
    {
        Ask(key);
        return _lines.ContainsKey(key);
    }

    /// <summary>Reports what is wrong with the mapping as a whole: keys that do not go together.</summary>
    public void Error(string message) => _errors.Add(ProfileMistakeKind.Contradiction, Path, _node.Start.Line, message);

    /// <summary>Reports what is wrong with the value of a key.</summary>
    public void Error(string key, string message) => Error(ProfileMistakeKind.WrongValue, key, message);

    /// <summary>Reports a key that is missing.</summary>
    public void Missing(string message) => _errors.Add(ProfileMistakeKind.MissingKey, Path, _node.Start.Line, message);

    /// <summary>Reports a key that is known elsewhere and means nothing here.</summary>
    public void Refuse(string key, string why)
    {
        if (_left.Remove(key))
        {
            Error(ProfileMistakeKind.UnknownKey, key, why);
        }
    }

    /// <summary>Reports every key that nobody asked for, with those somebody did.</summary>
    public void Done()
    {
        string[] asked = [.. _asked.Keys];
        _errors.Asked.Add((Path, asked));
        foreach (var key in _left.Keys)
        {
            var meant = Spelling.Nearest(key, asked) is { } near ? $"; '{near}' is meant?" : "";
            Error(ProfileMistakeKind.UnknownKey, key, $"unknown key; known here: {string.Join(", ", asked)}{meant}");
        }
    }

    public string? Text(string key)
    {
        if (!Take(key, out var node))
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
            Missing($"'{key}' is missing");
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

        var meant = Spelling.Nearest(text, words.Select(w => w.Word)) is { } near ? $"; '{near}' is meant?" : "";
        Error(key, $"'{text}' is not one of {string.Join(", ", words.Select(w => w.Word))}{meant}");
        return words[0].Value;
    }

    public IReadOnlyList<string> List(string key)
    {
        if (!Take(key, out var node))
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

    public YamlMap? Map(string key) => Take(key, out var node) ? new YamlMap(node, Child(key), _errors) : null;

    public YamlMap? RequiredMap(string key)
    {
        var map = Map(key);
        if (map is null)
        {
            Missing($"'{key}' is missing");
        }

        return map;
    }

    public bool IsList(string key) => Has(key) && _left.GetValueOrDefault(key) is YamlSequenceNode;

    public bool IsText(string key) => Has(key) && _left.GetValueOrDefault(key) is YamlScalarNode;

    public IReadOnlyList<YamlMap> Maps(string key)
    {
        if (!Take(key, out var node))
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

    private bool Take(string key, [NotNullWhen(true)] out YamlNode? node)
    {
        Ask(key);
        return _left.Remove(key, out node);
    }

    private void Ask(string key) => _asked.TryAdd(key, true);

    private void Error(ProfileMistakeKind kind, string key, string message) =>
        _errors.Add(kind, Child(key), _lines.GetValueOrDefault(key, _node.Start.Line), message);

    private string Child(string key) => Path.Length == 0 ? key : $"{Path}.{key}";
}
