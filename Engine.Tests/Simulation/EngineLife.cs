using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Journal;
using CopyEngine.Recovery;
using CopyEngine.Storage;
using CopyEngine.Tests.Sessions;

namespace CopyEngine.Tests.Simulation;

/// <summary>How a life of the engine ended.</summary>
internal enum LifeEnd
{
    /// <summary>Everybody has got everything.</summary>
    Finished,

    /// <summary>Stopped in good order.</summary>
    Stopped,

    /// <summary>Killed, by a signal or with the whole machine.</summary>
    Killed,

    /// <summary>It stopped itself since a file operation failed (exit 74).</summary>
    StorageFailed,
}

/// <summary>One life of the engine: start, trade, and some end.</summary>
internal sealed class EngineLife(SimulatedMachine machine, ClientCrowd crowd, bool isHealthy)
{
    /// <summary>Far more than a healthy engine needs for everything that clients want.</summary>
    private const int MostSteps = 60_000;

    private readonly SimulatedProcess _process = new();
    private readonly SimulationPlan _plan = machine.Plan;
    private readonly RandomChoices _random = machine.Random;
    private readonly Judge _judge = machine.Judge;
    private bool _isRecovering = true;
    private bool _isCommitting;
    private int _firstTold;
    private int _checked;

    /// <exception cref="SimulationException">A promise was broken.</exception>
    public LifeEnd Run()
    {
        if (isHealthy)
        {
            machine.Disk.Heal();
        }
        else
        {
            machine.Disk.Afflict(_plan, _process);
        }
        var engine = new SimulatedEngine(machine, machine.Open(_process));
        try
        {
            Start(engine);
            LifeEnd end = Trade(engine);
            Close(engine);
            return end;
        }
        catch (SimulatedCrashException)
        {
            CountWhere();
            return LifeEnd.Killed;
        }
        catch (StorageException) when (_process.IsDead)
        {
            // Somebody on the way took the end of the process for a failure.
            CountWhere();
            return LifeEnd.Killed;
        }
        catch (StorageException failure)
        {
            Violation.Unless(machine.Disk.IsAfflicted, "X4", $"a file operation failed on a sound disk: {failure.Message}");
            _process.Kill();
            return LifeEnd.StorageFailed;
        }
    }

    private void Start(SimulatedEngine engine)
    {
        try
        {
            engine.Recover();
        }
        catch (Exception refusal) when (refusal is JournalDamagedException or RecoveryRefusedException or NewerFormatException or PoisonedCommandException)
        {
            throw new SimulationException($"R3: nothing is damaged and the engine refuses to start: {refusal.Message}", refusal);
        }
        _isRecovering = false;
        new RecoveryCheck(machine).Check(engine);
        foreach (SimulatedClient client in crowd.All)
        {
            ComeBack(engine, client);
        }
        _firstTold = _judge.FirstEventOf(engine.SnapshotSequence + 1);
        if (engine.Core.LimitsDifferFrom(machine.Limits))
        {
            ClaimInternal(engine, SetLimits.Of(machine.Limits));
        }
    }

    private LifeEnd Trade(SimulatedEngine engine)
    {
        for (int step = 0; step < MostSteps; step++)
        {
            machine.Clock.Pass(100);
            Step(engine);
            if (IsQuiet(engine) && crowd.IsSatisfied(_judge.Events.Count))
            {
                return isHealthy || _random.Chance(0.5) ? LifeEnd.Finished : Die(LifeEnd.Killed);
            }
            if (!isHealthy && IsItsEnd(engine, out LifeEnd end))
            {
                return Die(end);
            }
        }
        throw new SimulationException($"X4: no end after {MostSteps} steps; {engine.Claimed - engine.Applied} commands not applied, {crowd}");
    }

    private LifeEnd Die(LifeEnd end)
    {
        if (end == LifeEnd.Killed)
        {
            _process.Kill();
        }
        return end;
    }

