using System.Text.Json.Serialization;

namespace RetailInsight.Cli;

/// <summary>What became of one file.</summary>
internal sealed record PushedFile
{
    /// <summary>Path as given.</summary>
    public required string File { get; init; }

    /// <summary>
    /// <c>done</c>: every row accepted, known already or a correction; <c>held</c>: some are in quarantine; <c>refused</c>: the gateway does not want
    /// the file; <c>pending</c>: kept, outcome still to come; <c>failed</c>: no answer.
    /// </summary>
    public required string Outcome { get; init; }

    public string? ReceiptId { get; init; }

    /// <summary>Where the signed receipt was saved.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ReceiptFile { get; init; }

    public long RowsRead { get; init; }

    public long Accepted { get; init; }

    public long Duplicate { get; init; }

    public long Superseding { get; init; }

    public long Quarantined { get; init; }

    /// <summary>Money of what was accepted or supersedes.</summary>
    public IReadOnlyList<MoneyTotal> Totals { get; init; } = [];

    /// <summary>The receipts held, with reasons.</summary>
    public IReadOnlyList<HeldReceipt> Held { get; init; } = [];

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ServerProblem? Problem { get; init; }

    [JsonIgnore]
    public int ExitCode => Outcome switch
    {
        "done" => Cli.ExitCode.Done,
        "held" or "refused" => Cli.ExitCode.NeedsAttention,
        _ => Cli.ExitCode.NoAnswer,
    };
}

/// <summary>A receipt in quarantine.</summary>
internal sealed record HeldReceipt(string Key, string? Store, DateOnly? BusinessDate, int Rows, IReadOnlyList<HeldReason> Reasons);

/// <summary>Why it is there.</summary>
internal sealed record HeldReason(string Code, int Row, string Detail, string? Field = null);

/// <summary>Amounts of one currency as decimal strings in its units.</summary>
internal sealed record MoneyTotal(string Currency, string Net, string Tax, string Gross);

/// <summary>The part of the gateway's answer the tool reads.</summary>
internal sealed record GatewayReceipt(
    string ReceiptId,
    string State,
    long RowsRead,
    long Accepted,
    long Duplicate,
    long Superseding,
    long Quarantined,
    IReadOnlyList<MoneyTotal>? Totals = null,
    IReadOnlyList<GatewayVerdict>? Verdicts = null)
{
    /// <summary>Whether every row has one verdict.</summary>
    public bool Balances => RowsRead == Accepted + Duplicate + Superseding + Quarantined;
}

/// <summary>The gateway's verdict on one receipt.</summary>
internal sealed record GatewayVerdict(string Key, string Verdict, int Rows, string? Store = null, DateOnly? BusinessDate = null, IReadOnlyList<HeldReason>? Reasons = null);
