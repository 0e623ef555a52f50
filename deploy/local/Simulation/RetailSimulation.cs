namespace RetailInsight.Local.Simulation;

/// <summary>
/// The demo company: twenty stores, what their tills and doors recorded, the files they push and the figures that have to
/// come out. Shares no conversion, tax, date or hash code with the product, so that it can be its oracle.
/// </summary>
internal sealed class RetailSimulation
{
    private const string MovingFrom = "S003";
    private const string MovingTo = "S004";
    private const int MovingDay = 7;

    private readonly ReceiptGenerator _receipts;
    private readonly Lazy<Truth> _truth;

    public RetailSimulation(SimulationOptions options)
    {
        Options = options;
        Stores = StoreDirectory.Take(options.Stores);
        Dates = [.. Enumerable.Range(0, options.Days).Select(options.FirstDate.AddDays)];
        var mean = Dates.Take(options.MeanOverDays ?? options.Days).ToList();
        var weights = Stores.Sum(store => mean.Sum(date => store.Size * store.Character.DayFactor(date)));
        _receipts = new ReceiptGenerator(options, Stores.Count * mean.Count / weights);
        _truth = new Lazy<Truth>(CountTruth);
    }

    /// <summary>What was asked for.</summary>
    public SimulationOptions Options { get; }

    /// <summary>The stores.</summary>
    public IReadOnlyList<SimulatedStore> Stores { get; }

    /// <summary>The business dates.</summary>
    public IReadOnlyList<DateOnly> Dates { get; }

    /// <summary>What has to come out once every file of <see cref="Files()"/> has arrived.</summary>
    public Truth Truth => _truth.Value;

    /// <summary>Every push in sending order, the POS master first. Generated on the way: nothing is kept.</summary>
    public IEnumerable<SimulatedFile> Files() => Files(Options.FirstDate);

    /// <summary>Likewise from a business date on, for a company that has what came before.</summary>
    public IEnumerable<SimulatedFile> Files(DateOnly from) => new DeliverySchedule(this).Files(Math.Max(0, IndexOf(from)));

    /// <summary>The tills in a store on a date: one moves from S003 to S004 on the eighth day.</summary>
    public IReadOnlyList<Register> RegistersOn(SimulatedStore store, DateOnly date)
    {
        if (date < MoveDate || !Stores.Any(other => other.Code == MovingTo))
        {
            return store.Registers;
        }

        return store.Code switch
        {
            MovingFrom => [.. store.Registers.SkipLast(1)],
            MovingTo => [.. store.Registers, Stores.Single(other => other.Code == MovingFrom).Registers[^1]],
            _ => store.Registers,
        };
    }

    /// <summary>The POS master: every till of the company, whichever vendor its store sends, so that any store can be written as vendor-a.</summary>
    public SimulatedFile PosMaster()
    {
        var stays = Stores.SelectMany(Stays).ToArray();
        var name = FileNames.PosMaster(Options.FirstDate);
        return new SimulatedFile(Feeds.VendorAPosMaster, name, VendorAWriter.ContentType, PosMasterWriter.Write(stays), Verdicts.AllAccepted(stays.Length), Verdicts.AllAccepted(stays.Length));
    }

    /// <summary>A store-day's receipts with the imperfections planned for it.</summary>
    public TradingDay Day(SimulatedStore store, DateOnly date)
    {
        var day = TradingDay.Clean(store, date, SoFar(date, _receipts.Generate(store, date, RegistersOn(store, date))));
        return Options.Imperfections ? day.WithImperfections(IndexOf(date)) : day;
    }

    /// <summary>What the store's doors reported of a date.</summary>
    public IReadOnlyList<DoorInterval> Doors(SimulatedStore store, DateOnly date, IReadOnlyList<Receipt> receipts)
    {
        // Visitors follow the whole day's receipts, also while the day still runs.
        var intervals = Options.Until is { } until && until < date.ToDateTime(TimeOnly.MinValue).AddDays(2)
            ? [.. DoorCounter.Generate(store, date, _receipts.Generate(store, date, RegistersOn(store, date)), Options.Seed)
                .Where(interval => date.ToDateTime(TimeOnly.MinValue).AddMinutes(interval.FromMinute + DoorCounter.IntervalMinutes) <= until)]
            : DoorCounter.Generate(store, date, receipts, Options.Seed);
        var silent = Imperfections.Silent;
        return !Options.Imperfections || silent.Store != store.Code || silent.Day != IndexOf(date)
            ? intervals
            : [.. intervals.Where(interval => interval.Door != 1 || interval.FromMinute < silent.FromMinute || interval.FromMinute >= silent.ToMinute)];
    }

