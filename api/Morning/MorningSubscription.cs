namespace RetailInsight.Api.Morning;

/// <summary>That a person wants the morning sheet.</summary>
/// <param name="Tenant">Whose figures.</param>
/// <param name="Login">Who.</param>
/// <param name="Mail">Where it goes.</param>
/// <param name="Store">A store code, or the word for every store the person may see.</param>
/// <param name="Hour">The earliest hour it is sent, of the wall clock of the store, or of the company for all; 0 to 23.</param>
/// <param name="Language">ja or en.</param>
internal sealed record MorningSubscription(string Tenant, string Login, string Mail, string Store, int Hour, string Language)
{
    /// <summary>Hours the sheet waits for data that is missing; then it is sent and says so.</summary>
    public const int PatienceHours = 3;

    /// <summary>The hours that can be chosen: the sheet is for the beginning of a working day.</summary>
    public static IReadOnlyList<int> Hours { get; } = [4, 5, 6, 7, 8, 9, 10, 11, 12];
}
