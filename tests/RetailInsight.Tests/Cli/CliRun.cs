using System.Text.Json;
using Microsoft.AspNetCore.Http;
using RetailInsight.Cli;

namespace RetailInsight.Tests.Cli;

/// <summary>One run of the tool in a directory of its own.</summary>
internal sealed class CliRun : IDisposable
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();
    private readonly string _root;

    public CliRun() => Directory = _root = System.IO.Directory.CreateTempSubdirectory("retail-cli-").FullName;

    /// <summary>Where the tool is started; files are made below the first one.</summary>
    public string Directory { get; set; }

    public Dictionary<string, string> Variables { get; } = [];

    public string Output => _output.ToString();

    public string Error => _error.ToString();

    public JsonElement Document => JsonDocument.Parse(Output).RootElement;

    public string File(string name, string content = "content")
    {
        var path = Path.Combine(_root, name);
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllText(path, content);
        return path;
    }

    public Task<int> RunAsync(params string[] args) => RunAsync(CancellationToken.None, args);

    public Task<int> RunAsync(CancellationToken cancellationToken, params string[] args) => RetailCommand.RunAsync(
        args, new Surroundings(_output, _error, name => Variables.GetValueOrDefault(name), Directory, new HurriedTime(), false, 200), cancellationToken);

    public static Task AnswerAsync(HttpContext context, int status, string json, string contentType = "application/json")
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        return context.Response.WriteAsync(json);
    }

    public static string Receipt(int accepted = 3, int quarantined = 0, string state = "converted", string more = "") => $$"""
        {"receipt_id":"0123456789abcdef0123456789abcdef","feed":"vendor-a","state":"{{state}}","rows_read":{{accepted + quarantined}},
         "accepted":{{accepted}},"duplicate":0,"superseding":0,"quarantined":{{quarantined}}{{more}}}
        """;

    public void Dispose() => System.IO.Directory.Delete(_root, true);

    /// <summary>Pauses pass a hundred times as fast.</summary>
    private sealed class HurriedTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime / 100, period);
    }
}
