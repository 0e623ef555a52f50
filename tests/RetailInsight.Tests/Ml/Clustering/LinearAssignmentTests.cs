using RetailInsight.Ml.Clustering;

namespace RetailInsight.Tests.Ml.Clustering;

public sealed class LinearAssignmentTests
{
    [Fact]
    public void No_other_assignment_costs_less()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            // Square, wide and tall; whole numbers bring ties.
            var random = new Random(seed);
            var (rows, columns) = (1 + random.Next(7), 1 + random.Next(7));
            var costs = Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, columns).Select(_ => seed % 2 == 0 ? random.Next(-5, 5) : random.NextDouble()).ToArray()).ToArray();
            var assigned = LinearAssignment.Solve(costs);
            var given = assigned.Where(column => column >= 0).ToList();
            Assert.Equal(Math.Min(rows, columns), given.Count);
            Assert.Equal(given.Count, given.Distinct().Count());
            Assert.Equal(Least(costs, 0, new bool[columns], rows - columns), assigned.Select((column, row) => column < 0 ? 0 : costs[row][column]).Sum(), 9);
        }
    }

    [Fact]
    public void Nothing_is_assigned_to_nothing()
    {
        Assert.Empty(LinearAssignment.Solve([]));
        Assert.Equal([-1, -1], LinearAssignment.Solve([[], []]));
    }

    // Every way: each row takes any free column, or none while rows are left over.
    private static double Least(double[][] costs, int row, bool[] taken, int leftOver)
    {
        if (row == costs.Length)
        {
            return 0;
        }

        var least = leftOver > 0 ? Least(costs, row + 1, taken, leftOver - 1) : double.PositiveInfinity;
        for (var column = 0; column < taken.Length; column++)
        {
            if (!taken[column])
            {
                taken[column] = true;
                least = Math.Min(least, costs[row][column] + Least(costs, row + 1, taken, leftOver));
                taken[column] = false;
            }
        }

        return least;
    }
}
