using RetailInsight.Core.Ports;
using RetailInsight.Ml.Edge;
using RetailInsight.Ml.Onnx;
using RetailInsight.Platform.OnnxRuntime;

namespace RetailInsight.Tests.Ml.Edge;

/// <summary>A folder with a key pair, bundles and the slots of a device; goes when the test ends.</summary>
internal sealed class DeviceFolder : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edge").FullName;

    public DeviceFolder()
    {
        BundleKeys.Create(PrivateKey, PublicKey);
        Keys = BundleKeys.Trust(File.ReadAllText(PublicKey));
        File.WriteAllText(Path("inputs.json"), """[{"store":0},{"store":1},{"store":2}]""");
    }

    public static OnnxModelRuntime Runtime { get; } = new();

    public static DateTimeOffset Day { get; } = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    public string PrivateKey => Path("private.pem");

    public string PublicKey => Path("public.pem");

    public string Root => Path("device");

    public BundleKeys Keys { get; }

    public string Path(string name) => System.IO.Path.Combine(_folder, name);

    /// <summary>A bundle of a model that answers its number times one, two and three; made so many days after the first of November.</summary>
    public string Bundle(int number, int? day = null, string name = "sales", double latency = 50, string? key = null, string runtime = "1.17", IModelRuntime? made = null)
    {
        var card = new ModelCard(name, $"{number}", ModelKind.LogAdditive, [new("store", 3)], [], new(null, 7));
        File.WriteAllBytes(Path("model.onnx"), AdditiveGraph.Write(card, [[0, Math.Log(2), Math.Log(3)]], [], Math.Log(number)));
        var file = Path($"{name}-{number}.bundle");
        ModelBundling.Write(made ?? Runtime, Path("model.onnx"), Path("inputs.json"), key ?? PrivateKey, file, Version.Parse(runtime), 1e-6, latency, Day.AddDays(day ?? number));
        return file;
    }

    public ModelSlots Slots(IModelRuntime? runtime = null, Action<string>? step = null, long? free = null, int stateTries = 1_000) =>
        new(Root, Keys, runtime ?? Runtime, TimeProvider.System, step, _ => free ?? long.MaxValue / 2) { StateTries = stateTries };

    public void Dispose()
    {
        Keys.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The real runtime, told to refuse, to hang or to end the start of a model.</summary>
    public sealed class Faulty : IModelRuntime
    {
        public Func<bool> Fails { get; set; } = () => false;

        public Version Version => Runtime.Version;

        public IModelSession Load(ReadOnlyMemory<byte> model) => new Session(this, Runtime.Load(model));

        private sealed class Session(Faulty owner, IModelSession session) : IModelSession
        {
            public IReadOnlyList<TensorSpec> Inputs => session.Inputs;

            public IReadOnlyList<TensorSpec> Outputs => session.Outputs;

            public void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs, CancellationToken cancellationToken)
            {
                if (owner.Fails())
                {
                    throw new ModelRuntimeException("It does not work.");
                }

                session.Run(inputs, outputs, cancellationToken);
            }

            public void Dispose() => session.Dispose();
        }
    }
}
