using System.Net;
using CopyEngine.Host.Configuration;
using CopyEngine.Host.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Serilog;

namespace CopyEngine.Host.Api;

/// <summary>Health, metrics and state over HTTP (interfaces, section 6).</summary>
internal sealed class HttpServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private HttpServer(WebApplication application) => _application = application;

    /// <summary>Where it listens, the port chosen included.</summary>
    public string Address => _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    /// <summary>Opens the port.</summary>
    /// <exception cref="HostException">The port is in use or not allowed.</exception>
    public static async Task<HttpServer> StartAsync(
        NetworkAddress endpoint, Serilog.ILogger logger, Health health, EngineMetrics metrics, StateEndpoint state)
    {
        IPEndPoint address = endpoint.Resolve();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [] });
        builder.Logging.ClearProviders().AddSerilog(logger);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(address));
        // Signals are handled by the process; a second handler would end it before it has drained.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        WebApplication application = builder.Build();
        application.MapGet("/health/live", () => Results.Ok(new { status = "live" }));
        application.MapGet("/health/ready", health.Answer);
        application.MapGet("/metrics", () => Results.Text(metrics.Write(), PrometheusText.ContentType));
        application.MapGet("/internal/state", (Delegate)state.AnswerAsync);
        await ListenAsync(application, endpoint);
        return new HttpServer(application);
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static async Task ListenAsync(WebApplication application, NetworkAddress endpoint)
    {
        try
        {
            await application.StartAsync();
        }
        catch (Exception cause) when (cause is IOException or System.Net.Sockets.SocketException)
        {
            await application.DisposeAsync();
            throw new HostException(ExitCode.InputOutputFailed,
                $"cannot listen on {endpoint} for HTTP: {cause.GetBaseException().Message}; stop what uses the port or give another --http", cause);
        }
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
