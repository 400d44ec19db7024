using System.Runtime.InteropServices;
using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Numerics;

namespace CopyEngine.Tests.Model;

/// <summary>What was asked under an id and what the first answer was, the newest ids only.</summary>
internal sealed class RememberedAnswers
{
    private readonly List<Remembered> _newest = [];

    public Remembered? Find(ClientOrderId id) => _newest.Find(remembered => remembered.Id == id.ToString());

    public void Add(ClientOrderId id, byte[] content, EventSlot answer, int capacity)
    {
        _newest.Add(new Remembered(id.ToString(), content, answer));
        while (_newest.Count > capacity)
        {
            _newest.RemoveAt(0);
        }
    }

    /// <summary>The command's type and every field except the id, which the caller has cleared.</summary>
    public static byte[] ContentOf<TCommand>(TCommand withoutId) where TCommand : unmanaged, ICommand =>
        [(byte)TCommand.Type, .. MemoryMarshal.AsBytes(new Span<TCommand>(ref withoutId))];
}

/// <summary>One remembered id.</summary>
internal sealed record Remembered(string Id, byte[] Content, EventSlot Answer);
