using CopyEngine.Host.CommandLine;

return await RootCommandLine.RunAsync(args, Console.Out, Console.Error);
