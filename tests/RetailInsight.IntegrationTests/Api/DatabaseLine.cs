using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Npgsql;
using RetailInsight.Platform.Postgres;

namespace RetailInsight.IntegrationTests.Api;

/// <summary>What a <see cref="DatabaseLine"/> does with its connections.</summary>
public enum LineState
{
    /// <summary>Bytes go through.</summary>
    Open,

    /// <summary>Connections are broken and refused.</summary>
    Cut,

    /// <summary>Connections stay, but nothing comes through.</summary>
    Stalled,

    /// <summary>Whoever commits a transaction does not hear that it is done.</summary>
    DeafOnceCommitted,
}

/// <summary>A line to the database that can be cut and stalled, while other tests go on using the server.</summary>
public sealed class DatabaseLine : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Socket> _sockets = [];
    private readonly PostgresOptions _options;
    private readonly Task _accepting;
    private volatile LineState _state;

    /// <summary>Opens a line to a database.</summary>
    public DatabaseLine(TestDatabase database)
    {
        _options = database.Options;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>The port of the line on this machine.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>A source of connections over this line.</summary>
    public NpgsqlDataSource Source(string role, Action<NpgsqlConnectionStringBuilder>? change = null)
    {
        var settings = new NpgsqlConnectionStringBuilder(_options.ConnectionString(role))
        {
            Host = "127.0.0.1",
            Port = Port,
            SslMode = SslMode.Disable,
        };
        change?.Invoke(settings);
        return NpgsqlDataSource.Create(settings);
    }

    /// <summary>Changes what the line does, at once and for connections to come.</summary>
    public void Set(LineState state)
    {
        _state = state;
        if (state == LineState.Cut)
        {
            lock (_sockets)
            {
                _sockets.ForEach(socket => socket.Dispose());
                _sockets.Clear();
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        Set(LineState.Cut);
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var caller = await _listener.AcceptSocketAsync(_stop.Token);
                if (_state == LineState.Cut)
                {
                    caller.Dispose();
                    continue;
                }

                var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await server.ConnectAsync(new UnixDomainSocketEndPoint($"{_options.Host}/.s.PGSQL.{_options.Port}"), _stop.Token);
                lock (_sockets)
                {
                    _sockets.AddRange([caller, server]);
                }

                var ears = new StrongBox<bool>(true);
                _ = PumpAsync(caller, server, text => ears.Value &= _state != LineState.DeafOnceCommitted || text.IndexOf("COMMIT\0"u8) < 0, () => _state == LineState.Stalled);
                _ = PumpAsync(server, caller, _ => { }, () => _state == LineState.Stalled || !Volatile.Read(ref ears.Value));
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // The line is being taken down, or a connection broke while it was made.
            }
        }
    }

    private delegate void Listener(ReadOnlySpan<byte> text);

    private async Task PumpAsync(Socket from, Socket to, Listener listener, Func<bool> isHeld)
    {
        var buffer = new byte[1 << 16];
        try
        {
            while (await from.ReceiveAsync(buffer, _stop.Token) is > 0 and var read)
            {
                listener(buffer.AsSpan(0, read));
                while (isHeld())
                {
                    await Task.Delay(50, _stop.Token);
                }

                for (var sent = 0; sent < read; sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), _stop.Token))
                {
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Cut, or given up by one side.
        }
        finally
        {
            from.Dispose();
            to.Dispose();
        }
    }
}
