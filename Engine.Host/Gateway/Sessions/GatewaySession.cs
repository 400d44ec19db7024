using System.Text;
using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Host.Gateway.Keys;
using CopyEngine.Host.Gateway.Outbound;
using CopyEngine.Protocol;
using CopyEngine.Protocol.Messages;

namespace CopyEngine.Host.Gateway.Sessions;

/// <summary>A key that is logged in on a connection.</summary>
internal sealed class GatewaySession(int id, ApiKeyEntry key, GatewayConnection connection)
{
    private readonly OutputBuffer _output = connection.Output;

    /// <summary>Number under which commands of this session travel; never 0 and never used again while the process lives.</summary>
    public int Id { get; } = id;

    public ApiKeyEntry Key { get; } = key;

    /// <summary>Something was appended since the last <see cref="Wake"/>. Used under the relay's lock.</summary>
    public bool IsTouched { get; set; }

    public bool IsEnded => _output.IsEnded;

    /// <summary>Less than half of what may wait is waiting.</summary>
    public bool HasRoom => _output.HasRoom;

    /// <summary>The session is open.</summary>
    public void Welcome(EventPosition newest, int heartbeatSeconds, long time) => Send(new WelcomeMessage
    {
        SessionId = Id,
        Role = Encoding.ASCII.GetBytes(KeyRoles.NameOf(Key.Role)),
        Accounts = Key.Accounts.Texts,
        HeartbeatSeconds = heartbeatSeconds,
        LastEvent = newest,
        Time = time,
    });

    public void Send(EncodedFrame frame)
    {
        if (!_output.Send(frame))
        {
            connection.OnEnded(GoodbyeCode.SlowConsumer);
        }
    }

    public void Refuse(long sequence, ReadOnlySpan<byte> id, RejectCode code, string text)
    {
        Span<byte> utf8 = stackalloc byte[512];
        int length = Encoding.UTF8.GetBytes(text.AsSpan(0, Math.Min(text.Length, utf8.Length / 3)), utf8);
        Send(new RejectMessage { ReferenceSequence = sequence, Id = id, Code = code, Text = utf8[..length] });
    }

    public void Send<TMessage>(scoped in TMessage message) where TMessage : struct, IMessage<TMessage>, allows ref struct
    {
        if (!_output.Send(message))
        {
            connection.OnEnded(GoodbyeCode.SlowConsumer);
        }
    }

    /// <summary>Lets what was appended leave.</summary>
    public void Wake() => _output.Wake();

    public void End(GoodbyeCode code, string text) => connection.End(code, text);

    public override string ToString() => $"{Id} ({Key})";
}
