using CopyEngine.Commands;

namespace CopyEngine.Tests.Simulation;

/// <summary>Everything that clients ever sent: what the engine keeps must be one of these, and none may be kept twice.</summary>
internal sealed class SendLedger
{
    private readonly Dictionary<(int Session, long Correlation), Sent> _sent = [];

    private sealed class Sent(CommandSlot command)
    {
        public CommandSlot Command { get; } = command;

        public bool IsKept { get; set; }
    }

    public void Add(in CommandSlot command) => _sent.Add((command.Header.Session, command.Header.Correlation), new Sent(command));

    /// <summary>Whether a command is one that was sent, or one that the engine gives itself.</summary>
    public bool Knows(in CommandSlot command)
    {
        if (command.Header.Session == 0)
        {
            return true;
        }
        if (!_sent.TryGetValue((command.Header.Session, command.Header.Correlation), out Sent? sent))
        {
            return false;
        }
        CommandSlot asSent = sent.Command;
        asSent.Header.Sequence = command.Header.Sequence;
        asSent.Header.Time = command.Header.Time;
        return Judge.Same(in asSent, in command);
    }

    /// <summary>Oracle O2 and O3: a kept command was sent as it is, and is kept once, or has a named internal cause.</summary>
    public void CheckKept(in CommandSlot command)
    {
        CommandHeader header = command.Header;
        if (header.Session == 0)
        {
            bool isInternal = header.Type is CommandType.Tick or CommandType.Rollover or CommandType.Continue or CommandType.SetLimits;
            Violation.Unless(isInternal, "O3", $"nobody sent command {header.Sequence}, {header.Type}");
            return;
        }
        Violation.Unless(
            _sent.TryGetValue((header.Session, header.Correlation), out Sent? sent),
            "O3", $"command {header.Sequence} was never sent");
        CommandSlot asSent = sent!.Command;
        asSent.Header.Sequence = header.Sequence;
        asSent.Header.Time = header.Time;
        Violation.Unless(Judge.Same(in asSent, in command), "O1", $"command {header.Sequence} is not what was sent");
        Violation.Unless(!sent.IsKept, "O2", $"command {header.Sequence} is kept twice");
        sent.IsKept = true;
    }
}
