namespace RetailInsight.Profiles.Xml;

/// <summary>
/// The steps of an XML path, <c>RetailTransaction/LineItem[Sale|Return][@VoidFlag!=true]/Sale|-Return/Quantity/@Unit</c>: a
/// relative location path of XPath's short form with few predicates. An attribute goes with the element before it.
/// </summary>
internal static class XmlSteps
{
    /// <summary>Splits a path; <c>$/</c>, the payload, is left out.</summary>
    public static string[] Split(string path)
    {
        path = path.StartsWith("$/", StringComparison.Ordinal) ? path[2..] : path;
        var steps = new List<string>();
        var start = 0;
        var nested = 0;
        for (var i = 0; i <= path.Length; i++)
        {
            if (i < path.Length)
            {
                nested += path[i] switch { '[' => 1, ']' => -1, _ => 0 };
            }

            if (i == path.Length || (path[i] == '/' && nested == 0))
            {
                var step = path[start..i];
                if (step.StartsWith('@') && steps.Count > 0)
                {
                    steps[^1] += "/" + step;
                }
                else
                {
                    steps.Add(step);
                }

                start = i + 1;
            }
        }

        return [.. steps];
    }

    /// <summary>What is wrong with a path, or null.</summary>
    public static string? Problem(string path)
    {
        foreach (var step in Split(path))
        {
            if (!XmlStep.TryParse(step, out _))
            {
                return $"'{step}' is no step of an XML path: element, prefix:element, one|other, -other for a figure with its sign turned, [@attribute=value], [@attribute!=value], [child], @attribute or @first-true(a,b)";
            }
        }

        return null;
    }
}
