using CopyEngine.Commands;
using CopyEngine.Tests.Model;

namespace CopyEngine.Tests.Sessions;

/// <summary>Core and model disagree, or an invariant broke.</summary>
internal sealed class DisagreementException(string message) : Exception(message);

/// <summary>Applies one session to core and model side by side.</summary>
internal static class SessionRun
{
    /// <summary>Every command is compared; at the end the core checks its own state.</summary>
    public static void Compare(Session session, EngineLimits limits, Coverage? coverage = null)
    {
        var core = new CoreEngine(limits);
        var model = new ModelEngine(limits);
        var invariants = new StreamInvariants();
        var expected = new EventLog();
        var actual = new EventLog();
        for (int i = 0; i < session.Commands.Length; i++)
        {
            CommandSlot command = session.Commands[i];
            command.Header.Sequence = i + 1;
            expected.Clear();
            actual.Clear();
            try
            {
                CommandSlot forModel = command;
                model.Apply(ref forModel, expected);
                core.Apply(ref command, actual);
                string? difference = EventComparison.Difference(expected, actual);
                if (difference is not null)
                {
                    throw new DisagreementException(difference);
                }
                invariants.Check(in command.Header, actual);
                coverage?.Add(actual);
            }
            catch (Exception exception)
            {
                throw new DisagreementException($"command {i + 1}, {CommandText.Of(session.Commands[i])}\n{exception.Message}\n{Where(exception)}");
            }
        }
        core.Core.Validate();
    }

    /// <summary>Two cores that are given the same commands are in the same state after every tick and at the end.</summary>
    public static void CompareHashes(Session session)
    {
        (CoreEngine first, CoreEngine second) = (new CoreEngine(session.Limits), new CoreEngine(session.Limits));
        var ignored = new EventLog();
        for (int i = 0; i < session.Commands.Length; i++)
        {
            CommandSlot command = session.Commands[i];
            first.Apply(ref command, ignored);
            second.Apply(ref command, ignored);
            ignored.Clear();
            bool isToBeHashed = command.Header.Type == CommandType.Tick || i == session.Commands.Length - 1;
            if (isToBeHashed && first.Core.ComputeHash() != second.Core.ComputeHash())
            {
                throw new DisagreementException($"command {i + 1} leaves two cores in different states");
            }
        }
    }

    private static string Where(Exception exception) => exception is DisagreementException ? string.Empty : exception.ToString();
}
