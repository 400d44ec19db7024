using CopyEngine.Core;
using CopyEngine.State;
using CopyEngine.Tests.Model;

namespace CopyEngine.Tests.State;

/// <summary>Saves into memory.</summary>
internal sealed class SavingTransfer : StateTransfer
{
    private readonly MemoryStream _saved = new();

    public override bool IsLoading => false;

    public byte[] Saved => _saved.ToArray();

    public override void Bytes(Span<byte> bytes) => _saved.Write(bytes);
}

/// <summary>Loads what was saved into memory.</summary>
internal sealed class LoadingTransfer(byte[] saved) : StateTransfer
{
    private readonly MemoryStream _saved = new(saved);

    public override bool IsLoading => true;

    public bool IsAtEnd => _saved.Position == _saved.Length;

    public override void Bytes(Span<byte> bytes) => _saved.ReadExactly(bytes);
}

/// <summary>Saved states of cores.</summary>
internal static class SavedState
{
    public static byte[] Of(TradingCore core)
    {
        var transfer = new SavingTransfer();
        core.Transfer(transfer);
        return transfer.Saved;
    }

    /// <summary>A core that knows nothing but what was saved.</summary>
    public static CoreEngine Load(byte[] saved, EngineLimits limits)
    {
        var loaded = new CoreEngine(limits);
        var transfer = new LoadingTransfer(saved);
        loaded.Core.Transfer(transfer);
        loaded.GoOn();
        Xunit.Assert.True(transfer.IsAtEnd, "loading has left something of the saved state");
        return loaded;
    }
}
