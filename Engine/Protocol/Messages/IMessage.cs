namespace CopyEngine.Protocol.Messages;

/// <summary>
/// A message of the gateway protocol: its number and its fields in order. Messages are views: their texts point into the
/// frame they were read from, so reading and writing one allocates nothing, and none outlives its frame.
/// </summary>
internal interface IMessage<TSelf> where TSelf : struct, IMessage<TSelf>, allows ref struct
{
    static abstract MessageType Type { get; }

    /// <summary>Fields after type and sequence number, as written; a reader takes fewer or more.</summary>
    static abstract int FieldCount { get; }

    static abstract TSelf Read(scoped ref FieldReader fields);

    void Write(scoped ref FieldWriter fields);
}
