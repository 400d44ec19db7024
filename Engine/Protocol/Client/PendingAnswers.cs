using CopyEngine.Commands;
using CopyEngine.Events;

namespace CopyEngine.Protocol.Client;

/// <summary>A request that waits for its answer.</summary>
internal abstract class PendingAnswer(string id)
{
    /// <summary>Client order id or request id; the account, for a query.</summary>
    public string Id { get; } = id;

    /// <summary>Sequence number of the message that carried it.</summary>
    public long Sequence { get; set; }

    public abstract void Fail(Exception error);
}

/// <summary>An order request: one execution report answers it.</summary>
internal sealed class PendingReport(string id, string account) : PendingAnswer(id)
{
    private readonly TaskCompletionSource<ExecutionReport> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<ExecutionReport> Task => _answer.Task;

    public override void Fail(Exception error) => _answer.TrySetException(error);

    /// <summary>Ids are unique per account only, and some keys see the reports of others' accounts.</summary>
    public void Complete(ExecutionReport report)
    {
        if (report.Account.Length > 0 && report.Account != account)
            return;
        if (report.Status == OrderStatus.Rejected)
            _answer.TrySetException(new TradingRejectedException(report.RejectCode, "", report));
        else
            _answer.TrySetResult(report);
    }
}

/// <summary>A request that an acknowledgement answers; a close-all gets the reports of its orders before.</summary>
internal sealed class PendingAcknowledgement(string id) : PendingAnswer(id)
{
    private readonly TaskCompletionSource<Acknowledgement> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<Acknowledgement> Task => _answer.Task;

    public List<ExecutionReport> Reports { get; } = [];

    public override void Fail(Exception error) => _answer.TrySetException(error);

    public void Complete(Acknowledgement acknowledgement) => _answer.TrySetResult(acknowledgement);
}

/// <summary>A query: the account, its orders, and an end mark answer it.</summary>
internal sealed class PendingQuery(string account) : PendingAnswer(account)
{
    private readonly TaskCompletionSource<AccountSnapshot> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<OrderSnapshot> _orders = [];
    private AccountSnapshot? _account;

    public Task<AccountSnapshot> Task => _answer.Task;

    public override void Fail(Exception error) => _answer.TrySetException(error);

    public void Begin(AccountSnapshot account) => _account = account;

    public void Add(OrderSnapshot order) => _orders.Add(order);

    public void Complete()
    {
        if (_account is { } account)
            _answer.TrySetResult(account with { Orders = _orders });
    }
}

/// <summary>All requests that wait, found by the number of their message or by their id.</summary>
internal sealed class PendingAnswers
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, PendingAnswer> _bySequence = [];
    private readonly Dictionary<string, PendingAnswer> _requests = [];
    private readonly List<PendingQuery> _queries = [];
    private Exception? _ended;

    /// <summary>Takes up a request before it is sent; false, and the request has failed, if the connection has ended.</summary>
    /// <exception cref="InvalidOperationException">A request with this id waits already.</exception>
    public bool TryAdd(PendingAnswer pending)
    {
        lock (_gate)
        {
            if (_ended is { } error)
            {
                pending.Fail(new TradingConnectionException(error.Message, error, (error as TradingConnectionException)?.GoodbyeCode));
                return false;
            }
            if (pending is PendingQuery query)
                _queries.Add(query);
            else if (!_requests.TryAdd(pending.Id, pending))
                throw new InvalidOperationException($"a request with the id {pending.Id} is still waiting for its answer");
            _bySequence.Add(pending.Sequence, pending);
            return true;
        }
    }

    public void Remove(PendingAnswer pending)
    {
        lock (_gate)
        {
            if (_bySequence.GetValueOrDefault(pending.Sequence) == pending)
                _bySequence.Remove(pending.Sequence);
            if (pending is PendingQuery query)
                _queries.Remove(query);
            else if (_requests.GetValueOrDefault(pending.Id) == pending)
                _requests.Remove(pending.Id);
        }
    }

    /// <summary>The waiting request with this id, if there is one of this kind.</summary>
    public TPending? Find<TPending>(string? id) where TPending : PendingAnswer
    {
        lock (_gate)
            return id is null ? null : _requests.GetValueOrDefault(id) as TPending;
    }

    /// <summary>The oldest waiting query of an account; the server answers in order.</summary>
    public PendingQuery? FindQuery(string account)
    {
        lock (_gate)
            return _queries.Find(query => query.Id == account);
    }

    /// <summary>Fails the request that a reject refers to; false if none waits.</summary>
    public bool Refuse(long sequence, string? id, RejectCode code, string text)
    {
        PendingAnswer? pending;
        lock (_gate)
            pending = _bySequence.GetValueOrDefault(sequence) ?? _requests.GetValueOrDefault(id ?? "");
        pending?.Fail(new TradingRejectedException(code, text));
        return pending is not null;
    }

    /// <summary>Fails everything that waits and everything that comes.</summary>
    public void End(Exception error)
    {
        PendingAnswer[] waiting;
        lock (_gate)
        {
            _ended ??= error;
            waiting = [.. _bySequence.Values];
        }
        foreach (var pending in waiting)
            pending.Fail(error);
    }
}
