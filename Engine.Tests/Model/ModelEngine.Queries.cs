using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Numerics;

namespace CopyEngine.Tests.Model;

/// <summary>Answers that change nothing.</summary>
internal sealed partial class ModelEngine
{
    private void Apply(QueryAccount command)
    {
        ModelAccount? account = FindAccount(command.Account);
        if (account is null)
        {
            Answer(default, RejectCode.UnknownAccount);
            return;
        }
        Emit(new AccountState
        {
            Account = account.Id,
            Orders = account.Orders.Count,
            Status = account.Status,
            Portfolio = PortfolioOf(account, FiguresOf(account)),
        });
        foreach (ModelOrder order in account.Orders)
        {
            Emit(new OrderState { Order = Describe(order, order.IsOpen ? OrderStatus.Filled : OrderStatus.New, Cause.None) });
        }
        Emit(new QueryEnd { Account = account.Id, Count = account.Orders.Count });
    }

    private void ReportState()
    {
        Emit(new StateReport
        {
            Accounts = _accounts.Count,
            Holdings = _accounts.Sum(account => account.Holdings.Count()),
            PendingOrders = _accounts.Sum(account => account.WaitingOrders.Count()),
            Links = _links.Count,
        });
        foreach ((string currency, Books books) in _books)
        {
            Emit(new BooksState
            {
                Currency = CurrencyCode.From(currency),
                ClientBalances = Units.FromDecimal(ClientBalances(currency)),
                BrokerProfit = Units.FromDecimal(books.BrokerProfit),
                Commissions = Units.FromDecimal(books.Commissions),
                Swaps = Units.FromDecimal(books.Swaps),
                NegativeBalanceExpense = Units.FromDecimal(books.NegativeBalanceExpense),
                Rounding = Units.FromDecimal(books.Rounding),
                ExternalFlows = Units.FromDecimal(books.ExternalFlows),
            });
        }
    }

    public decimal ClientBalances(string currency) =>
        _accounts.Where(account => account.Currency == currency).Sum(account => account.Balance);
}
