using System.CommandLine;
using System.Globalization;
using CopyEngine.Core;
using CopyEngine.Events;
using CopyEngine.Host.Api;
using CopyEngine.Host.Store;
using CopyEngine.Host.Telemetry;
using CopyEngine.Journal;
using CopyEngine.Recovery;
using CopyEngine.Snapshots;

namespace CopyEngine.Host.CommandLine;

/// <summary>
/// What an operator asks of a data directory without serving: <c>replay</c>, <c>verify</c>, <c>dump</c>, <c>snapshot</c>
/// and <c>repair</c>. All but the last only read, or add a file, and may run beside a serving engine.
/// </summary>
internal static class StoreCommands
{
    private static readonly Argument<string> Directory = new("DIR") { Description = "The engine's data directory." };
    private static readonly Option<long?> ToSequence = Number("--to-sequence", "Stop after this command: what did the engine know at that moment?");
    private static readonly Option<bool> HashOnly = new("--hash") { Description = "Print the state hash only." };
    private static readonly Option<long?> From = Number("--from", "First sequence. [default: the oldest]");
    private static readonly Option<long?> To = Number("--to", "Last sequence. [default: the newest]");
    private static readonly Option<long?> AcceptLossFrom = Number("--accept-loss-from-seq", "Give up every command from this one on.");
    private static readonly Option<int?> WhileProcess = new("--while-process") { Hidden = true };
    private static readonly Option<long?> VoidSequence = Number("--void-seq", "Leave this command out of every later replay.");

    public static IEnumerable<Command> Create()
    {
        yield return Make("replay", "Rebuild the state from snapshot and journal, without serving.", Replay, ToSequence, HashOnly);
        yield return Make("verify", "Check the journal and the snapshots; exit code 78 and the place of the damage if there is any.", Verify);
        yield return Make("dump", "Journal records as JSON lines.", Dump, From, To);
        yield return Make("snapshot", "Write a snapshot of the last durable command; also while the engine runs.", TakeSnapshot, WhileProcess);
        yield return Make("repair", "Start again after a refusal, by a decision that is written into the journal.", Repair, AcceptLossFrom, VoidSequence);
    }

