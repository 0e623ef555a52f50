using System.Reflection;

namespace RetailInsight.Local;

/// <summary>What the command line of the local host says.</summary>
internal sealed record LocalOptions
{
    /// <summary>Pages and API listen here, the gateway on the next port.</summary>
    public required int PortBase { get; init; }

    /// <summary>A directory with one folder of files a feed, or null.</summary>
    public string? Data { get; init; }

    /// <summary>Load, compute, print, exit.</summary>
    public bool Once { get; init; }

    /// <summary>The services run as processes of their own; the host brings them database, demo company and traffic.</summary>
    public bool ServicesElsewhere { get; init; }

    /// <summary>The chain's wall clock its trade is simulated up to; null for now.</summary>
    public DateTime? DemoUntil { get; init; }

    /// <summary>How many whole weeks of trade a first start simulates.</summary>
    public int DemoWeeks { get; init; } = Demo.DemoPeriod.Weeks;

    /// <summary>Everything the host writes is in here.</summary>
    public required string Home { get; init; }

    /// <summary>Vendor profiles put here are in use within seconds.</summary>
    public string ProfilesDirectory => Path.Combine(Home, "profiles");

    /// <summary>Address of pages and API.</summary>
    public string ApiAddress => $"http://127.0.0.1:{PortBase}";

    /// <summary>Address of the gateway.</summary>
    public string GatewayAddress => $"http://127.0.0.1:{PortBase + 1}";

    /// <summary>The checkout's <c>.local</c>, wherever the host is started from.</summary>
    public static string DefaultHome => Path.Combine(
        typeof(LocalOptions).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "RepositoryRoot").Value!,
        ".local");
}
