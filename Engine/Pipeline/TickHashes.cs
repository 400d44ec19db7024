using CopyEngine.State;

namespace CopyEngine.Pipeline;

/// <summary>
/// Hands the hashes of ticks from the core to the journaler, which run side by side: one writer, one reader, no lock. A
/// hash that finds no room is dropped: the next tick's says as much.
/// </summary>
internal sealed class TickHashes
{
    private const int Capacity = 64;

    private readonly (long Sequence, StateHash Hash)[] _hashes = new (long, StateHash)[Capacity];
    private long _written;
    private long _taken;

    /// <summary>Offers the hash of a tick that was applied.</summary>
    public void Offer(long sequence, StateHash hash)
    {
        if (_written - Volatile.Read(ref _taken) < Capacity)
        {
            _hashes[_written % Capacity] = (sequence, hash);
            Volatile.Write(ref _written, _written + 1);
        }
    }

    /// <summary>The oldest hash of a command that is in the journal already; a hash follows its command there, never goes before it.</summary>
    public bool TryTake(long journaled, out long sequence, out StateHash hash)
    {
        (sequence, hash) = (0, default);
        if (_taken == Volatile.Read(ref _written) || _hashes[_taken % Capacity].Sequence > journaled)
        {
            return false;
        }
        (sequence, hash) = _hashes[_taken % Capacity];
        Volatile.Write(ref _taken, _taken + 1);
        return true;
    }
}
