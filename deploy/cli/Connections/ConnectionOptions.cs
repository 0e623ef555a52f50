using System.CommandLine;

namespace RetailInsight.Cli;

/// <summary>The options every command takes to find the servers and to be let in.</summary>
internal sealed class ConnectionOptions
{
    public Option<Uri?> Gateway { get; } = Address("--gateway", "Gateway to push to. Else RETAIL_GATEWAY, .local/demo.json, http://127.0.0.1:8081.");

    public Option<Uri?> Api { get; } = Address("--api", "API to read figures from. Else RETAIL_API, .local/demo.json, http://127.0.0.1:8080.");

    public Option<string?> Key { get; } = new("--key") { Description = "Bearer key for the gateway. Else RETAIL_KEY, else .local/demo.json by feed.", HelpName = "KEY", Recursive = true };

    public Option<string?> Login { get; } = new("--login") { Description = "Login for the API. Else RETAIL_LOGIN, else .local/demo.json.", HelpName = "LOGIN", Recursive = true };

    public Option<string?> Password { get; } = new("--password") { Description = "Password for the API. Else RETAIL_PASSWORD, else .local/demo.json.", HelpName = "PASSWORD", Recursive = true };

    public Option<string?> Tenant { get; } = new("--tenant") { Description = "Which tenant: of .local/demo.json to take keys and logins of, and whose day a run by hand works on.", HelpName = "TENANT", Recursive = true };

    public Option<int> Retries { get; } = new("--retries") { Description = "Tries after the first while a server does not answer, 0 to 100.", HelpName = "N", DefaultValueFactory = _ => 5, Recursive = true };

    public Option<bool> Forever { get; } = new("--forever") { Description = "Try again for as long as a server does not answer, whatever --retries says.", Recursive = true };

    public Option<int> Timeout { get; } = new("--timeout") { Description = "Seconds to wait for one answer.", HelpName = "SECONDS", DefaultValueFactory = _ => 100, Recursive = true };

    public IEnumerable<Option> All => [Gateway, Api, Key, Login, Password, Tenant, Retries, Forever, Timeout];

    public ConnectionOptions()
    {
        Retries.Validators.Add(result => Reject(result, result.GetValue(Retries) is < 0 or > 100, "0 to 100"));
        Timeout.Validators.Add(result => Reject(result, result.GetValue(Timeout) is < 1 or > 3600, "1 to 3600"));
    }

    /// <summary>Settles every setting: option, environment, demo file, default.</summary>
    /// <exception cref="CommandFailure">A setting cannot be read.</exception>
    public Connection Resolve(ParseResult parsed, Surroundings surroundings)
    {
        string? Setting(Option<string?> option, string variable) => parsed.GetValue(option) ?? (surroundings.Variable(variable) is { Length: > 0 } value ? value : null);
        Uri? Location(Option<Uri?> option, string variable) => parsed.GetValue(option) ?? (surroundings.Variable(variable) is { Length: > 0 } value ? ParseAddress(value, variable) : null);

        var demo = DemoFile.Find(surroundings.CurrentDirectory);
        var tenants = parsed.GetValue(Tenant) is { } wanted
            ? demo?.Tenants.Where(tenant => tenant.Tenant == wanted).ToArray() is { Length: > 0 } found ? found
                : Setting(Login, "RETAIL_LOGIN") is not null || Setting(Key, "RETAIL_KEY") is not null ? [] : throw CommandFailure.Usage($"--tenant: .local/demo.json has no tenant '{wanted}'.")
            : demo?.Tenants ?? [];
        var gateway = Location(Gateway, "RETAIL_GATEWAY") ?? demo?.Gateway ?? new Uri("http://127.0.0.1:8081");
        var api = Location(Api, "RETAIL_API") ?? demo?.Api ?? new Uri("http://127.0.0.1:8080");
        return new Connection(
            gateway,
            api,
            Setting(Key, "RETAIL_KEY"),
            Setting(Login, "RETAIL_LOGIN"),
            Setting(Password, "RETAIL_PASSWORD"),
            // A demo secret is for the demo's own servers; it must not travel to wherever an address points.
            gateway.IsLoopback || gateway == demo?.Gateway ? tenants : [],
            api.IsLoopback || api == demo?.Api ? tenants : []);
    }

    /// <summary>The HTTP client the options ask for.</summary>
    public RetryingClient Client(ParseResult parsed, Surroundings surroundings) =>
        new(surroundings.Clock, parsed.GetValue(Forever) ? null : parsed.GetValue(Retries), TimeSpan.FromSeconds(parsed.GetValue(Timeout)));

    private static Option<Uri?> Address(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "URL",
        Recursive = true,
        CustomParser = result =>
        {
            if (IsAddress(result.Tokens[0].Value, out var address))
            {
                return address;
            }

            result.AddError($"{name}: '{result.Tokens[0].Value}' is no http or https address.");
            return null;
        },
    };

    private static Uri ParseAddress(string text, string variable) =>
        IsAddress(text, out var address) ? address! : throw CommandFailure.Usage($"{variable}: '{text}' is no http or https address.");

    private static bool IsAddress(string text, out Uri? address) =>
        Uri.TryCreate(text, UriKind.Absolute, out address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps);

    private static void Reject(System.CommandLine.Parsing.OptionResult result, bool wrong, string range)
    {
        if (wrong)
        {
            result.AddError($"{result.Option.Name} takes {range}.");
        }
    }
}
