using CopyEngine.Tests.Sessions;

namespace CopyEngine.Tests.Simulation;

/// <summary>
/// What a file holds, twice: as programs read it (the system's cache) and as it is on the platters. Sectors of 512 bytes
/// go to the platters whole; a sector that was written and not synced may be on either side of a power cut.
/// </summary>
internal sealed class SimulatedContent
{
    public const int SectorLength = 512;

    private readonly List<int> _dirty = [];
    private readonly HashSet<int> _isDirty = [];

    /// <summary>Sectors whose write was given up by a failed sync: readable as long as the cache keeps them, never written.</summary>
    private readonly HashSet<int> _abandoned = [];
    private byte[] _cache;
    private byte[] _platter;
    private int _platterLength;

    /// <summary>Zeroes that are on the platters already.</summary>
    public SimulatedContent(int length)
    {
        _cache = new byte[length];
        _platter = new byte[length];
        (Length, _platterLength) = (length, length);
    }

    public int Length { get; private set; }

    /// <summary>What programs read.</summary>
    public ReadOnlySpan<byte> Seen => _cache.AsSpan(0, Length);

    public int Read(int offset, Span<byte> destination)
    {
        int count = Math.Clamp(Length - offset, 0, destination.Length);
        _cache.AsSpan(Math.Min(offset, Length), count).CopyTo(destination);
        return count;
    }

    public void Write(int offset, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }
        Grow(offset + bytes.Length);
        bytes.CopyTo(_cache.AsSpan(offset));
        for (int sector = offset / SectorLength; sector <= (offset + bytes.Length - 1) / SectorLength; sector++)
        {
            Soil(sector);
        }
    }

    public void SetLength(int length)
    {
        if (length < Length)
        {
            _cache.AsSpan(length, Length - length).Clear();
            Length = length;
            Soil(length / SectorLength);
        }
        else
        {
            Grow(length);
        }
    }

    /// <summary>Everything written reaches the platters.</summary>
    public void Sync()
    {
        foreach (int sector in _dirty)
        {
            Persist(sector);
        }
        Settle();
        _platterLength = Length;
    }

    /// <summary>
    /// A sync that fails: some sectors reached the platters, the others are given up. The system forgets that they were
    /// ever written, so that a later sync succeeds without them.
    /// </summary>
    public void FailSync(RandomChoices random)
    {
        double share = random.OneOf(0, 0.3, 0.7);
        foreach (int sector in _dirty)
        {
            if (random.Chance(share))
            {
                Persist(sector);
            }
            else
            {
                _abandoned.Add(sector);
            }
        }
        Settle();
        _platterLength = Math.Max(_platterLength, random.Chance(0.5) ? Length : 0);
    }

    /// <summary>The cache drops what a failed sync gave up: from now on the old content is read.</summary>
    public bool Evict()
    {
        bool hasAny = _abandoned.Count > 0;
        foreach (int sector in _abandoned)
        {
            Restore(sector);
        }
        _abandoned.Clear();
        return hasAny;
    }

    /// <summary>The cache is gone. Of what was not synced some sectors were on their way.</summary>
    public void CutPower(PowerCut cut, RandomChoices random)
    {
        int kept = cut == PowerCut.TearsTail ? random.Between(0, _dirty.Count) : 0;
        bool keepsLength = cut == PowerCut.KeepsAll || (cut != PowerCut.LosesAll && random.Chance(0.5));
        for (int i = 0; i < _dirty.Count; i++)
        {
            bool isKept = cut switch
            {
                PowerCut.KeepsAll => true,
                PowerCut.TearsTail => i < kept,
                PowerCut.Reorders => random.Chance(0.5),
                _ => false,
            };
            if (isKept)
            {
                Persist(_dirty[i]);
            }
        }
        foreach (int sector in _dirty)
        {
            Restore(sector);
        }
        Evict();
        Settle();
        _platterLength = keepsLength ? Length : _platterLength;
        Length = _platterLength;
        Reserve(Length);
        _platter.AsSpan(Length).Clear();
        _cache.AsSpan(Length).Clear();
    }

    /// <summary>A bit turns over on the platters.</summary>
    public void Flip(int offset, int bit)
    {
        _cache[offset] ^= (byte)(1 << bit);
        _platter[offset] ^= (byte)(1 << bit);
    }

    /// <summary>The same content, all of it on the platters.</summary>
    public SimulatedContent Copy()
    {
        var copy = new SimulatedContent(Length);
        Seen.CopyTo(copy._cache);
        Seen.CopyTo(copy._platter);
        return copy;
    }

    private void Soil(int sector)
    {
        _abandoned.Remove(sector);
        if (_isDirty.Add(sector))
        {
            _dirty.Add(sector);
        }
    }

    private void Settle()
    {
        _dirty.Clear();
        _isDirty.Clear();
    }

    private void Persist(int sector)
    {
        int offset = sector * SectorLength;
        int count = Math.Min(SectorLength, _cache.Length - offset);
        if (count > 0)
        {
            Reserve(offset + count);
            _cache.AsSpan(offset, count).CopyTo(_platter.AsSpan(offset));
        }
    }

    private void Restore(int sector)
    {
        int offset = sector * SectorLength;
        int count = Math.Min(SectorLength, _cache.Length - offset);
        if (count > 0)
        {
            Reserve(offset + count);
            _platter.AsSpan(offset, count).CopyTo(_cache.AsSpan(offset));
        }
    }

    private void Grow(int length)
    {
        if (length > Length)
        {
            Reserve(length);
            Length = length;
        }
    }

    private void Reserve(int length)
    {
        if (length > _cache.Length)
        {
            Array.Resize(ref _cache, Math.Max(length, _cache.Length * 2));
        }
        if (_platter.Length < _cache.Length)
        {
            Array.Resize(ref _platter, _cache.Length);
        }
    }
}
