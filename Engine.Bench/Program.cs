using CopyEngine.Bench;
using CopyEngine.Bench.Scenarios;

IScenario[] scenarios = [new FanOutScenario(), new TickScenario(), new CascadeScenario(), new DurabilityScenario(), new StateScenario(), new RecoveryScenario(), new SnapshotScenario()];
string wanted = args.Length > 0 ? args[0] : "all";
IScenario[] chosen = wanted == "all" ? scenarios : [.. scenarios.Where(scenario => scenario.Name == wanted)];
if (chosen.Length == 0)
{
    string known = string.Join(", ", scenarios.Select(scenario => scenario.Name));
    Console.Error.WriteLine($"'{wanted}' is no scenario; choose one of: {known}, all");
    return 64;
}

var results = new ResultFile();
Console.WriteLine(Machine.Describe());
foreach (IScenario scenario in chosen)
{
    foreach (Figure figure in scenario.Run())
    {
        Console.WriteLine(figure);
        results.Add(figure);
    }
}
int option = Array.IndexOf(args, "--write");
if (option >= 0)
{
    results.WriteTo(args.Length > option + 1 ? args[option + 1] : "Engine.Bench/RESULTS.md");
}
return 0;
