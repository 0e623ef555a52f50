using System.Reflection;
using Microsoft.Extensions.Configuration;
using RetailInsight.Api;
using RetailInsight.Dags.Engine;
using RetailInsight.Gateway;
using RetailInsight.Ingest.Streaming;
using RetailInsight.Ml.Serving;
using RetailInsight.Platform;

namespace RetailInsight.Tests.House;

/// <summary>The examples in <c>deploy/config</c> name settings that exist, with values that bind.</summary>
public sealed class ConfigurationExamples
{
    private static readonly Dictionary<string, Type> Sections = new(StringComparer.Ordinal)
    {
        ["Platform"] = typeof(PlatformOptions),
        ["Gateway"] = typeof(GatewayOptions),
        ["Ingest"] = typeof(IngestOptions),
        ["Dags"] = typeof(EngineOptions),
        ["Api"] = typeof(ApiOptions),
        ["Ml"] = typeof(MlSection),
    };

    public static TheoryData<string> Examples => [.. Checkout.Files.Where(file => file.StartsWith("deploy/config/", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Examples))]
    public void Every_setting_exists_and_binds(string example)
    {
        var settings = Checkout.Read(example).Split('\n').Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0].Replace("__", ":", StringComparison.Ordinal), pair => (string?)pair[1]);
        Assert.NotEmpty(settings);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        Assert.All(settings.Keys, key => Assert.True(Exists(key), $"{example}: {key} is no setting."));
        Assert.All(Sections, section => configuration.GetSection(section.Key).Get(section.Value, options => options.ErrorOnUnknownConfiguration = true));
    }

    [Fact]
    public void There_is_one_for_each_set_of_adapters()
    {
        foreach (var adapters in Enum.GetNames<AdapterSet>())
        {
            Assert.Contains(Checkout.Files, file => file == $"deploy/config/{adapters.ToLowerInvariant()}.env"
                && Checkout.Read(file).Contains($"\nPlatform__Adapters={adapters}\n", StringComparison.Ordinal));
        }
    }

    private static bool Exists(string key)
    {
        var parts = key.Split(':');
        var type = Sections.GetValueOrDefault(parts[0]);
        foreach (var part in parts.Skip(1))
        {
            type = type?.GetProperty(part, BindingFlags.Public | BindingFlags.Instance)?.PropertyType;
        }

        return type is not null;
    }

    private sealed class MlSection
    {
        public ServingOptions Serving { get; set; } = new();
    }
}
