using CopyEngine.Pipeline;
using Xunit;

namespace CopyEngine.Tests.Pipeline;

/// <summary>A slot with room for a value, its producer, and a mark of each of two stages.</summary>
internal struct TestSlot
{
    public long Value;
    public int Producer;
    public long FirstMark;
    public long SecondMark;
}

/// <summary>A handler made of a lambda.</summary>
internal sealed class LambdaHandler(string name, LambdaHandler.Handle handle) : IEventHandler<TestSlot>
{
    public delegate void Handle(ref TestSlot slot, long sequence, bool endOfBatch);

    public string Name => name;

    public int MaxBatchSize { get; init; } = int.MaxValue;

    public Action Started { get; init; } = () => { };

    public Action Idle { get; init; } = () => { };

    public Action Stopped { get; init; } = () => { };

    public void OnEvent(ref TestSlot slot, long sequence, bool endOfBatch) => handle(ref slot, sequence, endOfBatch);

    public void OnStart() => Started();

    public void OnIdle() => Idle();

    public void OnShutdown() => Stopped();
}

/// <summary>Counts what it sees and checks that sequences come without gap or repetition.</summary>
internal sealed class CountingHandler(string name) : IEventHandler<TestSlot>
{
    private long _count;

    public string Name => name;

    public long Count => Volatile.Read(ref _count);

    public long Checksum { get; private set; }

    public void OnEvent(ref TestSlot slot, long sequence, bool endOfBatch)
    {
        Assert.Equal(_count, sequence);
        Checksum = unchecked((Checksum * 31) + slot.Value);
        Volatile.Write(ref _count, _count + 1);
    }
}

/// <summary>The combinations that the same test runs for.</summary>
internal static class TestPipelines
{
    public static TheoryData<string> Strategies => ["BusySpin", "Yielding", "Blocking", "SpinThenBlock"];

    public static TheoryData<ProducerType, string> Combinations =>
        new MatrixTheoryData<ProducerType, string>(Enum.GetValues<ProducerType>(), ["BusySpin", "Yielding", "Blocking", "SpinThenBlock"]).AsTheoryData();

    public static IWaitStrategy NewWaitStrategy(string strategy) => strategy switch
    {
        "BusySpin" => new BusySpinWaitStrategy(),
        "Yielding" => new YieldingWaitStrategy(),
        "Blocking" => new BlockingWaitStrategy(),
        "SpinThenBlock" => new SpinThenBlockWaitStrategy(),
        _ => throw new ArgumentOutOfRangeException(nameof(strategy), strategy, "An unknown wait strategy."),
    };

    public static EventPipeline<TestSlot> New(int bufferSize, ProducerType producerType, string strategy, string name = "test") =>
        new(name, bufferSize, producerType, NewWaitStrategy(strategy));

    public static Thread StartThread(string name, Action body)
    {
        var thread = new Thread(() => body()) { Name = name, IsBackground = true };
        thread.Start();
        return thread;
    }

    public static long ChecksumOf(long count)
    {
        var checksum = 0L;
        for (var value = 0L; value < count; value++)
            checksum = unchecked((checksum * 31) + value);
        return checksum;
    }

    private static TheoryData<ProducerType, string> AsTheoryData(this MatrixTheoryData<ProducerType, string> matrix)
    {
        var rows = new TheoryData<ProducerType, string>();
        foreach (var row in matrix)
            rows.Add(row.Data.Item1, row.Data.Item2);
        return rows;
    }
}
