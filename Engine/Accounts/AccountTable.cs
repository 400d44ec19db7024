using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Instruments;
using CopyEngine.State;

namespace CopyEngine.Accounts;

/// <summary>Accounts by dense id, in order of opening.</summary>
internal sealed class AccountTable(CurrentLimits limits, CurrencyTable currencies, GroupTable groups)
{
    private const int PageSize = 4_096;

    /// <summary>Bit of <see cref="Interests"/>: orders or funds changed since the account was recomputed.</summary>
    public const ulong Dirty = 1UL << 63;

    private readonly PagedArray<Account> _accounts = new(PageSize);
    private readonly PagedArray<AccountProfile> _profiles = new(PageSize);
    private readonly PagedArray<ulong> _interests = new(PageSize);
    private readonly Dictionary<AccountName, int> _byName = [];

    public int Count => _accounts.Count;

    public ref Account this[int account] => ref _accounts[account];

    public bool Contains(int account) => account >= 0 && account < _accounts.Count;

    public ref AccountProfile Profile(int account) => ref _profiles[account];

    /// <summary>
    /// Which instruments' quotes move the account's figures, one bit for every 63rd instrument, and whether it is dirty:
    /// all that a tick reads of an account that nothing happened to.
    /// </summary>
    public ref ulong Interests(int account) => ref _interests[account];

    public static ulong InterestIn(int symbol) => 1UL << (symbol % 63);

    public void MarkDirty(int account) => _interests[account] |= Dirty;

    public RejectCode Check(in OpenAccount command)
    {
        if (!groups.Contains(command.Group))
        {
            return RejectCode.UnknownGroup;
        }
        if (_byName.ContainsKey(new AccountName(command.UserType, command.AccountNumber)))
        {
            return RejectCode.DuplicateAccount;
        }
        if (command.UserType is < UserType.Live or > UserType.CopyFollower || command.AccountNumber <= 0
            || command.Leverage is < 1 or > 10_000)
        {
            return RejectCode.InvalidSetting;
        }
        return RejectCode.None;
    }

    /// <summary>Whether one more account may be opened.</summary>
    public bool HasRoom => _accounts.Count < limits.Accounts;

    /// <summary>Opens an account that <see cref="Check"/> has passed, in a currency that is known.</summary>
    public AccountOpened Open(in OpenAccount command, int currency)
    {
        int account = _accounts.Take();
        _profiles.Take();
        _interests.Take();
        _accounts[account] = new Account
        {
            Group = command.Group,
            Leverage = command.Leverage,
            Currency = currency,
            FirstExposure = -1,
            FirstOrder = -1,
            LastOrder = -1,
        };
        _profiles[account] = new AccountProfile
        {
            Number = command.AccountNumber,
            UserType = command.UserType,
            Provider = -1,
            FirstLink = -1,
        };
        _interests[account] = Dirty;
        _byName.Add(new AccountName(command.UserType, command.AccountNumber), account);
        return Describe(account);
    }

    /// <summary>An account as it was opened.</summary>
    public AccountOpened Describe(int account)
    {
        ref Account opened = ref _accounts[account];
        ref AccountProfile profile = ref _profiles[account];
        return new AccountOpened
        {
            Account = account,
            AccountNumber = profile.Number,
            UserType = profile.UserType,
            Group = opened.Group,
            Leverage = opened.Leverage,
            MinorDecimals = (byte)currencies.MinorDecimals(opened.Currency),
            Currency = currencies.Code(opened.Currency),
        };
    }

    public void Transfer(StateTransfer transfer)
    {
        _accounts.Transfer(transfer);
        _profiles.Transfer(transfer);
        _interests.Transfer(transfer);
        if (!transfer.IsLoading)
        {
            return;
        }
        _byName.EnsureCapacity(_accounts.Count);
        for (int account = 0; account < _accounts.Count; account++)
        {
            ref AccountProfile profile = ref _profiles[account];
            _byName.Add(new AccountName(profile.UserType, profile.Number), account);
        }
    }
}
