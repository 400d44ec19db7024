namespace CopyEngine.Pipeline;

/// <summary>The consumers that producers must not lap: producers of a full ring wait for the slowest of them.</summary>
internal sealed class GatingSequences(ISequencer sequencer) : IAwaitedSequence
{
    private readonly Lock _gate = new();
    private volatile Sequence[] _sequences = [];

    public bool IsAlerted => sequencer.IsClosed;

    public bool IsReached(long sequence) => Minimum(long.MaxValue) >= sequence;

    public long Minimum(long bound) => Sequence.Minimum(_sequences, bound);

    public void Add(Sequence[] added)
    {
        lock (_gate)
        {
            SetToCursor(added);
            _sequences = [.. _sequences, .. added];

            // Producers that did not see the new sequences yet may have moved the cursor on.
            SetToCursor(added);
        }
    }

    public bool Remove(Sequence removed)
    {
        lock (_gate)
        {
            var remaining = Array.FindAll(_sequences, sequence => !ReferenceEquals(sequence, removed));
            var wasPresent = remaining.Length < _sequences.Length;
            _sequences = remaining;
            return wasPresent;
        }
    }

    private void SetToCursor(Sequence[] added)
    {
        foreach (var sequence in added)
            sequence.SetValue(sequencer.Cursor);
    }
}