    private bool IsItsEnd(SimulatedEngine engine, out LifeEnd end)
    {
        end = LifeEnd.Killed;
        if (engine.Applied > engine.Journal.DurableSequence && machine.Strikes(Fault.EndsBetweenApplyAndCommit, 0.003))
        {
            machine.Faults.Count(Fault.EndsBetweenApplyAndCommit);
            return true;
        }
        if (engine.Core.HasUnfinishedWork && _judge.IsInCascade && machine.Strikes(Fault.EndsInCascade, 0.2))
        {
            machine.Faults.Count(Fault.EndsInCascade);
            return true;
        }
        if (machine.Build.TakesSnapshots && IsQuiet(engine) && machine.Strikes(Fault.StopsGracefully, 0.02))
        {
            engine.WriteSnapshot();
            machine.Faults.Count(Fault.StopsGracefully);
            end = LifeEnd.Stopped;
            return true;
        }
        return _random.Chance(0.0005);
    }

    /// <summary>One of the engine's threads, a client, the timer or the snapshot process gets a turn.</summary>
    private void Step(SimulatedEngine engine)
    {
        switch (_random.Between(0, 9))
        {
            case 0 or 1 or 2:
                Claim(engine);
                break;
            case 3 or 4:
                Apply(engine);
                break;
            case 5 or 6:
                Commit(engine);
                break;
            case 7:
                engine.Tell(_random.OneOf(1, 20, 1_000));
                CheckTold(engine);
                break;
            case 8:
                LetRead(engine, _random.ItemOf(crowd.All));
                break;
            default:
                Keep(engine);
                break;
        }
    }

    private void Claim(SimulatedEngine engine)
    {
        const int ring = 64;
        bool hasAppliedAll = engine.Applied == engine.Claimed;
        bool mustFinish = _plan.IsModelled && (!hasAppliedAll || engine.Core.HasUnfinishedWork);
        if (engine.Claimed - Math.Min(engine.Applied, engine.Appended) >= ring || (mustFinish && !hasAppliedAll))
        {
            return;
        }
        if (engine.Core.HasUnfinishedWork && hasAppliedAll && (mustFinish || _random.Chance(0.4)))
        {
            ClaimInternal(engine, default(Continue));
            return;
        }
        bool mayTakeRisk = !engine.Journal.IsStorageLow;
        if (!mustFinish && crowd.TrySend(mayTakeRisk, out CommandSlot command))
        {
            engine.Claim(command);
        }
        else if (engine.Core.HasUnfinishedWork && hasAppliedAll)
        {
            ClaimInternal(engine, default(Continue));
        }
    }

    private void ClaimInternal<TCommand>(SimulatedEngine engine, TCommand command) where TCommand : unmanaged, ICommand
    {
        var slot = new CommandSlot();
        slot.Set(in command);
        slot.Header.Time = engine.Core.Now;
        engine.Claim(slot);
    }

    private void Apply(SimulatedEngine engine)
    {
        int most = _random.Between(1, _plan.LargestBatch);
        for (int i = 0; i < most && engine.Applied < engine.Claimed; i++)
        {
            engine.Apply();
        }
    }

    private void Commit(SimulatedEngine engine)
    {
        _isCommitting = true;
        engine.Append(_random.Between(1, _plan.LargestBatch));
        if (_random.Chance(0.7))
        {
            engine.Commit();
        }
        _isCommitting = false;
        Promise(engine);
    }

    /// <summary>What may be told from now on may never be lost from now on.</summary>
    private void Promise(SimulatedEngine engine)
    {
        while (_judge.Sequence < engine.Promised)
        {
            _judge.Take(engine.CommandAt(_judge.Sequence + 1));
        }
    }

