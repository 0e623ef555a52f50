using System.Net;
using System.Net.Sockets;

namespace RetailInsight.IntegrationTests;

/// <summary>
/// Ports for processes that must be told theirs. They lie below those the system gives out by itself: between being found and being
/// taken no connection of another test gets one of them.
/// </summary>
internal static class FreePorts
{
    private const int First = 20_000;
    private const int Processes = 100;
    private const int OfAProcess = 120;

    private static int _given;

    /// <summary>A port nobody listens on; nor does anybody on the next one.</summary>
    public static int Pair()
    {
        while (true)
        {
            var port = First + (Environment.ProcessId % Processes * OfAProcess) + (2 * Interlocked.Increment(ref _given) % OfAProcess);
            if (IsFree(port) && IsFree(port + 1))
            {
                return port;
            }
        }
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
