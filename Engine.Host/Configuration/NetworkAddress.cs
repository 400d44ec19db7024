using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace CopyEngine.Host.Configuration;

/// <summary>Where to listen or connect: <c>HOST:PORT</c>, IPv6 in square brackets; port 0 takes a free one.</summary>
internal readonly record struct NetworkAddress(string Host, int Port)
{
    public static bool TryParse(string text, out NetworkAddress address)
    {
        address = default;
        int colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
        {
            return false;
        }
        string host = text[..colon];
        bool isBracketed = host.StartsWith('[') && host.EndsWith(']');
        address = new NetworkAddress(isBracketed ? host[1..^1] : host, port);
        return isBracketed || Uri.CheckHostName(host) is UriHostNameType.IPv4 or UriHostNameType.Dns;
    }

    /// <summary>The address to listen on.</summary>
    /// <exception cref="HostException">The name does not resolve.</exception>
    public IPEndPoint Resolve()
    {
        if (IPAddress.TryParse(Host, out IPAddress? address))
        {
            return new IPEndPoint(address, Port);
        }
        try
        {
            return new IPEndPoint(Dns.GetHostAddresses(Host).OrderBy(found => found.AddressFamily).First(), Port);
        }
        catch (Exception cause) when (cause is SocketException or InvalidOperationException)
        {
            throw new HostException(ExitCode.InputOutputFailed, $"'{Host}' is not a known host name; give an address such as 127.0.0.1", cause);
        }
    }

    public override string ToString() =>
        Host.Contains(':') ? string.Create(CultureInfo.InvariantCulture, $"[{Host}]:{Port}") : string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");
}
