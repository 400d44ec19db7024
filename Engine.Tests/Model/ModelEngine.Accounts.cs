using CopyEngine.Commands;
using CopyEngine.Events;

namespace CopyEngine.Tests.Model;

/// <summary>Accounts, their status and their funds.</summary>
internal sealed partial class ModelEngine
{
    private void Apply(OpenAccount command)
    {
        ModelGroup? group = FindGroup(command.Group);
        if (group is null)
        {
            Answer(command.RequestId, RejectCode.UnknownGroup);
            return;
        }
        byte[] content = RememberedAnswers.ContentOf(command with { RequestId = default });
        OnceForKey(command.RequestId, content, () => Open(command, group));
    }

    /// <summary>Limits count from the next command on; what exceeds a lowered one stays.</summary>
    private void Apply(SetLimits command)
    {
        if (Math.Min(Math.Min(command.WorkQuota, command.ClientOrderIdsPerAccount), Math.Min(command.OrdersPerAccount, command.Accounts)) < 1)
        {
            Answer(default, RejectCode.InvalidSetting);
            return;
        }
        limits = limits with
        {
            ClientOrderIdsPerAccount = command.ClientOrderIdsPerAccount,
            OrdersPerAccount = command.OrdersPerAccount,
            Accounts = command.Accounts,
        };
    }

    private RejectCode Open(OpenAccount command, ModelGroup group)
    {
        var name = new AccountName(command.UserType, command.AccountNumber);
        if (_accounts.Exists(account => account.Name == name))
        {
            return RejectCode.DuplicateAccount;
        }
        if (!Enum.IsDefined(command.UserType) || command.AccountNumber <= 0
            || command.Leverage is < 1 or > 10_000 || command.Currency.ToString().Length == 0)
        {
            return RejectCode.InvalidSetting;
        }
        var account = new ModelAccount
        {
            Id = _accounts.Count,
            Name = name,
            Group = group,
            Currency = command.Currency.ToString(),
            Leverage = command.Leverage,
        };
        decimal deposit = Units.ToDecimal(command.Deposit);
        if (deposit < 0 || deposit > LargestAmount || RoundToMinorUnit(account, deposit) != deposit)
        {
            return RejectCode.InvalidSetting;
        }
        if (_accounts.Count >= limits.Accounts)
        {
            return RejectCode.CapacityExceeded;
        }
        _accounts.Add(account);
        Emit(new AccountOpened
        {
            Account = account.Id,
            AccountNumber = name.Number,
            UserType = name.UserType,
            Group = group.Id,
            Leverage = account.Leverage,
            Currency = command.Currency,
            MinorDecimals = (byte)MinorDecimals(account.Currency),
        });
        if (deposit != 0)
        {
            BookFunds(account, deposit);
            account.IsDirty = true;
        }
        return RejectCode.None;
    }

    private void Apply(MoveFunds command)
    {
        ModelAccount? account = FindAccount(command.Account);
        if (account is null)
        {
            Answer(command.RequestId, RejectCode.UnknownAccount);
            return;
        }
        byte[] content = RememberedAnswers.ContentOf(command with { RequestId = default });
        OnceForKey(command.RequestId, content, () => Move(account, command.Amount));
    }

    private RejectCode Move(ModelAccount account, long units)
    {
        decimal amount = Units.ToDecimal(units);
        if (amount == 0 || RoundToMinorUnit(account, amount) != amount || Math.Abs(amount) > LargestAmount
            || Math.Abs(account.Balance + amount) > LargestAmount)
        {
            return RejectCode.InvalidSetting;
        }
        if (amount < 0 && CheckWithdrawal(account, amount) is var code && code != RejectCode.None)
        {
            return code;
        }
        BookFunds(account, amount);
        account.IsDirty = true;
        return RejectCode.None;
    }

    private RejectCode CheckWithdrawal(ModelAccount account, decimal amount)
    {
        Figures figures = FiguresOf(account);
        if (account.Holdings.Any() && (figures.IsDegraded || figures.RestsOnStaleRate))
        {
            return RejectCode.NoConversion;
        }
        if (figures.UsedMargin > 0 && figures.FreeMargin + amount < 0)
        {
            return RejectCode.InsufficientMargin;
        }
        return account.Balance + amount < 0 ? RejectCode.NegativeBalance : RejectCode.None;
    }

    private void Apply(SetAccountStatus command)
    {
        ModelAccount? account = FindAccount(command.Account);
        if (account is null)
        {
            Answer(command.RequestId, RejectCode.UnknownAccount);
            return;
        }
        byte[] content = RememberedAnswers.ContentOf(command with { RequestId = default });
        OnceForKey(command.RequestId, content, () => SetStatus(account, command.Status));
    }

    private RejectCode SetStatus(ModelAccount account, AccountStatus status)
    {
        if (!Enum.IsDefined(status))
        {
            return RejectCode.InvalidSetting;
        }
        account.Status = status;
        Emit(new AccountStatusChanged { Account = account.Id, Status = status });
        return RejectCode.None;
    }
}
