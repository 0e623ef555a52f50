namespace RetailInsight.Ml.Clustering;

/// <summary>Who gets what at the least total cost (Kuhn 1955, Munkres 1957), by shortest augmenting paths (Jonker and Volgenant 1987).</summary>
internal static class LinearAssignment
{
    /// <summary>The column of each row, each column given once; −1 for the rows left over where there are fewer columns. Time grows with the cube.</summary>
    /// <param name="costs">Row × column, finite; rectangular is fine.</param>
    public static int[] Solve(double[][] costs)
    {
        var (rows, columns) = (costs.Length, costs.Length == 0 ? 0 : costs[0].Length);
        if (rows <= columns)
        {
            return Assign(rows, columns, (row, column) => costs[row][column]);
        }

        var result = Enumerable.Repeat(-1, rows).ToArray();
        foreach (var (column, row) in Assign(columns, rows, (column, row) => costs[row][column]).Index())
        {
            result[row] = column;
        }

        return result;
    }

    // Rows join one by one; column 0 stands for the row that has none yet, so rows and columns count from 1.
    private static int[] Assign(int rows, int columns, Func<int, int, double> cost)
    {
        var (rowPrices, columnPrices) = (new double[rows + 1], new double[columns + 1]);
        var owners = new int[columns + 1];
        for (var row = 1; row <= rows; row++)
        {
            var (slack, from, done) = (new double[columns + 1], new int[columns + 1], new bool[columns + 1]);
            Array.Fill(slack, double.PositiveInfinity);
            owners[0] = row;
            var at = 0;
            while (owners[at] != 0)
            {
                done[at] = true;
                var next = 0;
                for (var column = 1; column <= columns; column++)
                {
                    if (done[column])
                    {
                        continue;
                    }

                    var reduced = cost(owners[at] - 1, column - 1) - rowPrices[owners[at]] - columnPrices[column];
                    if (reduced < slack[column])
                    {
                        (slack[column], from[column]) = (reduced, at);
                    }

                    next = next == 0 || slack[column] < slack[next] ? column : next;
                }

                Reprice(slack, done, owners, rowPrices, columnPrices, slack[next]);
                at = next;
            }

            while (at != 0)
            {
                (owners[at], at) = (owners[from[at]], from[at]);
            }
        }

        var result = new int[rows];
        for (var column = 1; column <= columns; column++)
        {
            if (owners[column] > 0)
            {
                result[owners[column] - 1] = column - 1;
            }
        }

        return result;
    }

    private static void Reprice(double[] slack, bool[] done, int[] owners, double[] rowPrices, double[] columnPrices, double step)
    {
        for (var column = 0; column < slack.Length; column++)
        {
            if (done[column])
            {
                rowPrices[owners[column]] += step;
                columnPrices[column] -= step;
            }
            else
            {
                slack[column] -= step;
            }
        }
    }
}
