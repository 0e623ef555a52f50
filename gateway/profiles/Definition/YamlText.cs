using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace RetailInsight.Profiles.Definition;

/// <summary>
/// Reads the text of a profile, which may come from anybody: deep nesting would take the stack of the process with it, and
/// aliases make a short text a huge one, so neither reaches the tree.
/// </summary>
internal static class YamlText
{
    private const int Deepest = 16;
    private const int MostNodes = 20_000;

    /// <summary>The root of the one document; null when <paramref name="lint"/> has grown.</summary>
    public static YamlNode? Read(string yaml, LintErrors lint)
    {
        try
        {
            if (Problem(yaml) is var (line, message))
            {
                lint.Add(ProfileMistakeKind.NotYaml, "", line, message);
                return null;
            }

            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            if (stream.Documents.Count == 1)
            {
                return stream.Documents[0].RootNode;
            }

            lint.Add(ProfileMistakeKind.NotYaml, "", 1, "exactly one YAML document is expected");
        }
        catch (YamlException e)
        {
            lint.Add(ProfileMistakeKind.NotYaml, "", e.Start.Line, $"not YAML: {e.Message}");
        }

        return null;
    }

    private static (long Line, string Message)? Problem(string yaml)
    {
        var parser = new Parser(new Scanner(new StringReader(yaml)));
        var depth = 0;
        var nodes = 0;
        while (parser.MoveNext())
        {
            var found = parser.Current!;
            depth += found.NestingIncrease;
            nodes += found is NodeEvent ? 1 : 0;
            if (depth > Deepest || nodes > MostNodes)
            {
                return (found.Start.Line, string.Create(CultureInfo.InvariantCulture, $"a profile nests at most {Deepest} deep and has at most {MostNodes} values"));
            }

            if (found is AnchorAlias or NodeEvent { Anchor.IsEmpty: false })
            {
                return (found.Start.Line, "anchors and aliases are not read in a profile; write the value out");
            }
        }

        return null;
    }
}
