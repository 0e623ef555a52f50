using System.ComponentModel;

namespace RetailInsight.Dags.Operations;

/// <summary>Which model an alias names.</summary>
/// <param name="Sha256">The model; null for none.</param>
/// <param name="Version">How often the alias was moved: whoever moves it names the version he saw.</param>
/// <param name="Since">When it was moved last; null where it never was.</param>
public sealed record AliasView(
    [property: Description("SHA-256 of the model's file; null for none.")] string? Sha256,
    [property: Description("Rises with every move of the alias.")] long Version,
    DateTimeOffset? Since);

/// <summary>How a model did on a data set.</summary>
/// <param name="DataSet">Its name.</param>
/// <param name="DataSetSha256">Of its bytes.</param>
/// <param name="EvaluatedAt">When.</param>
/// <param name="Metrics">Figures by name.</param>
public sealed record EvaluationView(string DataSet, string DataSetSha256, DateTimeOffset EvaluatedAt, IReadOnlyDictionary<string, double> Metrics);

/// <summary>A registered model.</summary>
/// <param name="Sha256">Of its file.</param>
/// <param name="Label">What people call it.</param>
/// <param name="DataSet">Name of the data set it was trained on.</param>
/// <param name="DataSetSha256">Of the bytes of that.</param>
/// <param name="DataSetRows">Rows of that.</param>
/// <param name="CodeVersion">Of the code that trained it.</param>
/// <param name="Parameters">What it was trained with.</param>
/// <param name="Bytes">Of its file.</param>
/// <param name="RegisteredBy">Who or what registered it.</param>
/// <param name="RegisteredAt">When.</param>
/// <param name="Evaluations">How it did, the latest first.</param>
public sealed record ModelView(
    string Sha256,
    [property: Description("What people call it.")] string Label,
    string DataSet,
    string DataSetSha256,
    int DataSetRows,
    string CodeVersion,
    IReadOnlyDictionary<string, string> Parameters,
    long Bytes,
    string RegisteredBy,
    DateTimeOffset RegisteredAt,
    [property: Description("The latest first, at most 12.")] IReadOnlyList<EvaluationView> Evaluations);

/// <summary>Why a move was refused.</summary>
/// <param name="Code">For programs.</param>
/// <param name="Detail">A sentence.</param>
/// <param name="Metric">The metric at fault; null when none is.</param>
/// <param name="Found">What was found.</param>
/// <param name="Wanted">What would have done.</param>
public sealed record MoveRefusalView(string Code, string Detail, string? Metric, double? Found, double? Wanted);

/// <summary>Something that was done to an alias, or refused.</summary>
/// <param name="Alias"><c>champion</c> or <c>challenger</c>.</param>
/// <param name="Action"><c>challenge</c>, <c>withdraw</c>, <c>promote</c> or <c>roll_back</c>.</param>
/// <param name="Outcome"><c>done</c> or <c>refused</c>.</param>
/// <param name="From">The model before; null for none.</param>
/// <param name="To">The model after, or the one that was refused; null for none.</param>
/// <param name="Version">Of the alias after it.</param>
/// <param name="Actor">Who or what.</param>
/// <param name="At">When.</param>
/// <param name="Why">In the words of whoever asked.</param>
/// <param name="Reasons">Why it was refused.</param>
public sealed record AliasMoveView(
    [property: Description("champion or challenger.")] string Alias,
    [property: Description("challenge, withdraw, promote or roll_back.")] string Action,
    [property: Description("done or refused.")] string Outcome,
    string? From, string? To, long Version, string Actor, DateTimeOffset At, string Why,
    [property: Description("Why it was refused.")] IReadOnlyList<MoveRefusalView> Reasons);

/// <summary>All models that answer one question.</summary>
/// <param name="Name">Which question.</param>
/// <param name="Champion">The model that is used.</param>
/// <param name="Challenger">The model that is tried beside it.</param>
/// <param name="RollsBackTo">The model a roll back would make champion; null for none.</param>
/// <param name="Registered">How many there are.</param>
/// <param name="Models">The newest, champion and challenger always among them; newest first.</param>
/// <param name="Moves">What was asked of the aliases, the latest first.</param>
public sealed record ModelHistoryView(
    string Name,
    [property: Description("The model that is used.")] AliasView Champion,
    [property: Description("The model that is tried beside it.")] AliasView Challenger,
    [property: Description("SHA-256 of the model a roll back would make champion; null for none.")] string? RollsBackTo,
    [property: Description("How many models there are of the name.")] long Registered,
    [property: Description("The newest 12 and those the aliases and a roll back name; newest first.")] IReadOnlyList<ModelView> Models,
    [property: Description("What was done to the aliases or refused, the latest first, at most 50.")] IReadOnlyList<AliasMoveView> Moves)
{
    /// <summary>A model of the list; null for none.</summary>
    public ModelView? Find(string? sha256) => Models.FirstOrDefault(model => model.Sha256 == sha256);
}
