using CopyEngine.Commands;
using CopyEngine.Numerics;

namespace CopyEngine.Tests.Sessions;

/// <summary>The world of a session: instruments, groups, accounts, links and first quotes.</summary>
internal sealed partial class SessionGenerator
{
    /// <summary>An instrument to choose from.</summary>
    private sealed record Candidate(
        string Symbol, string Base, string Profit, byte Digits, string ContractSize, AssetClass AssetClass, decimal Price,
        string LotStep = "0.01", string MinLot = "0.01");

    private static readonly Candidate[] Candidates =
    [
        new("EURUSD", "EUR", "USD", 5, "100000", AssetClass.Forex, 1.1m),
        new("USDJPY", "USD", "JPY", 3, "100000", AssetClass.Forex, 150m),
        new("GBPUSD", "GBP", "USD", 5, "100000", AssetClass.Forex, 1.27m),
        new("USDCHF", "USD", "CHF", 5, "100000", AssetClass.Forex, 0.9m),
        new("EURCHF", "EUR", "CHF", 5, "100000", AssetClass.Forex, 0.97m),
        new("GBPJPY", "GBP", "JPY", 3, "100000", AssetClass.Forex, 190m),
        new("USDCAD", "USD", "CAD", 5, "100000", AssetClass.Forex, 1.36m),
        new("AUDCAD", "AUD", "CAD", 5, "100000", AssetClass.Forex, 0.9m),
        new("XAUUSD", "XAU", "USD", 2, "100", AssetClass.Commodity, 2_000m),
        new("DE30EUR", "DAX", "EUR", 1, "1", AssetClass.Index, 15_000m),
        new("BTCUSDT", "BTC", "USDT", 2, "1", AssetClass.Crypto, 60_000m),
        new("ETHEUR", "ETH", "EUR", 2, "10", AssetClass.Crypto, 3_000m),
        new("XAGUSD", "XAG", "USD", 3, "5000", AssetClass.Commodity, 24m, "0.001", "0.005"),
        new("US500", "SPX", "USD", 0, "50", AssetClass.Index, 5_000m, "0.1", "0.3"),
        new("SHIBUSDT", "SHB", "USDT", 8, "1000000", AssetClass.Crypto, 0.000_012_34m, "1", "1"),
        new("ETHBTC", "ETH", "BTC", 5, "1", AssetClass.Crypto, 0.05m),
    ];

    private readonly List<Candidate> _markets = [];
    private readonly List<decimal> _prices = [];
    private readonly List<bool> _isLate = [];

    private void BuildWorld()
    {
        ChooseInstruments();
        int groups = _random.Between(2, 3);
        for (int group = 0; group < groups; group++)
        {
            AddGroup(group);
        }
        AddAccounts(groups);
        QuoteEverything();
        if (Has(Features.Copying))
        {
            LinkEverybody();
        }
    }

    /// <summary>Some instruments and, unless conversion rates are to be missing, the dollar pairs that they need.</summary>
    private void ChooseInstruments()
    {
        List<Candidate> chosen = [.. Candidates.Where(_ => _random.Chance(0.35)).Take(7)];
        for (int i = 0; chosen.Count < 3; i++)
        {
            if (!chosen.Contains(Candidates[i]))
            {
                chosen.Add(Candidates[i]);
            }
        }
        bool mayLackRates = Has(Features.LateQuotes) && _random.Chance(0.4);
        foreach (string currency in chosen.Select(candidate => candidate.Profit).ToList())
        {
            Candidate? pair = Array.Find(Candidates, candidate => candidate.AssetClass == AssetClass.Forex
                && (candidate.Base, candidate.Profit) is var (from, to) && (from == currency || to == currency) && (from == "USD" || to == "USD"));
            if (!mayLackRates && currency != "USD" && pair is not null && !chosen.Contains(pair))
            {
                chosen.Add(pair);
            }
        }
        chosen.ForEach(AddInstrument);
    }

    private void AddInstrument(Candidate candidate)
    {
        _markets.Add(candidate);
        _prices.Add(candidate.Price);
        _isLate.Add(Has(Features.LateQuotes) && _random.Chance(0.3));
        Send(Definition(candidate));
    }

