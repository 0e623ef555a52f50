using System.Globalization;
using System.Text;

namespace RetailInsight.Local.Simulation;

/// <summary>Who was planned to serve and who did, by clock hour: one person a till and one more for every 150 m², with the small deviations of real days.</summary>
internal static class StaffRoster
{
    private const int MinutesOfHour = 60;
    private const decimal AreaOfOne = 150;
    private const int Stream = 1_000;

    /// <summary>A CSV file of hours planned for every day, and worked as far as the simulation has come.</summary>
    /// <param name="simulation">Whose stores and days.</param>
    /// <param name="from">First business date of the file.</param>
    public static string Write(RetailSimulation simulation, DateOnly from)
    {
        var file = new StringBuilder("store,business_date,hour,planned_hours,actual_hours\n");
        foreach (var date in simulation.Dates.Where(date => date >= from))
        {
            foreach (var store in simulation.Stores)
            {
                Day(file, simulation.Options, store, date);
            }
        }

        return file.ToString();
    }

    private static void Day(StringBuilder file, SimulationOptions options, SimulatedStore store, DateOnly date)
    {
        var draw = new Draw(options.Seed, Stream + int.Parse(store.Code.AsSpan(1), CultureInfo.InvariantCulture), date.DayNumber);
        var people = store.Registers.Count + (int)(store.FloorArea / AreaOfOne);
        for (var hour = 0; hour < 48; hour++)
        {
            var open = store.OpenMinutesIn(hour);
            if (open == 0)
            {
                continue;
            }

            var worked = Math.Max(open, (open * people) + draw.Between(-15, 10));
            var isOver = options.Until is not { } until || date.ToDateTime(TimeOnly.MinValue).AddMinutes((hour + 1) * MinutesOfHour) <= until;
            file.Append(CultureInfo.InvariantCulture, $"{store.Code},{date:yyyy-MM-dd},{hour},{Clock(open * people)},{(isOver ? Clock(worked) : "")}\n");
        }
    }

    private static string Clock(int minutes) => string.Create(CultureInfo.InvariantCulture, $"{minutes / MinutesOfHour}:{minutes % MinutesOfHour:00}");
}