    /// <summary>What is told is what the facts say, in their order.</summary>
    private void CheckTold(SimulatedEngine engine)
    {
        for (; _checked < engine.Told.Count; _checked++)
        {
            EventSlot told = engine.Told[_checked];
            int number = _firstTold + _checked;
            Violation.Unless(number < _judge.Events.Count, "S3", $"{told.Header.Sequence}/{told.Header.Index} is told and not durable");
            Judge.Fact fact = _judge.Events[number];
            bool isSame = fact.Digest == EventDigest.Of(ref told);
            Violation.Unless(isSame, "S5", $"event {fact.Sequence}/{fact.Index} is told as {told.Header.Sequence}/{told.Header.Index}, {told.Header.Type}, with other content");
        }
    }

    private void LetRead(SimulatedEngine engine, SimulatedClient client)
    {
        int most = _random.OneOf(1, 10, 1_000);
        for (int place = client.NextEvent - _firstTold; most > 0 && place < engine.Told.Count; place++, most--)
        {
            client.Read(engine.Told[place]);
        }
    }

    /// <summary>A client that was away asks for what it missed.</summary>
    private void ComeBack(SimulatedEngine engine, SimulatedClient client)
    {
        engine.Tell(int.MaxValue);
        int now = _judge.FirstEventOf(engine.Recovered + 1);
        HistorySearch found = engine.History.Find(client.Seen, out long number);
        Violation.Unless(found != HistorySearch.Unknown, "S3", $"a client has seen {client.Seen}, of which the engine knows nothing");
        if (found == HistorySearch.TooOld)
        {
            int missed = _judge.KeptBetween(client.NextEvent, now);
            Violation.Unless(missed > _plan.RetainedEvents, "O6", $"{missed} events are kept no more when {_plan.RetainedEvents} should be");
            machine.Faults.Count(Fault.ClientIsTooFarBehind);
        }
        else
        {
            for (number = machine.Build.ResumeAt(number); engine.History.TryRead(number, out EventSlot slot); number++)
            {
                client.ReadKept(slot);
            }
            client.CheckCaughtUp(now);
        }
        client.GoOnAt(now);
        client.Connect(crowd.NextSession());
    }

    /// <summary>Upkeep, snapshots, and what an operator does to the disk.</summary>
    private void Keep(SimulatedEngine engine)
    {
        engine.Journal.Upkeep();
        if (machine.Build.TakesSnapshots && _random.Chance(_plan.Snapshots * 10))
        {
            TakeSnapshot(engine);
        }
        if (_random.Chance(0.02))
        {
            engine.Trim();
        }
        machine.Disk.Change(_plan, isHealthy);
    }

    private void TakeSnapshot(SimulatedEngine engine)
    {
        if (new SnapshotRun(machine).Run(engine, isHealthy))
        {
            machine.Faults.Count(Fault.EndsInSnapshot);
            _process.Kill();
            throw new SimulatedCrashException();
        }
    }

    private bool IsQuiet(SimulatedEngine engine) =>
        engine.Applied == engine.Claimed
        && engine.Journal.DurableSequence == engine.Claimed
        && !engine.HasWaiting
        && !engine.Core.HasUnfinishedWork;

    /// <summary>A process that ends by itself closes its files.</summary>
    private void Close(SimulatedEngine engine)
    {
        if (!_process.IsDead)
        {
            engine.Dispose();
        }
    }

    private void CountWhere()
    {
        Fault? place = _process.EndedAt switch
        {
            DiskWork.Create => Fault.EndsAmidCreate,
            DiskWork.Write => Fault.EndsAmidWrite,
            DiskWork.Sync => Fault.EndsAmidSync,
            DiskWork.Rename => Fault.EndsAmidRename,
            DiskWork.SyncDirectory => Fault.EndsAmidDirectorySync,
            _ => null,
        };
        if (place is not null)
        {
            machine.Faults.Count(place.Value);
        }
        if (_isRecovering)
        {
            machine.Faults.Count(Fault.EndsInRecovery);
        }
        else if (_isCommitting)
        {
            machine.Faults.Count(_process.EndedAt is DiskWork.Rename or DiskWork.SyncDirectory ? Fault.EndsInRoll : Fault.EndsInsideBatch);
        }
    }
}
