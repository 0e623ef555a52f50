namespace RetailInsight.Api.Access;

/// <summary>The roles of people, as the database and the tokens of an identity provider name them.</summary>
internal static class Role
{
    /// <summary>Somebody of a POS vendor: signs in, sees no store's figures.</summary>
    public const string Vendor = "vendor";

    /// <summary>Sees the stores given to the person.</summary>
    public const string StoreManager = "store_manager";

    /// <summary>Like a store manager, for the stores of an area.</summary>
    public const string AreaManager = "area_manager";

    /// <summary>Sees every store and the runs of the DAGs, manages keys and people, reads the audit.</summary>
    public const string HeadOffice = "head_office";

    /// <summary>Sees every store and operates the DAGs.</summary>
    public const string DataEngineer = "data_engineer";

    /// <summary>Everything within the tenant.</summary>
    public const string Admin = "admin";

    public static readonly string[] All = [Vendor, StoreManager, AreaManager, HeadOffice, DataEngineer, Admin];

    /// <summary>Whether the role sees only stores that are named for it.</summary>
    public static bool IsScoped(string role) => role is StoreManager or AreaManager;
}
