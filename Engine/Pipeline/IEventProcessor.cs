namespace CopyEngine.Pipeline;

/// <summary>Runs one handler over the slots of a ring.</summary>
internal interface IEventProcessor
{
    /// <summary>The name of the handler.</summary>
    string Name { get; }

    /// <summary>The last sequence of the last completed batch. It never includes a sequence whose batch was not finished.</summary>
    Sequence Sequence { get; }

    /// <summary>The sequence last given to the handler; after a failure, the one that failed.</summary>
    long SequenceInHand { get; }

    /// <summary>Handles slots on the calling thread until the barrier is alerted.</summary>
    void Run();
}
