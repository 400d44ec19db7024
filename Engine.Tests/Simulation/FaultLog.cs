namespace CopyEngine.Tests.Simulation;

/// <summary>Which faults a run met.</summary>
internal sealed class FaultLog
{
    private readonly Dictionary<string, int> _hits = [];

    public IReadOnlyDictionary<string, int> Hits => _hits;

    public void Count(Fault fault) => Count($"Fault.{fault}");

    public void Count(PowerCut cut)
    {
        Count(Fault.PowerIsCut);
        Count($"PowerCut.{cut}");
    }

    private void Count(string name) => _hits[name] = _hits.GetValueOrDefault(name) + 1;
}