    private static void Replay(ParseResult parsed, TextWriter output)
    {
        EngineStore store = Open(parsed);
        var state = new StateSink();
        RecoveredEngine recovered = new EngineRecovery(store, new EngineLimits(), state, new EventHistory(1)).Follow(parsed.GetValue(ToSequence));
        TradingCore core = recovered.Core;
        if (parsed.GetValue(ToSequence) is { } wanted && core.Sequence != wanted)
        {
            throw HostException.WrongUsage($"--to-sequence {wanted}: the journal's last durable command is {core.Sequence}");
        }
        string hash = core.ComputeHash().ToString();
        if (parsed.GetValue(HashOnly))
        {
            output.WriteLine(hash);
            return;
        }
        EngineState found = state.Ask(core);
        output.WriteLine($"sequence      {found.Sequence}");
        output.WriteLine($"time          {Time(found.Time)}");
        output.WriteLine($"state hash    {hash}");
        output.WriteLine($"accounts      {found.Report.Accounts}");
        output.WriteLine($"holdings      {found.Report.Holdings}");
        output.WriteLine($"pending       {found.Report.PendingOrders}");
        output.WriteLine($"links         {found.Report.Links}");
        foreach (CurrencyTotals totals in found.Totals)
        {
            output.WriteLine($"{totals.Currency,-13} balances {MoneyText.Of(totals.Books.ClientBalances)}, books sum to {MoneyText.Of(totals.Sum)}");
        }
        RecoveryReport report = recovered.Report;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"replayed {report.Replayed} commands after {(report.SnapshotSequence is { } from ? $"the snapshot of {from}" : "no snapshot")}, {report.HashesCompared} state hashes equal; load {report.Load.TotalSeconds:0.000} s, replay {report.Replay.TotalSeconds:0.000} s"));
        foreach (string note in report.Notes)
        {
            output.WriteLine($"note: {note}");
        }
    }

    private static void Verify(ParseResult parsed, TextWriter output)
    {
        EngineStore store = Open(parsed);
        long reached = 0;
        foreach (string name in store.Snapshots.Newest())
        {
            SnapshotHeader header = store.Snapshots.Verify(name);
            output.WriteLine($"{name}: good, sequence {header.Sequence}, state hash {header.Hash}");
            reached = header.Sequence;
        }
        JournalState journal = JournalScan.Check(store.Journal, fromSequence: 0);
        if (!journal.IsEmpty && journal.First > reached + 1)
        {
            throw new RecoveryRefusedException(
                $"{store.Path}: the journal begins at sequence {journal.First}, and no snapshot reaches up to there; put back the missing files from a backup");
        }
        output.WriteLine(journal.IsEmpty
            ? "journal: empty"
            : $"journal: good, sequences {journal.First} to {journal.Position.NextSequence - 1}, durable to {journal.HeadDurable}");
        if (journal.Torn is { } torn)
        {
            output.WriteLine($"journal: an unfinished batch at the end ({torn}), which the next start cuts back; nobody was told of it");
        }
    }

    private static void Dump(ParseResult parsed, TextWriter output)
    {
        EngineStore store = Open(parsed);
        if (SegmentList.Of(store.Journal) is not [long oldest, ..])
        {
            return;
        }
        long from = Math.Max(parsed.GetValue(From) ?? oldest, oldest);
        using JournalReader reader = JournalReader.Open(store.Journal, from, parsed.GetValue(To));
        while (reader.TryRead(out JournalRecord record))
        {
            if (record.Kind != RecordKind.Commit)
            {
                output.WriteLine(RecordText.Of(in record));
            }
        }
    }

    private static void TakeSnapshot(ParseResult parsed, TextWriter output)
    {
        if (parsed.GetValue(WhileProcess) is { } engine)
        {
            EngineChild.Accompany(engine);
        }
        EngineStore store = Open(parsed);
        using FileStream turn = DataDirectory.Lock(
            store.SnapshotStorage.Path, $"another process takes a snapshot in {store.SnapshotStorage.Path}; wait until it has ended");
        SnapshotHeader? written = SnapshotBuilder.Build(store, new EngineLimits());
        output.WriteLine(written is null
            ? "the newest snapshot is of the last durable command already"
            : $"snapshot of sequence {written.Sequence}, state hash {written.Hash}");
    }

    private static void Repair(ParseResult parsed, TextWriter output)
    {
        string path = parsed.GetRequiredValue(Directory);
        using DataDirectory held = DataDirectory.Open(path);
        EngineStore store = Open(parsed);
        switch (parsed.GetValue(AcceptLossFrom), parsed.GetValue(VoidSequence))
        {
            case ({ } from, null):
                long lost = JournalRepair.AcceptLoss(store.Journal, from);
                foreach (string name in store.Snapshots.SetAside(from - 1))
                {
                    output.WriteLine($"{name} knows commands that are given up: set aside");
                }
                output.WriteLine($"commands from {from} on are given up ({lost} whole records among them); the journal says so");
                break;
            case (null, { } sequence):
                JournalRepair.Void(store.Journal, store.Limits, sequence);
                output.WriteLine($"command {sequence} is void; the journal says so");
                break;
            default:
                throw HostException.WrongUsage("repair needs one of --accept-loss-from-seq N and --void-seq N");
        }
    }

    private static EngineStore Open(ParseResult parsed)
    {
        string path = parsed.GetRequiredValue(Directory);
        if (!System.IO.Directory.Exists(Path.Combine(path, "journal")) && !System.IO.Directory.Exists(Path.Combine(path, "snapshots")))
        {
            throw HostException.WrongUsage($"{path} has no journal: give the directory that serve was given as --data");
        }
        return EngineStore.Open(new StoreSettings { Directory = path });
    }

    private static Command Make(string name, string description, Action<ParseResult, TextWriter> action, params Option[] options)
    {
        var command = new Command(name, description) { Directory };
        foreach (Option option in options)
        {
            command.Add(option);
        }
        command.SetAction(parsed => StoreFault.Guard(() =>
        {
            action(parsed, parsed.InvocationConfiguration.Output);
            return ExitCode.Clean;
        }));
        return command;
    }

    private static Option<long?> Number(string name, string description) => new(name) { HelpName = "N", Description = description };

    private static string Time(long microseconds) =>
        DateTime.UnixEpoch.AddMicroseconds(microseconds).ToString("yyyy-MM-dd HH:mm:ss.ffffff 'UTC'", CultureInfo.InvariantCulture);
}
