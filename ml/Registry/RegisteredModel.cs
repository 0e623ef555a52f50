namespace RetailInsight.Ml.Registry;

/// <summary>A data set by name and content.</summary>
/// <param name="Name">What it is: <c>store-days</c>.</param>
/// <param name="Sha256">Of its bytes, 64 hexadecimal digits.</param>
public sealed record DataSetReference(string Name, string Sha256);

/// <summary>A model to be registered.</summary>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Name">Which question it answers: <c>sales</c>. Lower case letters, digits and hyphens.</param>
/// <param name="Version">What people call this one.</param>
/// <param name="Content">The model file.</param>
/// <param name="TrainedOn">A registered data set.</param>
/// <param name="CodeVersion">Of the code that trained it.</param>
/// <param name="Parameters">What it was trained with.</param>
/// <param name="By">Who or what registers it.</param>
public sealed record NewModel(
    string Tenant, string Name, string Version, ReadOnlyMemory<byte> Content, DataSetReference TrainedOn, string CodeVersion, IReadOnlyDictionary<string, string> Parameters, string By);

/// <summary>A registered model and where it came from.</summary>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Name">Which question it answers.</param>
/// <param name="Sha256">Of the model file.</param>
/// <param name="Object">Key of the file in the lake.</param>
/// <param name="Bytes">Length of the file.</param>
/// <param name="Version">What people call it.</param>
/// <param name="TrainedOn">Its data set.</param>
/// <param name="CodeVersion">Of the code that trained it.</param>
/// <param name="Parameters">What it was trained with.</param>
/// <param name="RegisteredBy">Who or what did.</param>
/// <param name="RegisteredAt">When.</param>
public sealed record RegisteredModel(
    string Tenant,
    string Name,
    string Sha256,
    string Object,
    long Bytes,
    string Version,
    DataSetReference TrainedOn,
    string CodeVersion,
    IReadOnlyDictionary<string, string> Parameters,
    string RegisteredBy,
    DateTimeOffset RegisteredAt);
