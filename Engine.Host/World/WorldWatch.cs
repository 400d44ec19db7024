using CopyEngine.Commands;
using CopyEngine.Events;

namespace CopyEngine.Host.World;

/// <summary>
/// What a <see cref="WorldLoader"/> has to know besides names: the links that exist, and what the engine refuses of what it is
/// sent. Listens from the start, so that what is recited and replayed is known before the world is loaded.
/// </summary>
internal sealed class WorldWatch : IEventListener
{
    private readonly Lock _gate = new();
    private HashSet<(int Provider, int Follower)>? _links = [];
    private long _since = long.MaxValue;
    private WorldRefusal? _first;

    public string Name => "world";

    /// <summary>The first refusal since <see cref="Begin"/>.</summary>
    public WorldRefusal? FirstRefusal
    {
        get
        {
            lock (_gate)
            {
                return _first;
            }
        }
    }

    /// <summary>A world is being loaded: refusals count that come after a sequence, not those of a former start, told again.</summary>
    public void Begin(long sequence)
    {
        lock (_gate)
        {
            _since = sequence;
            _first = null;
        }
    }

    public bool IsLinked(int provider, int follower)
    {
        lock (_gate)
        {
            return _links?.Contains((provider, follower)) ?? throw new InvalidOperationException("the world is loaded, links are watched no more");
        }
    }

    /// <summary>The world is loaded: links are not watched any more.</summary>
    public void End()
    {
        lock (_gate)
        {
            _links = null;
        }
    }

    public void OnEvent(ref EventSlot slot, bool endOfBatch)
    {
        switch (slot.Header.Type)
        {
            case EventType.LinkChanged:
                Take(in slot.As<LinkChanged>());
                break;
            case EventType.RequestRefused when slot.Header.Session == HostSenders.World.Session:
                Take(new WorldRefusal(slot.Header.Sequence, slot.As<RequestRefused>().Reject));
                break;
        }
    }

    private void Take(in LinkChanged link)
    {
        lock (_gate)
        {
            if (link.Removed)
            {
                _links?.Remove((link.Provider, link.Follower));
            }
            else
            {
                _links?.Add((link.Provider, link.Follower));
            }
        }
    }

    private void Take(WorldRefusal refusal)
    {
        lock (_gate)
        {
            if (refusal.Sequence > _since)
            {
                _first ??= refusal;
            }
        }
    }
}

/// <summary>The engine refused a command of the world.</summary>
/// <param name="Sequence">The command's sequence.</param>
/// <param name="Reason">Why.</param>
internal sealed record WorldRefusal(long Sequence, RejectCode Reason);
