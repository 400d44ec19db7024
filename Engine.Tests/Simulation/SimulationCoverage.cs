using CopyEngine.Tests.Sessions;
using Xunit;

namespace CopyEngine.Tests.Simulation;

/// <summary>What many runs reached together: a fault that never struck and a code that was never given were not tested.</summary>
internal sealed class SimulationCoverage
{
    private readonly SortedDictionary<string, int> _faults = new(StringComparer.Ordinal);
    private long _commands;
    private int _lives;

    /// <summary>What the core said.</summary>
    public Coverage Rules { get; } = new();

    public void Add(FaultLog faults, long commands, int lives)
    {
        lock (_faults)
        {
            foreach ((string fault, int times) in faults.Hits)
            {
                _faults[fault] = _faults.GetValueOrDefault(fault) + times;
            }
            _commands += commands;
            _lives += lives;
        }
    }

    /// <summary>Every fault struck, and everything that the core can say was said.</summary>
    public void AssertComplete()
    {
        IEnumerable<string> kinds = Enum.GetNames<Fault>().Select(fault => $"Fault.{fault}").Concat(Enum.GetNames<PowerCut>().Select(cut => $"PowerCut.{cut}"));
        string[] missing = [.. kinds.Where(kind => !_faults.ContainsKey(kind))];
        Assert.True(missing.Length == 0, $"no seed reached {string.Join(", ", missing)}");
        Rules.AssertComplete();
    }

    public override string ToString() =>
        $"{_commands} commands, {_lives} lives\n{string.Join(", ", _faults.Select(fault => $"{fault.Key} {fault.Value}"))}\n{Rules}";
}
