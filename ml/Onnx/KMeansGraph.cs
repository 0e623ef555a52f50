using RetailInsight.Core.Ports;

namespace RetailInsight.Ml.Onnx;

/// <summary>
/// Nearest cluster centre as ONNX: <c>numbers</c> double [rows, dimensions] to <c>label</c> int64 [rows], the number of the nearest centre, and
/// <c>distance</c> double [rows], the Euclidean distance to it. A NaN takes no part in a distance, as in <see cref="Clustering.KMeans"/>.
/// </summary>
internal static class KMeansGraph
{
    /// <summary>Writes the model file.</summary>
    /// <param name="card">Its numeric inputs are the dimensions, in order; it has no index.</param>
    /// <param name="centres">One row a cluster, in the units of the inputs.</param>
    /// <exception cref="ArgumentException">A centre has not one finite coordinate a dimension, there is none, or the card is not of such a model.</exception>
    public static byte[] Write(ModelCard card, double[][] centres)
    {
        var dimensions = card.Numbers.Count;
        if (centres.Length == 0 || centres.Any(centre => centre.Length != dimensions || !centre.All(double.IsFinite)))
        {
            throw new ArgumentException($"Each centre must have a finite coordinate for each of the {dimensions} dimensions.", nameof(centres));
        }

        if (card.Kind != ModelKind.NearestCentre || card.Indices.Count > 0)
        {
            throw new ArgumentException("The card must be that of a nearest centre over numbers alone.", nameof(card));
        }

        var graph = new OnnxGraph(card.Name);
        var points = graph.Apply("Unsqueeze", "points", graph.Input(ModelCard.NumberTensor, TensorElement.Float64, dimensions), graph.Constant("middle", [1L], 1));
        var away = graph.Apply("Sub", "away", points, graph.Constant("centres", [.. centres.SelectMany(centre => centre)], 1, centres.Length, dimensions));
        var known = graph.Apply("Where", "known", graph.Apply("IsNaN", "missing", away), graph.Constant("nothing", [0.0]), away);
        var squares = graph.Apply("ReduceSum", "squares", [("keepdims", [0], false)], graph.Apply("Mul", "squared", known, known), graph.Constant("last", [2L], 1));
        graph.Apply("ArgMin", ModelCard.LabelTensor, [("axis", [1], false), ("keepdims", [0], false)], squares);
        graph.Apply("Sqrt", ModelCard.DistanceTensor, graph.Apply("ReduceMin", "least", [("axes", [1], true), ("keepdims", [0], false)], squares));
        graph.Output(ModelCard.LabelTensor, TensorElement.Int64);
        graph.Output(ModelCard.DistanceTensor, TensorElement.Float64);
        return graph.ToBytes(card);
    }
}
