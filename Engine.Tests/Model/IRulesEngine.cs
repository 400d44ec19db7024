using CopyEngine.Commands;

namespace CopyEngine.Tests.Model;

/// <summary>Anything that applies commands by the trading rules: the core, or the slow model of it.</summary>
internal interface IRulesEngine
{
    /// <summary>Applies one command and appends what happened.</summary>
    void Apply(ref CommandSlot command, EventLog events);
}
