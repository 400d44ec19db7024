namespace CopyEngine.Host.Json;

/// <summary>One thing wrong with a file: where in it, and why.</summary>
/// <param name="Path">JSON path, e.g. <c>$.accounts[2].leverage</c>.</param>
/// <param name="Reason">What is wrong and what would be right.</param>
internal readonly record struct Fault(string Path, string Reason);

/// <summary>Everything wrong with one file. A file with faults is refused as a whole, before anything is applied.</summary>
internal sealed class FaultList(string file)
{
    /// <summary>Faults kept; a file with more is described well enough by these.</summary>
    public const int Limit = 100;

    private readonly List<Fault> _faults = [];

    public string File => file;

    public int Count { get; private set; }

    public IReadOnlyList<Fault> Faults => _faults;

    public void Add(string path, string reason)
    {
        Count++;
        if (_faults.Count < Limit)
        {
            _faults.Add(new Fault(path, reason));
        }
    }

    /// <summary>Refuses the file if anything is wrong with it.</summary>
    /// <exception cref="HostException">There are faults.</exception>
    public void ThrowIfAny()
    {
        if (Count > 0)
        {
            throw HostException.WrongUsage(ToString());
        }
    }

    public override string ToString()
    {
        IEnumerable<string> lines = _faults.Select(fault => $"{file}: {fault.Path}: {fault.Reason}");
        string rest = Count > _faults.Count ? $"{Environment.NewLine}{file}: and {Count - _faults.Count} more" : "";
        return string.Join(Environment.NewLine, lines) + rest;
    }
}
