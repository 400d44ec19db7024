namespace CopyEngine;

/// <summary>Who sends a command, so that its answer finds the way back. The default is an internal cause.</summary>
/// <param name="Session">Gateway session, 0: none.</param>
/// <param name="Key">API key, 0: none; request ids are unique per key.</param>
/// <param name="Correlation">The sender's own number of the message.</param>
public readonly record struct Sender(int Session, int Key, long Correlation);
