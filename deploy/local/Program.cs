using System.CommandLine;
using System.Runtime.InteropServices;
using RetailInsight.Local;
using RetailInsight.Local.Demo;

var portBase = new Option<int>("--port-base") { Description = "Pages and API on this port, the gateway on the next.", DefaultValueFactory = _ => 8080 };
var data = new Option<DirectoryInfo?>("--data") { Description = "Push real files too: one folder a feed (online_retail goes to the feed online-retail)." };
var once = new Option<bool>("--once") { Description = "Load, run the DAGs, print the result and exit." };
var elsewhere = new Option<bool>("--services-elsewhere") { Description = "Start no service: keep the database, write its address to services.env, wait for the services and push the demo traffic to them." };
var until = new Option<DateTime?>("--demo-until") { Description = "Simulate trade up to this moment in Japan, such as 2026-11-14T18:00. Default: now." };
var weeks = new Option<int>("--demo-weeks") { Description = "Weeks of trade a first start simulates, 2 to 104. The forecast is trained from five on.", DefaultValueFactory = _ => DemoPeriod.Weeks };
weeks.Validators.Add(given =>
{
    if (given.GetValueOrDefault<int>() is < DemoPeriod.Weeks or > 104)
    {
        given.AddError("--demo-weeks must be from 2 to 104.");
    }
});
var home = new Option<DirectoryInfo?>("--home") { Description = "Where everything is kept. Default: .local in the checkout." };
var command = new RootCommand("Runs all of RetailInsight in one process, with a simulated chain of 20 Japanese stores.") { portBase, data, once, elsewhere, until, weeks, home };

command.SetAction(async (arguments, cancellationToken) =>
{
    using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
    using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    var options = new LocalOptions
    {
        PortBase = arguments.GetValue(portBase),
        Data = arguments.GetValue(data)?.FullName,
        Once = arguments.GetValue(once),
        ServicesElsewhere = arguments.GetValue(elsewhere),
        DemoUntil = arguments.GetValue(until),
        DemoWeeks = arguments.GetValue(weeks),
        Home = arguments.GetValue(home)?.FullName ?? LocalOptions.DefaultHome,
    };
    return await LocalHost.RunAsync(options, stop.Token);

    void Stop(PosixSignalContext signal)
    {
        signal.Cancel = true;
        stop.Cancel();
    }
});

return await command.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