    private RegisterInstrument Definition(Candidate candidate) => new()
    {
        Symbol = Symbol.From(candidate.Symbol),
        BaseCurrency = CurrencyCode.From(candidate.Base),
        ProfitCurrency = CurrencyCode.From(candidate.Profit),
        ContractSize = Fixed8.Parse(candidate.ContractSize),
        MinLot = Fixed8.Parse(candidate.MinLot),
        MaxLot = Fixed8.Parse("1000"),
        LotStep = Fixed8.Parse(candidate.LotStep),
        MarginFactor = Fixed8.Parse(_random.OneOf("1", "2", "0.5", "1.33")),
        SwapLong = Fixed8.Parse(_random.OneOf("0", "-1.5", "2", "-7.123")),
        SwapShort = Fixed8.Parse(_random.OneOf("0", "-3", "0.4", "1.5")),
        StopsLevelPoints = _random.OneOf(0, 0, 5),
        JumpLimit = Has(Features.JumpLimits) ? _random.OneOf(0, 100, 300) : 0,
        StaleAfterSeconds = Has(Features.StaleLimits) ? _random.OneOf(0, 60, 300) : 0,
        MaxLeverage = _random.OneOf(0, 0, 0, 0, 0, 20, 400),
        Digits = candidate.Digits,
        AssetClass = candidate.AssetClass,
        Execution = Execution.Quote,
        SwapType = _random.OneOf(SwapType.Points, SwapType.PercentPerYear),
        TripleSwapDay = DayOfWeek.Wednesday,
        Sessions = Hours(),
    };

    private TradingSessions Hours()
    {
        var sessions = new TradingSessions();
        if (Has(Features.TradingHours) && _random.Chance(0.4))
        {
            sessions[0] = new TradingSession(0, 2 * 1_440);
            sessions[1] = new TradingSession(2 * 1_440 + 60, 5 * 1_440 - 120);
        }
        return sessions;
    }

    private void AddGroup(int number)
    {
        Send(new RegisterGroup
        {
            Name = GroupName.From($"Group{number}"),
            WarningLevel = _random.OneOf(500_000, 800_000, 1_000_000),
            LiquidationLevel = _random.OneOf(100_000, 200_000, 500_000),
            WarningIntervalSeconds = _random.OneOf(0, 30, 3_600),
            MaxLeverage = _random.OneOf(0, 0, 0, 0, 30),
            Liquidation = _random.OneOf(LiquidationRule.LargestLossFirst, LiquidationRule.All),
            MarginPrice = Has(Features.OpenMargin) ? _random.OneOf(MarginPrice.Current, MarginPrice.Open) : MarginPrice.Current,
            Conversion = Has(Features.ConversionModes)
                ? _random.OneOf(ConversionPrice.Ask, ConversionPrice.Mid, ConversionPrice.Conservative)
                : ConversionPrice.Ask,
            NegativeBalanceProtection = _random.Chance(0.7),
        });
        for (int symbol = 0; symbol < _markets.Count; symbol++)
        {
            if ((Has(Features.HalfSpreads) || Has(Features.Commissions)) && _random.Chance(0.6))
            {
                Send(GroupSettings(number, symbol));
            }
        }
    }

    private SetGroupInstrument GroupSettings(int group, int symbol)
    {
        CommissionBasis basis = _random.OneOf(CommissionBasis.PerLot, CommissionBasis.Percent);
        return new SetGroupInstrument
        {
            Group = group,
            Symbol = symbol,
            MinLot = _random.OneOf(1, 1, 3, 10) * Fixed8.Parse(_markets[symbol].LotStep),
            MaxLot = _random.OneOf(100_000, 5_000, 200, 10) * Fixed8.Parse(_markets[symbol].LotStep),
            Commission = !Has(Features.Commissions)
                ? 0
                : Fixed8.Parse(basis == CommissionBasis.PerLot ? _random.OneOf("0", "3.5", "7.777") : _random.OneOf("0", "0.003", "0.01")),
            HalfSpreadPoints = Has(Features.HalfSpreads) ? _random.OneOf(0, 1, 3, 10) : 0,
            CommissionBasis = basis,
            CommissionSide = _random.OneOf(CommissionSide.Entry, CommissionSide.Exit, CommissionSide.Both),
        };
    }

