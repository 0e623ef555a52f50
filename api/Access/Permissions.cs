using Microsoft.AspNetCore.Authorization;
using RetailInsight.Api.Keys;
using RetailInsight.Dags;

namespace RetailInsight.Api.Access;

/// <summary>
/// The one place that says what each role may do; which stores a person sees is checked with each read. An endpoint that asks for
/// authorization and names no policy is for those who may see figures, so nothing opens to vendors by omission.
/// </summary>
internal static class Permissions
{
    /// <summary>Whoever is signed in: who am I, sign out.</summary>
    public const string SignedIn = "signed-in";

    /// <summary>Figures and targets of the stores the person may see.</summary>
    public const string Figures = "figures";

    /// <summary>Make, change and shut out people of the own tenant.</summary>
    public const string People = "people";

    /// <summary>Read and verify the audit of the own tenant.</summary>
    public const string Audit = "audit";

    /// <summary>Load staff hours of the own tenant.</summary>
    public const string StaffHours = "staff-hours";

    /// <summary>Say what is asked of stores: the policy, what months must come to, and targets that hold.</summary>
    public const string SetTargets = "set-targets";

    /// <summary>Agree to compare the own company with others, and take it back.</summary>
    public const string ShareBenchmarks = "share-benchmarks";

    /// <summary>Enrol, map, calibrate and route counters and cameras.</summary>
    public const string Devices = "devices";

    private static readonly (string Policy, string[] Roles)[] Table =
    [
        (SignedIn, Role.All),
        (Figures, [Role.StoreManager, Role.AreaManager, Role.HeadOffice, Role.DataEngineer, Role.Admin]),
        (KeyEndpoints.Policy, [Role.HeadOffice, Role.Admin]),
        (People, [Role.HeadOffice, Role.Admin]),
        (StaffHours, [Role.HeadOffice, Role.DataEngineer, Role.Admin]),
        (SetTargets, [Role.HeadOffice, Role.Admin]),
        (ShareBenchmarks, [Role.HeadOffice, Role.Admin]),
        (Devices, [Role.HeadOffice, Role.DataEngineer, Role.Admin]),
        (Audit, [Role.HeadOffice, Role.Admin]),
        (DagsPolicies.View, [Role.HeadOffice, Role.DataEngineer, Role.Admin]),
        (DagsPolicies.Operate, [Role.DataEngineer, Role.Admin]),
        (DagsPolicies.Approve, [Role.HeadOffice, Role.Admin]),
    ];

    /// <summary>Roles a person may give, take and manage people of: an administrator is made by administrators alone.</summary>
    public static bool MayManage(string manager, string role) => manager == Role.Admin || role != Role.Admin;

    /// <summary>Whether a role may do what a policy is about, for pages that offer only what is allowed.</summary>
    public static bool Allows(string policy, string role) => Table.Any(row => row.Policy == policy && row.Roles.Contains(role));

    public static void Configure(AuthorizationOptions options)
    {
        foreach (var (policy, roles) in Table)
        {
            options.AddPolicy(policy, builder => builder.RequireRole(roles));
        }

        options.DefaultPolicy = options.GetPolicy(Figures)!;
    }
}
