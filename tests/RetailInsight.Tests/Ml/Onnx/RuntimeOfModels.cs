using RetailInsight.Core.Ports;
using RetailInsight.Ml.Onnx;
using RetailInsight.Platform.OnnxRuntime;

namespace RetailInsight.Tests.Ml.Onnx;

/// <summary>The runtime says what is wrong with a model or a question, and is safe to share.</summary>
public sealed class RuntimeOfModels
{
    private static readonly OnnxModelRuntime Runtime = new();
    private static readonly byte[] Sales = AdditiveGraph.Write(ModelFiles.SalesCard([3, 2], 1), [[0, 1, 2], [0, 10]], [100], 0);

    [Fact]
    public void A_model_tells_what_it_takes_and_gives()
    {
        using var session = Runtime.Load(Sales);
        Assert.Equal(["indices Int64 [-1,2]", "numbers Float64 [-1,1]"], session.Inputs.Select(Text));
        Assert.Equal(["value Float64 [-1]"], session.Outputs.Select(Text));
    }

    [Fact]
    public void Bytes_that_are_no_model_are_refused()
    {
        Assert.Contains("protobuf", Refused(() => Runtime.Load(new byte[] { 1, 2, 3, 4 })), StringComparison.Ordinal);
        Refused(() => Runtime.Load(Array.Empty<byte>()));
        Refused(() => Runtime.Load(Sales.AsMemory(0, Sales.Length / 2)));
    }

    [Fact]
    public void A_question_of_another_shape_or_type_is_refused_by_the_name_of_the_input()
    {
        using var session = Runtime.Load(Sales);
        var (indices, numbers, answer) = (new Tensor(new long[2], [1, 2]), new Tensor(new double[1], [1, 1]), new Tensor(new double[1], [1]));
        Assert.Equal("The model has 2 inputs (indices, numbers); 1 were given.", Refused(() => session.Run([indices], [answer], CancellationToken.None)));
        Assert.Equal("input 'numbers' has shape [any, 1]; [1, 4] was given.", Refused(() => session.Run([indices, new(new double[4], [1, 4])], [answer], CancellationToken.None)));
        Assert.Equal("input 'indices' has elements of type Int64; Double[] was given.", Refused(() => session.Run([new(new double[2], [1, 2]), numbers], [answer], CancellationToken.None)));
        Assert.Equal("output 'value' of shape [3] needs 3 elements; the array has 1.", Refused(() => session.Run([indices, numbers], [new(new double[1], [3])], CancellationToken.None)));
        Refused(() => session.Run([indices, numbers], [new(new double[2], [2])], CancellationToken.None));
        Assert.Contains("effect_1", Refused(() => session.Run([new(new long[] { 0, 2 }, [1, 2]), numbers], [answer], CancellationToken.None)), StringComparison.Ordinal);

        // After all that it still answers.
        session.Run([new(new long[] { 2, 1 }, [1, 2]), numbers], [answer], CancellationToken.None);
        Assert.Equal(Math.Exp(12), ((double[])answer.Data)[0], 1e-6);
    }

    [Fact]
    public void A_question_costs_no_garbage()
    {
        using var session = Runtime.Load(Sales);
        Tensor[] inputs = [new(new long[2], [1, 2]), new(new double[1], [1, 1])];
        Tensor[] outputs = [new(new double[1], [1])];
        for (var warm = 0; warm < 100; warm++)
        {
            session.Run(inputs, outputs, CancellationToken.None);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var run = 0; run < 1000; run++)
        {
            session.Run(inputs, outputs, CancellationToken.None);
        }

        // The smallest object takes 24 bytes; what the runtime itself takes now and then is less than one for every other question.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 12_000);
    }

    [Fact]
    public void A_canceled_question_ends()
    {
        using var session = Runtime.Load(Sales);
        using var canceled = new CancellationTokenSource();
        canceled.Cancel();
        Assert.Throws<OperationCanceledException>(() => session.Run([new(new long[2], [1, 2]), new(new double[1], [1, 1])], [new(new double[1], [1])], canceled.Token));
    }

    [Fact]
    public void Many_threads_share_a_session_and_it_may_be_disposed_under_them()
    {
        var session = Runtime.Load(Sales);
        using var asked = new CountdownEvent(4);
        var threads = Enumerable.Range(0, 4).Select(number => new Thread(() =>
        {
            Tensor[] inputs = [new(new long[] { number % 3, 0 }, [1, 2]), new(new double[1], [1, 1])];
            var answer = new double[1];
            for (var run = 0; run < 20_000; run++)
            {
                try
                {
                    session.Run(inputs, [new(answer, [1])], CancellationToken.None);
                }
                catch (ObjectDisposedException)
                {
                    break;
                }

                if (Math.Abs(answer[0] - Math.Exp(number % 3)) > 1e-9)
                {
                    return;
                }

                if (run == 100)
                {
                    asked.Signal();
                }
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        Assert.True(asked.Wait(TimeSpan.FromSeconds(20)), "A thread got another's answer.");
        session.Dispose();
        threads.ForEach(thread => thread.Join());
    }

    private static string Text(TensorSpec spec) => $"{spec.Name} {spec.Element} [{string.Join(",", spec.Shape)}]";

    private static string Refused(Action action) => Assert.Throws<ModelRuntimeException>(action).Message;
}
