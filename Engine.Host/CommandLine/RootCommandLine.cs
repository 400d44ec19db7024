using System.CommandLine;
using System.CommandLine.Parsing;

namespace CopyEngine.Host.CommandLine;

/// <summary>The program's commands (interfaces, section 2). Whatever goes wrong ends in one sentence on stderr and an exit code.</summary>
internal static class RootCommandLine
{
    public static RootCommand Create()
    {
        var root = new RootCommand("CopyEngine: matching and margin engine for copy trading.") { ServeCommand.Create() };
        foreach (Command command in StoreCommands.Create())
        {
            root.Add(command);
        }
        root.Add(KeysCommand.Create());
        return root;
    }

    /// <summary>Runs a command line.</summary>
    /// <returns>The exit code of the process.</returns>
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter errors)
    {
        ParseResult parsed = Create().Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            errors.WriteLine($"{FirstError(parsed)} Try '{CommandName(parsed)} --help'.");
            return ExitCode.WrongUsage;
        }
        // Signals are ours, so that a stop can drain first; exceptions are ours, so that they become exit codes.
        var invocation = new InvocationConfiguration
        {
            Output = output,
            Error = errors,
            ProcessTerminationTimeout = null,
            EnableDefaultExceptionHandler = false,
        };
        try
        {
            return await parsed.InvokeAsync(invocation);
        }
        catch (HostException fault)
        {
            errors.WriteLine(fault.Message);
            return fault.ExitCode;
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            errors.WriteLine($"an unexpected fault ended the program: {fault.GetBaseException().Message}; please report it with this: {fault}");
            return ExitCode.InvariantBroke;
        }
    }

    private static string FirstError(ParseResult parsed)
    {
        // What was written wrongly says more than what is missing because of it.
        ParseError? unrecognized = parsed.Errors.FirstOrDefault(error => error.Message.StartsWith("Unrecognized", StringComparison.Ordinal));
        string message = (unrecognized ?? parsed.Errors[0]).Message.TrimEnd();
        return message.EndsWith('.') ? message : $"{message}.";
    }

    private static string CommandName(ParseResult parsed)
    {
        var names = new Stack<string>();
        for (SymbolResult? result = parsed.CommandResult; result is CommandResult command; result = result.Parent)
        {
            names.Push(result.Parent is null ? "Engine.Host" : command.Command.Name);
        }
        return string.Join(' ', names);
    }
}
