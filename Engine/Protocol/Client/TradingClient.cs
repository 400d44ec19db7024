using System.Threading.Channels;
using CopyEngine.Events;
using CopyEngine.Protocol.Messages;

namespace CopyEngine.Protocol.Client;

/// <summary>
/// A session at the engine's TCP gateway. Every call sends one message and completes with the answer that belongs to it; everything
/// that happens, also without being asked for, comes through the streams <see cref="ExecutionReports"/>, <see cref="CopyReports"/>
/// and <see cref="MarginEvents"/>. All members may be used from several threads.
/// <para>
/// A call that the engine refuses throws <see cref="TradingRejectedException"/>. One whose connection ends throws
/// <see cref="TradingConnectionException"/>, one that is not answered in time <see cref="TimeoutException"/>: then it is not known
/// whether it was carried out, and sending it again under the same id, on a new connection, does it at most once.
/// </para>
/// </summary>
public sealed partial class TradingClient : IAsyncDisposable
{
    private readonly TradingClientOptions _options;
    private readonly TradingConnection _connection;
    private readonly PendingAnswers _answers;
    private readonly MessageReceiver _receiver;

    private TradingClient(
        TradingClientOptions options, TradingConnection connection, SessionOpened session, PendingAnswers answers, MessageReceiver receiver)
    {
        _options = options;
        _connection = connection;
        _answers = answers;
        _receiver = receiver;
        SessionId = session.SessionId;
        Role = session.Role;
        Accounts = session.Accounts;
    }

    /// <summary>Number of the session.</summary>
    public long SessionId { get; }

    /// <summary>Role of the key: <c>provider</c>, <c>follower</c>, <c>feed</c>, <c>risk</c> or <c>broker</c>.</summary>
    public string Role { get; }

    /// <summary>Accounts of the key.</summary>
    public IReadOnlyList<string> Accounts { get; }

    /// <summary>The newest event received, for <see cref="TradingClientOptions.ResumeFrom"/> of the next connection.</summary>
    public EventPosition? LastEvent => _receiver.LastEvent;

    /// <summary>Everything that happens to orders that the key may see, answers to calls included, in order.</summary>
    public ChannelReader<ExecutionReport> ExecutionReports => _receiver.Executions.Reader;

    /// <summary>What became of the copies of the provider's orders, in order.</summary>
    public ChannelReader<CopyReport> CopyReports => _receiver.Copies.Reader;

    /// <summary>Warnings, liquidations and cascades of accounts that the key may see, in order.</summary>
    public ChannelReader<MarginEvent> MarginEvents => _receiver.MarginEvents.Reader;

    /// <summary>Refused messages that no call waits for, such as quotes.</summary>
    public ChannelReader<Refusal> Refusals => _receiver.Refusals.Reader;

    /// <summary>Events lost because their stream was not read; see <see cref="TradingClientOptions.EventBacklog"/>.</summary>
    public long DroppedEvents =>
        _receiver.Executions.Dropped + _receiver.Copies.Dropped + _receiver.MarginEvents.Dropped + _receiver.Refusals.Dropped;

    /// <summary>Completes when the connection has ended, for whatever reason. Never fails.</summary>
    public Task Completion => _connection.Completion;

    /// <summary>Connects and logs in.</summary>
    /// <param name="host">Name or address of the gateway.</param>
    /// <param name="port">Port of the gateway.</param>
    /// <param name="keyId">Id of the key.</param>
    /// <param name="secret">Secret of the key, 64 hex digits.</param>
    /// <param name="resumeFrom">The last event that was seen, to be told everything since.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="TradingConnectionException">There is no gateway, or it closed.</exception>
    /// <exception cref="TradingRejectedException">The key was refused.</exception>
    public static Task<TradingClient> ConnectAsync(
        string host, int port, string keyId, string secret, EventPosition? resumeFrom = null,
        CancellationToken cancellationToken = default) =>
        ConnectAsync(
            new TradingClientOptions { Host = host, Port = port, Key = new ApiKey(keyId, secret), ResumeFrom = resumeFrom },
            cancellationToken);

    /// <summary>Connects and logs in.</summary>
    /// <param name="options">Where, as whom, and the limits.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="TradingConnectionException">There is no gateway, or it closed.</exception>
    /// <exception cref="TradingRejectedException">The key was refused.</exception>
    public static async Task<TradingClient> ConnectAsync(TradingClientOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var answers = new PendingAnswers();
        var receiver = new MessageReceiver(answers, options.EventBacklog);
        var (connection, session) = await TradingConnection.OpenAsync(options, receiver, cancellationToken).ConfigureAwait(false);
        return new TradingClient(options, connection, session, answers, receiver);
    }

    /// <summary>Logs out and closes; calls still under way fail, the streams end.</summary>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private static string NewId() => Guid.NewGuid().ToString("N");

    private void Send<TMessage>(scoped in TMessage message, PendingAnswer pending)
        where TMessage : struct, IMessage<TMessage>, allows ref struct
    {
        try
        {
            _connection.Sender.Send(message, _answers, pending);
        }
        catch
        {
            _answers.Remove(pending);
            throw;
        }
    }

    private async Task<TAnswer> AnswerAsync<TAnswer>(PendingAnswer pending, Task<TAnswer> answer, CancellationToken cancellationToken)
    {
        try
        {
            return await answer.WaitAsync(_options.RequestTimeout, _options.Clock, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _answers.Remove(pending);
        }
    }
}
