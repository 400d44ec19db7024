namespace CopyEngine.Pipeline;

/// <summary>How many threads publish into a ring at the same time.</summary>
internal enum ProducerType
{
    /// <summary>One thread at a time. Cheaper; two threads at once corrupt the ring.</summary>
    Single,

    /// <summary>Any number of threads.</summary>
    Multi,
}
