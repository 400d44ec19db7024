using CopyEngine.Events;
using CopyEngine.Host.Gateway.Keys;
using CopyEngine.Host.Gateway.Sessions;
using CopyEngine.Host.World;

namespace CopyEngine.Host.Gateway.Outbound;

/// <summary>
/// Who is told of an account: the sessions whose key has it, and those that hear everything. By dense id, so that an event
/// of which nobody is told costs one look at an array. Used under the gateway's lock.
/// </summary>
internal sealed class AudienceIndex(EngineDirectory directory)
{
    private readonly Dictionary<GatewaySession, List<int>> _accountsOf = [];
    private GatewaySession[]?[] _byAccount = [];

    /// <summary>Sessions that hear of every account.</summary>
    public GatewaySession[] Everything { get; private set; } = [];

    /// <summary>Sessions whose key has the account, besides <see cref="Everything"/>.</summary>
    public ReadOnlySpan<GatewaySession> Of(int account) =>
        account >= 0 && account < _byAccount.Length ? _byAccount[account] : default;

    public bool Hears(GatewaySession session, int account) =>
        KeyRoles.HearsEverything(session.Key.Role)
        || (account >= 0 && session.Key.Accounts.Contains(directory.Account(account).Name));

    public void Add(GatewaySession session)
    {
        if (KeyRoles.HearsEverything(session.Key.Role))
        {
            Everything = [.. Everything, session];
            return;
        }
        List<int> accounts = [];
        _accountsOf.Add(session, accounts);
        foreach (AccountRange range in session.Key.Accounts.Ranges)
        {
            foreach (int account in ExistingOf(range))
            {
                Add(session, account, accounts);
            }
        }
    }

    public void Remove(GatewaySession session)
    {
        Everything = Without(Everything, session);
        if (!_accountsOf.Remove(session, out List<int>? accounts))
        {
            return;
        }
        foreach (int account in accounts)
        {
            GatewaySession[] rest = Without(_byAccount[account] ?? [], session);
            _byAccount[account] = rest.Length > 0 ? rest : null;
        }
    }

    /// <summary>An account exists from now on.</summary>
    public void Take(in AccountOpened opened)
    {
        var name = new AccountName(opened.UserType, opened.AccountNumber);
        foreach ((GatewaySession session, List<int> accounts) in _accountsOf)
        {
            if (session.Key.Accounts.Contains(name))
            {
                Add(session, opened.Account, accounts);
            }
        }
    }

    private void Add(GatewaySession session, int account, List<int> accounts)
    {
        if (account >= _byAccount.Length)
        {
            Array.Resize(ref _byAccount, Math.Max(account + 1, 2 * _byAccount.Length));
        }
        GatewaySession[] others = _byAccount[account] ?? [];
        if (!others.Contains(session))
        {
            _byAccount[account] = [.. others, session];
            accounts.Add(account);
        }
    }

    /// <summary>The accounts of a range that exist: by name, or by looking at all of them when those are fewer.</summary>
    private IEnumerable<int> ExistingOf(AccountRange range) => range.Count <= directory.AccountCount
        ? range.Names.Select(directory.FindAccount).OfType<AccountEntry>().Select(account => account.Id)
        : Enumerable.Range(0, directory.AccountCount).Where(id => IsWithin(range, directory.Account(id).Name));

    private static bool IsWithin(AccountRange range, AccountName name) =>
        name.UserType == range.UserType && range.First <= name.Number && name.Number <= range.Last;

    private static GatewaySession[] Without(GatewaySession[] sessions, GatewaySession leaving) =>
        sessions.Contains(leaving) ? Array.FindAll(sessions, session => session != leaving) : sessions;
}
