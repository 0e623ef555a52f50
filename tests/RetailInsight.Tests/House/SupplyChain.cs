using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace RetailInsight.Tests.House;

/// <summary>What the product is made of is known to the version, and written down. With RETAILINSIGHT_WRITE_GOLDEN=1 the list is written anew.</summary>
public sealed partial class SupplyChain
{
    private const string Bom = "sbom.json";

    private static readonly JsonSerializerOptions Written = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public void Every_project_has_its_packages_locked() =>
        Checkout.AssertNone(Checkout.Projects.Where(project => !Checkout.Files.Contains(Beside(project, "packages.lock.json"))));

    [Fact]
    public void Every_package_has_one_exact_version_in_one_place()
    {
        var versions = XDocument.Parse(Checkout.Read("Directory.Packages.props")).Descendants("PackageVersion")
            .ToDictionary(package => package.Attribute("Include")!.Value, package => package.Attribute("Version")!.Value);
        Checkout.AssertNone(versions.Where(package => !Exact().IsMatch(package.Value)).Select(package => $"{package.Key} {package.Value}"));
        foreach (var file in Checkout.Projects.Append("Directory.Build.props"))
        {
            var references = XDocument.Parse(Checkout.Read(file)).Descendants("PackageReference").ToList();
            Checkout.AssertNone(references.Where(one => one.Attribute("Version") is not null || one.Attribute("VersionOverride") is not null || !versions.ContainsKey(one.Attribute("Include")!.Value))
                .Select(one => $"{file}: {one.Attribute("Include")!.Value}"));
        }
    }

    [Fact]
    public void The_bill_of_materials_lists_every_package_that_is_shipped()
    {
        var nuget = Checkout.Projects.Where(project => !project.StartsWith("tests/", StringComparison.Ordinal)).SelectMany(project => Locked(Beside(project, "packages.lock.json")));
        var npm = Checkout.Files.Where(file => Path.GetFileName(file) == "package-lock.json" && !file.StartsWith("tests/", StringComparison.Ordinal)).SelectMany(NodePackages);
        var components = nuget.Concat(npm).Distinct().OrderBy(one => one.Purl, StringComparer.Ordinal)
            .Select(one => (JsonNode)new JsonObject { ["type"] = "library", ["bom-ref"] = one.Purl, ["name"] = one.Name, ["version"] = one.Version, ["purl"] = one.Purl }).ToArray();
        Assert.True(components.Length > 20, $"{components.Length}");
        var bom = new JsonObject
        {
            ["bomFormat"] = "CycloneDX",
            ["specVersion"] = "1.6",
            ["version"] = 1,
            ["metadata"] = new JsonObject { ["component"] = new JsonObject { ["type"] = "application", ["name"] = "RetailInsight" } },
            ["components"] = new JsonArray(components),
        }.ToJsonString(Written) + "\n";
        if (Environment.GetEnvironmentVariable("RETAILINSIGHT_WRITE_GOLDEN") == "1")
        {
            File.WriteAllText(Path.Combine(Checkout.Root, Bom), bom);
        }

        Assert.Equal(Checkout.Read(Bom), bom);
    }

    private static string Beside(string project, string file) => $"{Path.GetDirectoryName(project)}/{file}";

    private static IEnumerable<(string Name, string Version, string Purl)> Locked(string file)
    {
        using var locked = JsonDocument.Parse(Checkout.Read(file));
        foreach (var package in locked.RootElement.GetProperty("dependencies").EnumerateObject().SelectMany(framework => framework.Value.EnumerateObject()).Where(package => package.Value.TryGetProperty("resolved", out _)))
        {
            var version = package.Value.GetProperty("resolved").GetString()!;
            yield return (package.Name, version, $"pkg:nuget/{package.Name}@{version}");
        }
    }

    private static IEnumerable<(string Name, string Version, string Purl)> NodePackages(string file)
    {
        using var locked = JsonDocument.Parse(Checkout.Read(file));
        foreach (var package in locked.RootElement.GetProperty("packages").EnumerateObject().Where(package => package.Name.Length > 0))
        {
            var name = package.Name[(package.Name.LastIndexOf("node_modules/", StringComparison.Ordinal) + "node_modules/".Length)..];
            var version = package.Value.GetProperty("version").GetString()!;
            yield return (name, version, $"pkg:npm/{name.Replace("@", "%40", StringComparison.Ordinal)}@{version}");
        }
    }

    [GeneratedRegex(@"^\d+\.\d+\.\d+(\.\d+)?$")]
    private static partial Regex Exact();
}
