using CopyEngine.Accounts;
using CopyEngine.Commands;
using CopyEngine.Copying;
using CopyEngine.Events;
using CopyEngine.Instruments;
using CopyEngine.Margin;
using CopyEngine.Numerics;
using CopyEngine.Orders;
using CopyEngine.Quotes;
using CopyEngine.State;

namespace CopyEngine.Core;

/// <summary>What brokers ask for besides orders: instruments, groups, accounts, funds, and what an account holds.</summary>
internal sealed class AccountDesk(
    CurrentLimits limits,
    CurrencyTable currencies,
    InstrumentTable instruments,
    GroupTable groups,
    ConversionTable conversions,
    AccountTable accounts,
    Valuation valuation,
    Ledger ledger,
    OrderTable orders,
    TriggerTable triggers,
    OrderReports reports,
    LinkTable links,
    Answers answers,
    EventOutput output)
{
    public void Register(in RegisterInstrument definition)
    {
        RejectCode refusal = instruments.Register(in definition, out Instrument? instrument);
        if (instrument is null || refusal != RejectCode.None)
        {
            answers.Refuse(default, refusal);
            return;
        }
        groups.Cover(instrument);
        conversions.ChooseRoutes();
        output.Emit(new InstrumentDefined { Id = instrument.Id, Definition = definition });
    }

    public void Register(in RegisterGroup definition)
    {
        RejectCode refusal = groups.Register(in definition, out Group? group);
        if (group is null || refusal != RejectCode.None)
        {
            answers.Refuse(default, refusal);
            return;
        }
        output.Emit(new GroupDefined { Id = group.Id, Definition = definition });
    }

    public void Set(in SetGroupInstrument settings)
    {
        RejectCode refusal = groups.Check(in settings);
        if (refusal != RejectCode.None)
        {
            answers.Refuse(default, refusal);
            return;
        }
        Group group = groups[settings.Group];
        bool hasMoved = group.For(settings.Symbol).HalfSpreadPoints != settings.HalfSpreadPoints;
        group.Set(instruments[settings.Symbol], in settings);
        if (hasMoved)
        {
            triggers.Rearm(settings.Group, settings.Symbol);
        }
        output.Emit(new GroupInstrumentDefined { Definition = settings });
    }

    public void Set(in SetLimits command)
    {
        if (!limits.TrySet(in command))
        {
            answers.Refuse(default, RejectCode.InvalidSetting);
        }
    }

    public void Open(in OpenAccount command, StateHash content)
    {
        if (!groups.Contains(command.Group))
        {
            answers.Refuse(in command.RequestId, RejectCode.UnknownGroup);
            return;
        }
        if (!answers.IsNewRequest(in command.RequestId, content))
        {
            return;
        }
        RejectCode refusal = accounts.Check(in command);
        if (refusal == RejectCode.None && !(CurrencyTable.IsCode(in command.Currency) && IsSoundDeposit(in command)))
        {
            refusal = RejectCode.InvalidSetting;
        }
        // A refused command adds no currency, so the table is touched last.
        int currency = refusal == RejectCode.None && accounts.HasRoom ? currencies.FindOrAdd(in command.Currency) : -1;
        if (refusal == RejectCode.None && currency < 0)
        {
            refusal = RejectCode.CapacityExceeded;
        }
        if (refusal != RejectCode.None)
        {
            answers.Refuse(in command.RequestId, refusal);
            return;
        }
        AccountOpened opened = accounts.Open(in command, currency);
        conversions.ChooseRoutes();
        if (command.UserType == UserType.StrategyProvider)
        {
            links.AddProvider(opened.Account);
        }
        output.Emit(in opened);
        if (command.Deposit > 0)
        {
            ledger.Move(opened.Account, new Money(command.Deposit));
        }
        answers.Done(in command.RequestId);
    }

    public void Move(in MoveFunds command, StateHash content, long now)
    {
        RejectCode refusal = accounts.Contains(command.Account) ? RejectCode.None : RejectCode.UnknownAccount;
        if (refusal == RejectCode.None)
        {
            if (!answers.IsNewRequest(in command.RequestId, content))
            {
                return;
            }
            refusal = CheckFunds(in command, now);
        }
        if (refusal != RejectCode.None)
        {
            answers.Refuse(in command.RequestId, refusal);
            return;
        }
        ledger.Move(command.Account, new Money(command.Amount));
        answers.Done(in command.RequestId);
    }

    public void SetStatus(in SetAccountStatus command, StateHash content)
    {
        RejectCode refusal = accounts.Contains(command.Account) ? RejectCode.None : RejectCode.UnknownAccount;
        if (refusal == RejectCode.None)
        {
            if (!answers.IsNewRequest(in command.RequestId, content))
            {
                return;
            }
            bool isSound = command.Status is >= AccountStatus.Active and <= AccountStatus.Suspended;
            refusal = isSound ? RejectCode.None : RejectCode.InvalidSetting;
        }
        if (refusal != RejectCode.None)
        {
            answers.Refuse(in command.RequestId, refusal);
            return;
        }
        accounts[command.Account].Status = command.Status;
        output.Emit(new AccountStatusChanged { Account = command.Account, Status = command.Status });
        answers.Done(in command.RequestId);
    }

    public void Query(in QueryAccount command, long now)
    {
        if (!accounts.Contains(command.Account))
        {
            output.Emit(new RequestRefused { Reject = RejectCode.UnknownAccount });
            return;
        }
        Figures figures = valuation.Of(command.Account, now);
        int count = accounts.Profile(command.Account).Orders;
        output.Emit(new AccountState
        {
            Account = command.Account,
            Orders = count,
            Status = accounts[command.Account].Status,
            Portfolio = Sweep.PortfolioOf(command.Account, in accounts[command.Account], in figures),
        });
        for (int place = accounts[command.Account].FirstOrder; place >= 0; place = orders[place].NextOfAccount)
        {
            OrderStatus status = orders[place].State == OrderStage.Open ? OrderStatus.Filled : OrderStatus.New;
            output.Emit(new Events.OrderState { Order = reports.Of(place, status, Cause.None, now) });
        }
        output.Emit(new QueryEnd { Account = command.Account, Count = count });
    }

    private bool IsSoundDeposit(in OpenAccount command)
    {
        var deposit = new Money(command.Deposit);
        int known = currencies.Find(in command.Currency);
        int decimals = known >= 0 ? currencies.MinorDecimals(known) : CurrencyTable.MinorDecimals(command.Currency.ToString());
        return command.Deposit >= 0 && deposit.IsWithinLimit && deposit.RoundToMinorUnit(decimals) == deposit;
    }

    private RejectCode CheckFunds(in MoveFunds command, long now)
    {
        ref Account account = ref accounts[command.Account];
        var amount = new Money(command.Amount);
        int decimals = currencies.MinorDecimals(account.Currency);
        if (command.Amount == 0 || !amount.IsWithinLimit || amount.RoundToMinorUnit(decimals) != amount
            || !(account.Balance + amount).IsWithinLimit)
        {
            return RejectCode.InvalidSetting;
        }
        if (command.Amount > 0)
        {
            return RejectCode.None;
        }
        Figures figures = valuation.Of(command.Account, now);
        bool isPledged = account.FirstExposure >= 0;
        return isPledged && !figures.IsComputable ? RejectCode.NoConversion
            : isPledged && figures.UsedMargin.Units > 0 && figures.Equity + amount < figures.UsedMargin ? RejectCode.InsufficientMargin
            : (account.Balance + amount).Units < 0 ? RejectCode.NegativeBalance
            : RejectCode.None;
    }
}
