namespace RetailInsight.Gateway.Iot;

/// <summary>A device of the register and how what it sends is read.</summary>
/// <param name="Tenant">Whose.</param>
/// <param name="Id">As it names itself.</param>
/// <param name="Group">Its group.</param>
/// <param name="Feed">The feed the group routes to.</param>
/// <param name="ProfileVersion">The version of the feed's profile the group is read by; null for the newest.</param>
/// <param name="Equipment">The hardware its subscriber is enrolled with; null until a network has seen any.</param>
/// <param name="IsRetired">Whether it takes part no more.</param>
/// <param name="KeyHashes">SHA-256 of its keys that are live.</param>
internal sealed record EnrolledDevice(string Tenant, string Id, string Group, string Feed, int? ProfileVersion, string? Equipment, bool IsRetired, byte[][] KeyHashes);
