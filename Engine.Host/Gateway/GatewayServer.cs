using System.Net;
using System.Net.Sockets;
using CopyEngine.Host.Gateway.Sessions;
using CopyEngine.Protocol;
using CopyEngine.Protocol.Messages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CopyEngine.Host.Gateway;

/// <summary>The listening socket: Kestrel accepts connections and hands them over as bytes, no HTTP in between.</summary>
internal sealed class GatewayServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private GatewayServer(WebApplication application) => _application = application;

    public IPEndPoint EndPoint
    {
        get
        {
            string address = _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
            var uri = new Uri(address);
            return new IPEndPoint(IPAddress.Parse(uri.Host.Trim('[', ']')), uri.Port);
        }
    }

    /// <summary>Opens the port.</summary>
    /// <exception cref="IOException">The port is in use or not allowed.</exception>
    public static async Task<GatewayServer> StartAsync(IPEndPoint endpoint, OrderGateway gateway)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [] });
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(gateway);
        // Signals are the process's own business; connections get their Goodbye before the server stops.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = gateway.Limits.GoodbyeTimeout + gateway.Limits.Linger * 2);
        builder.WebHost.UseSockets(sockets => sockets.MaxReadBufferSize = gateway.Limits.ReadAheadBytes);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(endpoint, listen => listen.UseConnectionHandler<GatewayConnectionHandler>()));
        WebApplication application = builder.Build();
        try
        {
            await application.StartAsync().ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            await application.DisposeAsync().ConfigureAwait(false);
            throw new IOException($"cannot listen on {endpoint} for the gateway: {error.GetBaseException().Message}", error);
        }
        return new GatewayServer(application);
    }

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync().ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

/// <summary>Takes a place for each connection, or sends it away.</summary>
internal sealed class GatewayConnectionHandler(OrderGateway gateway) : ConnectionHandler
{
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        IPAddress address = (connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;
        if (gateway.Admission.TryEnter(address))
        {
            await gateway.ServeAsync(new GatewayConnection(connection, gateway)).ConfigureAwait(false);
            return;
        }
        gateway.Statistics.CountGoodbye(GoodbyeCode.Busy);
        FrameWriter.Write(connection.Transport.Output, 1, new GoodbyeMessage { Code = "BUSY"u8, Text = "too many connections; try again later"u8 });
        await connection.Transport.Output.FlushAsync().ConfigureAwait(false);
    }
}
