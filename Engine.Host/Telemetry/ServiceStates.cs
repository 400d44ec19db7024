using System.Collections.Concurrent;

namespace CopyEngine.Host.Telemetry;

/// <summary>How a part of the process is.</summary>
/// <param name="IsReady">The part does what it is there for.</param>
/// <param name="IsVital">Without it the process is not ready.</param>
/// <param name="Text">Why not, or a short state such as <c>connected</c>.</param>
internal readonly record struct ServiceState(bool IsReady, bool IsVital, string Text);

/// <summary>The parts of the process by name, for readiness, metrics and the live view.</summary>
internal sealed class ServiceStates
{
    private readonly ConcurrentDictionary<string, Func<ServiceState>> _services = new(StringComparer.Ordinal);

    /// <summary>Adds or replaces a part.</summary>
    public void Set(string name, Func<ServiceState> state) => _services[name] = state;

    /// <summary>Adds or replaces a part whose state is fixed until it is set again.</summary>
    public void Set(string name, bool isReady, bool isVital, string text) => Set(name, () => new ServiceState(isReady, isVital, text));

    public IReadOnlyList<(string Name, ServiceState State)> All =>
        [.. _services.OrderBy(service => service.Key, StringComparer.Ordinal).Select(service => (service.Key, service.Value()))];

    public ServiceState? Find(string name) => _services.TryGetValue(name, out Func<ServiceState>? state) ? state() : null;
}