    /// <summary>The receipts of a store-day in one file in which nothing is wrong.</summary>
    /// <param name="store">Any store.</param>
    /// <param name="date">Business date; may lie outside <see cref="Dates"/>.</param>
    /// <param name="feed"><see cref="Feeds.VendorA"/> or <see cref="Feeds.VendorB"/>; null = what the store sends.</param>
    /// <param name="stateTaxes">Whether the file states its taxes.</param>
    public SimulatedFile CleanDay(SimulatedStore store, DateOnly date, string? feed = null, bool stateTaxes = true)
    {
        var day = TradingDay.Clean(store, date, _receipts.Generate(store, date, RegistersOn(store, date)));
        return SalesFile.Create(day, day.Receipts, feed ?? store.Vendor, stateTaxes, FileNames.Sales(feed ?? store.Vendor, store, date));
    }

    /// <summary>The figures <see cref="CleanDay"/> has to give; counters as <see cref="Doors"/>.</summary>
    public StoreDayTruth CleanTruth(SimulatedStore store, DateOnly date)
    {
        var receipts = _receipts.Generate(store, date, RegistersOn(store, date));
        return Truth.Of(store, date, receipts, Doors(store, date, receipts));
    }

    // A sale whose void is still to come stands until then.
    private IReadOnlyList<Receipt> SoFar(DateOnly date, IReadOnlyList<Receipt> receipts)
    {
        if (Options.Until is not { } until || until >= date.ToDateTime(TimeOnly.MinValue).AddDays(2))
        {
            return receipts;
        }

        var past = receipts.Where(receipt => date.ToDateTime(TimeOnly.MinValue).AddSeconds(receipt.Second) <= until).ToList();
        var voided = past.Where(receipt => receipt.VoidOf is not null).Select(receipt => (receipt.Register.PosCode, receipt.VoidOf)).ToHashSet();
        return [.. past.Select(receipt => receipt.IsVoided && !voided.Contains((receipt.Register.PosCode, receipt.Number)) ? receipt with { IsVoided = false } : receipt)];
    }

    private DateOnly MoveDate => Options.FirstDate.AddDays(MovingDay);

    private int IndexOf(DateOnly date) => date.DayNumber - Options.FirstDate.DayNumber;

    private IEnumerable<RegisterStay> Stays(SimulatedStore store)
    {
        var opened = Options.FirstDate.AddMonths(-7);
        var after = RegistersOn(store, MoveDate);
        foreach (var register in store.Registers)
        {
            yield return new RegisterStay(register.PosCode, store, opened, after.Contains(register) ? null : MoveDate.AddDays(-1));
        }

        foreach (var register in after.Except(store.Registers))
        {
            yield return new RegisterStay(register.PosCode, store, MoveDate, null);
        }
    }

    private Truth CountTruth()
    {
        var days = new List<StoreDayTruth>();
        var hours = new List<StoreHourTruth>();
        var held = new List<HeldReceipt>();
        foreach (var date in Dates)
        {
            foreach (var store in Stores)
            {
                var day = Day(store, date);
                var doors = Doors(store, date, day.Receipts);
                var final = day.Final.ToArray();
                days.Add(Truth.Of(store, date, final, doors));
                hours.AddRange(Enumerable.Range(0, 48).Where(hour => store.OpenMinutesIn(hour) > 0)
                    .Select(hour => new StoreHourTruth(hour, Truth.Of(store, date, final, doors, hour * 60, (hour + 1) * 60))));
                held.AddRange(day.Receipts.Where(receipt => day.BadRows.ContainsKey(receipt.Key)).Select(receipt => SalesFile.Held(day, receipt)));
            }
        }

        return new Truth(days, hours, held);
    }
}
