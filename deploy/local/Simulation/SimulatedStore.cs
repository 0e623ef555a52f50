namespace RetailInsight.Local.Simulation;

/// <summary>A till. Vendor-a names it by a code of the whole company, vendor-b by its number in the store.</summary>
/// <param name="PosCode">Company-wide code, six digits.</param>
/// <param name="Terminal">Number within the store, two digits.</param>
internal sealed record Register(string PosCode, string Terminal);

/// <summary>One store of the demo company.</summary>
/// <param name="Code">S001 … S020.</param>
/// <param name="Name">Japanese display name.</param>
/// <param name="Prefecture">Prefecture, in Japanese.</param>
/// <param name="Zone">IANA time zone.</param>
/// <param name="Vendor">The feed its tills send: vendor-a or vendor-b.</param>
/// <param name="OpensMinute">Minutes after local midnight of the business date.</param>
/// <param name="ClosesMinute">Likewise; may exceed 1440.</param>
/// <param name="CutOverMinute">The business day begins that many minutes after local midnight.</param>
/// <param name="DoorLines">Counting lines; 0 = no people counter.</param>
/// <param name="FloorArea">Sales area in square metres.</param>
/// <param name="Registers">Its tills on the first day; <see cref="RetailSimulation.RegistersOn"/> knows of moves.</param>
/// <param name="Size">Trade relative to the average store, in percent.</param>
/// <param name="Character">What its location does to trade.</param>
internal sealed record SimulatedStore(
    string Code,
    string Name,
    string Prefecture,
    string Zone,
    string Vendor,
    int OpensMinute,
    int ClosesMinute,
    int CutOverMinute,
    int DoorLines,
    decimal FloorArea,
    IReadOnlyList<Register> Registers,
    int Size,
    StoreCharacter Character)
{
    /// <summary>Minutes of a clock hour (0–47) the store is open.</summary>
    public int OpenMinutesIn(int hour) => Math.Max(0, Math.Min(ClosesMinute, (hour + 1) * 60) - Math.Max(OpensMinute, hour * 60));
}
