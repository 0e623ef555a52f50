using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Npgsql;
using RetailInsight.Core.Tenancy;
using RetailInsight.Profiles;

namespace RetailInsight.Gateway.Feeds;

/// <summary>
/// Publishes the profiles of a directory: a new file, or a new version, is in use within seconds and without a restart. A
/// version once published never changes; a file that is wrong is told in the log and holds up no other.
/// </summary>
internal sealed class ProfileFolder(
    ProfileCatalog catalog,
    [FromKeyedServices(DatabaseRole.Job)] NpgsqlDataSource database,
    TimeProvider clock,
    IOptions<GatewayOptions> options,
    ILogger<ProfileFolder> logger) : BackgroundService
{
    private const long LongestProfile = 1 << 20;
    private readonly Dictionary<string, (DateTime WrittenAt, long Length)> _seen = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _looking = new(1);

    /// <summary>Takes up what is new or changed since the last look.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        if (options.Value.ProfilesDirectory is not { Length: > 0 } directory)
        {
            return;
        }

        await _looking.WaitAsync(cancellationToken);
        try
        {
            foreach (var file in new DirectoryInfo(directory).EnumerateFiles("*.yaml").OrderBy(file => file.Name, StringComparer.Ordinal))
            {
                var state = (file.LastWriteTimeUtc, file.Length);
                if (_seen.GetValueOrDefault(file.Name) != state)
                {
                    await PublishAsync(file, cancellationToken);
                    _seen[file.Name] = state;
                }
            }
        }
        finally
        {
            _looking.Release();
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _looking.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        // What is in the directory at the start is there for the first request.
        await TryLookAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(Math.Max(1, options.Value.CacheSeconds)), clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await TryLookAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next start looks first.
        }
    }

    private async Task TryLookAsync(CancellationToken cancellationToken)
    {
        try
        {
            await LookAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NpgsqlException or TimeoutException)
        {
            Log.ProfilesUnreadable(logger, exception);
        }
    }

    private async Task PublishAsync(FileInfo file, CancellationToken cancellationToken)
    {
        if (file.Length > LongestProfile)
        {
            Log.ProfileRefused(logger, $"{file.Name}: a profile has at most {LongestProfile} bytes.");
            return;
        }

        var yaml = await File.ReadAllTextAsync(file.FullName, cancellationToken);
        Profile profile;
        try
        {
            profile = ProfileCatalog.Read(file.Name, yaml);
        }
        catch (ProfileException exception)
        {
            foreach (var error in exception.Errors)
            {
                Log.ProfileRefused(logger, error);
            }

            return;
        }

        var sha256 = SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(yaml));
        if (!(await PublishedAsync(profile, sha256, cancellationToken)).SequenceEqual(sha256))
        {
            Log.ProfileRefused(logger, $"{file.Name}: version {profile.Version} of '{profile.Id}' is published with another text; make the change version {profile.Version + 1}.");
        }
        else if (catalog.TryAdd(profile))
        {
            Log.ProfilePublished(logger, profile.Id, profile.Version);
        }
        else if (!_seen.ContainsKey(file.Name))
        {
            Log.ProfileRefused(logger, $"{file.Name}: version {profile.Version} of '{profile.Id}' is defined elsewhere.");
        }
    }

    /// <returns>What the version's text hashes to: this text's hash where it was not published before.</returns>
    private async Task<byte[]> PublishedAsync(Profile profile, byte[] sha256, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            WITH new AS (
              INSERT INTO gateway.profile_version (profile, version, sha256, published_at) VALUES ($1, $2, $3, $4)
              ON CONFLICT (profile, version) DO NOTHING RETURNING sha256)
            SELECT sha256 FROM new UNION ALL SELECT sha256 FROM gateway.profile_version WHERE profile = $1 AND version = $2
            """);
        command.Parameters.Add(new() { Value = profile.Id });
        command.Parameters.Add(new() { Value = profile.Version });
        command.Parameters.Add(new() { Value = sha256 });
        command.Parameters.Add(new() { Value = clock.GetUtcNow() });
        return (byte[])(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
