using System.Threading.Channels;

namespace CopyEngine.Protocol.Client;

/// <summary>Events of one kind on their way to whoever reads them; when nobody does, the oldest are dropped and counted.</summary>
internal sealed class EventStream<TEvent>
{
    private readonly Channel<TEvent> _channel;
    private long _dropped;

    public EventStream(int backlog)
    {
        var options = new BoundedChannelOptions(backlog) { FullMode = BoundedChannelFullMode.DropOldest, SingleWriter = true };
        _channel = Channel.CreateBounded<TEvent>(options, _ => Interlocked.Increment(ref _dropped));
    }

    public ChannelReader<TEvent> Reader => _channel.Reader;

    public long Dropped => Interlocked.Read(ref _dropped);

    public void Publish(TEvent happened) => _channel.Writer.TryWrite(happened);

    public void End(Exception? error) => _channel.Writer.TryComplete(error);
}
