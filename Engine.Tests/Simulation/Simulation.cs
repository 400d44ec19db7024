using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Journal;
using CopyEngine.Recovery;
using CopyEngine.Storage;
using CopyEngine.Tests.Sessions;

namespace CopyEngine.Tests.Simulation;

/// <summary>
/// One seed, one run: an engine lives, dies and is started again while clients trade, until it is healed and everybody has
/// got what they wanted. Everything that chance decides comes from the seed.
/// </summary>
internal sealed class Simulation
{
    private readonly SimulatedMachine _machine;
    private readonly ClientCrowd _crowd;
    private int _life;

    private Simulation(int seed, EngineBuild build, Coverage coverage)
    {
        var random = new RandomChoices(seed);
        var plan = SimulationPlan.Draw(random);
        Session session = SessionGenerator.Generate(random.Between(0, int.MaxValue - 1));
        EngineLimits limits = session.Limits with { WorkQuota = plan.WorkQuota, Accounts = 64, Instruments = 32, Groups = 8, Currencies = 16 };
        var clock = new SimulatedClock(session.Commands[0].Header.Time);
        var faults = new FaultLog();
        var sends = new SendLedger();
        _machine = new SimulatedMachine
        {
            Random = random,
            Plan = plan,
            Build = build,
            Clock = clock,
            Faults = faults,
            Disk = new SimulatedDisk(random, clock, faults),
            Sends = sends,
            Judge = new Judge(limits, sends, coverage, plan.IsModelled),
            Limits = limits,
        };
        _crowd = new ClientCrowd(_machine, session);
    }

    /// <summary>Runs one seed.</summary>
    /// <exception cref="SimulationException">A promise was broken.</exception>
    public static void Run(int seed, EngineBuild build, SimulationCoverage coverage)
    {
        var simulation = new Simulation(seed, build, coverage.Rules);
        SimulatedMachine machine = simulation._machine;
        try
        {
            simulation.Run();
            coverage.Add(machine.Faults, machine.Judge.Sequence, simulation._life + 1);
        }
        catch (Exception exception)
        {
            throw new SimulationException(
                $"COPYENGINE_SIMULATION_SEED={seed} repeats it: {exception.Message}\n(life {simulation._life}, {machine.Judge.Sequence} commands kept; {machine.Plan})",
                exception);
        }
    }

    private bool IsHealed => _life >= _machine.Plan.Lives;

    private void Run()
    {
        while (true)
        {
            var life = new EngineLife(_machine, _crowd, IsHealed);
            LifeEnd end = life.Run();
            if (end == LifeEnd.Finished)
            {
                break;
            }
            Violation.Unless(!IsHealed, "X4", $"a healthy engine ended: {end}");
            foreach (SimulatedClient client in _crowd.All)
            {
                client.Disconnect();
            }
            new Aftermath(_machine).Follow(end);
            _life++;
        }
        new Audit(_machine).Run(_crowd);
    }
}
