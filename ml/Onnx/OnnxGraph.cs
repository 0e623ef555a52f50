using System.Runtime.InteropServices;
using Google.Protobuf;
using RetailInsight.Core.Ports;
using RetailInsight.Ml.Onnx.Wire;

namespace RetailInsight.Ml.Onnx;

/// <summary>
/// An ONNX graph in the making: named values, each the output of one operator. Opset 17, IR version 8, which ONNX Runtime has run since
/// 1.12. The same calls make the same bytes, so that a model's hash is a name for it.
/// </summary>
internal sealed class OnnxGraph(string name)
{
    private const int IrVersion = 8;
    private const int Opset = 17;
    private const int IntAttribute = 2;
    private const int IntsAttribute = 7;

    private readonly GraphProto _graph = new() { Name = name };

    /// <summary>A matrix the caller brings, one row a question; its number of rows is free.</summary>
    public string Input(string input, TensorElement element, int columns)
    {
        _graph.Input.Add(Value(input, element, columns));
        return input;
    }

    /// <summary>A constant of doubles, row by row.</summary>
    public string Constant(string constant, ReadOnlySpan<double> values, params long[] shape) =>
        Constant(constant, TensorElement.Float64, MemoryMarshal.AsBytes(values), shape);

    /// <summary>A constant of whole numbers, row by row.</summary>
    public string Constant(string constant, ReadOnlySpan<long> values, params long[] shape) =>
        Constant(constant, TensorElement.Int64, MemoryMarshal.AsBytes(values), shape);

    /// <summary>Applies an operator.</summary>
    /// <param name="operation">Its ONNX name.</param>
    /// <param name="output">Name of what comes out, unique in the graph.</param>
    /// <param name="inputs">Names of what goes in.</param>
    /// <returns><paramref name="output"/>.</returns>
    public string Apply(string operation, string output, params string[] inputs) => Apply(operation, output, [], inputs);

    /// <summary>Applies an operator with attributes: a number, or a list of numbers.</summary>
    public string Apply(string operation, string output, (string Name, long[] Values, bool IsList)[] attributes, params string[] inputs)
    {
        var node = new NodeProto { Name = output, OpType = operation };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        foreach (var (attribute, values, isList) in attributes)
        {
            var proto = new AttributeProto { Name = attribute, Type = isList ? IntsAttribute : IntAttribute };
            if (isList)
            {
                proto.Ints.AddRange(values);
            }
            else
            {
                proto.I = values[0];
            }

            node.Attribute.Add(proto);
        }

        _graph.Node.Add(node);
        return output;
    }

    /// <summary>An answer: one value a row.</summary>
    public void Output(string output, TensorElement element) => _graph.Output.Add(Value(output, element, null));

    /// <summary>The model file.</summary>
    /// <param name="card">What is written into its metadata.</param>
    public byte[] ToBytes(ModelCard card)
    {
        var model = new ModelProto { IrVersion = IrVersion, ProducerName = "RetailInsight", Graph = _graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = Opset });
        foreach (var (key, value) in card.ToMetadata())
        {
            model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
        }

        return model.ToByteArray();
    }

    private static ValueInfoProto Value(string value, TensorElement element, int? columns)
    {
        var shape = new TensorShapeProto { Dim = { new DimensionProto { DimParam = "rows" } } };
        if (columns is { } width)
        {
            shape.Dim.Add(new DimensionProto { DimValue = width });
        }

        return new() { Name = value, Type = new() { TensorType = new() { ElemType = (int)element, Shape = shape } } };
    }

    private string Constant(string constant, TensorElement element, ReadOnlySpan<byte> bytes, long[] shape)
    {
        var tensor = new TensorProto { Name = constant, DataType = (int)element, RawData = ByteString.CopyFrom(bytes) };
        tensor.Dims.AddRange(shape);
        _graph.Initializer.Add(tensor);
        return constant;
    }
}
