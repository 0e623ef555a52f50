namespace RetailInsight.Local.Simulation;

/// <summary>In which order what is pushed, with the deliveries that go wrong.</summary>
internal sealed class DeliverySchedule(RetailSimulation simulation)
{
    private const int IntervalsPerPush = 16;

    public IEnumerable<SimulatedFile> Files(int first)
    {
        yield return simulation.PosMaster();
        var postponed = new List<(int Day, SimulatedFile File)>();
        for (var day = first; day < simulation.Dates.Count; day++)
        {
            foreach (var file in simulation.Stores.SelectMany(store => StoreDay(store, day, postponed)))
            {
                yield return file;
            }

            // At the end of the last day everything still under way arrives.
            var due = postponed.FindAll(entry => entry.Day <= day || day == simulation.Dates.Count - 1);
            postponed.RemoveAll(due.Contains);
            foreach (var (_, file) in due)
            {
                yield return file;
            }
        }
    }

    private IEnumerable<SimulatedFile> StoreDay(SimulatedStore store, int index, List<(int Day, SimulatedFile File)> postponed)
    {
        var day = simulation.Day(store, simulation.Dates[index]);
        foreach (var file in CounterPushes(day, index))
        {
            yield return file;
        }

        foreach (var (name, receipts) in SalesFile.Parts(day).Where(part => part.Receipts.Count > 0))
        {
            var file = SalesFile.Create(day, receipts, store.Vendor, simulation.Options.StateTaxes, name);
            if (!simulation.Options.Imperfections)
            {
                yield return file;
                continue;
            }

            var late = Array.Find(Imperfections.Late, late => late.Store == store.Code && late.Day == index);
            if (late != default)
            {
                postponed.Add((late.AfterDay, file));
                continue;
            }

            yield return file;
            if (Imperfections.Resent.Contains((store.Code, index)))
            {
                postponed.Add((index + 1, file with { ResendOf = file.FileName }));
            }
        }

        if (day.Corrections.Count > 0)
        {
            postponed.Add((index + 1, SalesFile.CreateCorrected(day, store.Vendor, simulation.Options.StateTaxes, FileNames.Corrected(store, day.Date))));
        }
    }

    private IEnumerable<SimulatedFile> CounterPushes(TradingDay day, int index)
    {
        var doors = simulation.Doors(day.Store, day.Date, day.Receipts);
        foreach (var door in doors.GroupBy(interval => interval.Door))
        {
            // Pushes go by the clock, so a silent device leaves a gap in its numbers.
            var first = door.First().FromMinute;
            foreach (var push in door.GroupBy(interval => ((interval.FromMinute - first) / (IntervalsPerPush * DoorCounter.IntervalMinutes)) + 1))
            {
                var name = FileNames.Counter(PeopleCounterWriter.Device(day.Store, door.Key), day.Date, push.Key);
                var content = PeopleCounterWriter.Write(day.Store, day.Date, door.Key, (index * 10) + push.Key, push);
                var count = Verdicts.AllAccepted(push.Count());
                yield return new SimulatedFile(Feeds.PeopleCounter, name, PeopleCounterWriter.ContentType, content, count, count);
            }
        }
    }
}