    private void AddAccounts(int groups)
    {
        int providers = _random.Between(2, 3);
        int followers = _random.Between(3, 9);
        int others = _random.Between(1, 3);
        List<UserType> types = [.. Enumerable.Repeat(UserType.StrategyProvider, providers), .. Enumerable.Repeat(UserType.CopyFollower, followers)];
        for (int i = 0; i < others; i++)
        {
            types.Insert(_random.Between(0, types.Count), _random.OneOf(UserType.Live, UserType.Demo));
        }
        for (int i = 0; i < followers / 2; i++)
        {
            int from = _random.Between(0, types.Count - 1);
            int to = _random.Between(0, types.Count - 1);
            (types[from], types[to]) = (types[to], types[from]);
        }
        for (int number = 1; number <= types.Count; number++)
        {
            AddAccount(types[number - 1], number, _random.Between(0, groups - 1));
        }
    }

    private void AddAccount(UserType type, int number, int group)
    {
        string currency = Has(Features.ForeignCurrencies) && _random.Chance(0.6) ? AnyCurrency() : "USD";
        int leverage = Has(Features.HighLeverage) ? _random.OneOf(100, 500, 1_000) : _random.OneOf(1, 30, 100, 200);
        string balance = _random.Chance(0.95) ? _random.OneOf("100", "1000", "10000", "25000", "100000") : "0";
        long deposit = Fixed8.Parse(currency == "JPY" ? balance + "00" : balance);
        bool isPartOfOpening = number % 2 == 1;
        Send(new OpenAccount
        {
            RequestId = NewId(),
            UserType = type,
            AccountNumber = number,
            Group = group,
            Currency = CurrencyCode.From(currency),
            Leverage = leverage,
            Deposit = isPartOfOpening ? deposit : 0,
        }, Key());
        if (deposit != 0 && !isPartOfOpening)
        {
            Send(new MoveFunds { Account = _model.Accounts.Count - 1, Amount = deposit });
        }
    }

    /// <summary>Mostly one that can be converted.</summary>
    private string AnyCurrency()
    {
        string currency = Has(Features.FineCurrencies) && _random.Chance(0.5)
            ? _random.OneOf("BTC", "ETH", "CAD", "AUD")
            : _random.OneOf("EUR", "JPY", "CHF", "GBP", "USDT");
        bool hasPair = currency == "USDT" || _markets.Exists(market => market.Base == currency || market.Profit == currency);
        return hasPair || _random.Chance(0.1) ? currency : "USD";
    }

    private void QuoteEverything()
    {
        for (int symbol = 0; symbol < _markets.Count; symbol++)
        {
            if (!_isLate[symbol])
            {
                SendQuote(symbol, 0);
            }
        }
    }

    private void LinkEverybody()
    {
        for (int provider = 0; provider < _model.Accounts.Count; provider++)
        {
            for (int follower = 0; follower < _model.Accounts.Count; follower++)
            {
                if (_model.Accounts[provider].IsProvider && _model.Accounts[follower].IsFollower && _random.Chance(0.6))
                {
                    Send(new Follow { Provider = provider, Follower = follower, Settings = Settings() });
                }
            }
        }
    }

    private CopySettings Settings()
    {
        CopySettings settings = CopySettings.Default;
        settings.Mode = _random.OneOf(CopyMode.Proportional, CopyMode.Proportional, CopyMode.Multiplier, CopyMode.FixedLots, CopyMode.FixedAmount);
        settings.Ratio = Fixed8.Parse(_random.OneOf("1", "1", "0.333", "2", "0.01", "7.5"));
        settings.MinLotPolicy = _random.OneOf(MinLotPolicy.Skip, MinLotPolicy.Raise);
        settings.Reverse = _random.Chance(0.2);
        settings.CopyStops = _random.Chance(0.7);
        if (settings.Mode == CopyMode.FixedLots)
        {
            settings.Lots = Fixed8.Parse(_random.OneOf("0.1", "0.05", "0.017", "1", "0.001"));
        }
        if (settings.Mode == CopyMode.FixedAmount)
        {
            settings.Amount = Fixed8.Parse(_random.OneOf("100", "1000", "0.5", "25000"));
        }
        if (_random.Chance(0.25))
        {
            settings.MaxLots = Fixed8.Parse(_random.OneOf("0.5", "0.025", "0.001", "10"));
        }
        if (_random.Chance(0.25))
        {
            settings.MaxSlippage = Fixed8.Parse(_random.OneOf("0", "0.00002", "0.5"));
        }
        return settings;
    }
}
