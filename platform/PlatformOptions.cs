using RetailInsight.Platform.GoogleCloud;
using RetailInsight.Platform.Postgres;

namespace RetailInsight.Platform;

/// <summary>Which adapters stand behind the ports.</summary>
public enum AdapterSet
{
    /// <summary>PostgreSQL bus, DuckDB warehouse, directory lake.</summary>
    Local,

    /// <summary>Pub/Sub, BigQuery, Cloud Storage.</summary>
    Google,
}

/// <summary>The configuration section <c>Platform</c>.</summary>
public sealed class PlatformOptions
{
    /// <summary>The one switch. Default local.</summary>
    public AdapterSet Adapters { get; set; } = AdapterSet.Local;

    /// <summary>Where the local lake and warehouse keep their files.</summary>
    public string DataDirectory { get; set; } = ".local";

    /// <summary>Where PostgreSQL is.</summary>
    public PostgresOptions Postgres { get; set; } = new();

    /// <summary>Where the Google adapters find their services.</summary>
    public GoogleCloudOptions Google { get; set; } = new();

    /// <summary>Memory the embedded warehouse may use, in MiB. Default 2048.</summary>
    public int WarehouseMemoryMegabytes { get; set; } = 2048;
}
