"""The world of a run: steady providers with followers, gamblers whose cascades are in flight when the fault comes, two wide ones."""
import json

SYMBOLS = {"EURUSD": (5, 110_000), "GBPUSD": (5, 125_000), "USDJPY": (3, 150_000), "XAUUSD": (2, 200_000)}
"""Digits and starting bid in points."""

PROVIDERS = [f"strategy_provider:{n}" for n in range(1, 7)]
FOLLOWERS_EACH = 15
GAMBLERS = [f"strategy_provider:{n}" for n in range(1001, 1011)]
GAMBLER_FOLLOWERS_EACH = 10
WIDE_GAMBLER, WIDE_FOLLOWERS = "strategy_provider:1011", 100
STAKE = "2000.00"
PROVIDER_BALANCE, FOLLOWER_BALANCE = "1000000.00", "100000.00"


def followers_of(provider):
    """Numbers of the first and the last follower."""
    number = int(provider.split(":")[1])
    if provider == WIDE_GAMBLER:
        return 2001, 2000 + WIDE_FOLLOWERS
    first, each = (1, FOLLOWERS_EACH) if number < 1000 else (1001, GAMBLER_FOLLOWERS_EACH)
    place = (number - first) % 1000
    return first + place * each, first + place * each + each - 1


def build(extra_gambler_followers=None):
    """The world as the file has it. With extra_gambler_followers, one more gambler, strategy_provider:9001, with that many."""
    instruments = [
        dict(symbol="EURUSD", digits=5, contractSize=100000, baseCurrency="EUR", profitCurrency="USD", assetClass="forex"),
        dict(symbol="GBPUSD", digits=5, contractSize=100000, baseCurrency="GBP", profitCurrency="USD", assetClass="forex"),
        dict(symbol="USDJPY", digits=3, contractSize=100000, baseCurrency="USD", profitCurrency="JPY", assetClass="forex"),
        dict(symbol="XAUUSD", digits=2, contractSize=100, baseCurrency="XAU", profitCurrency="USD", assetClass="commodity")]
    group = dict(name="Standard", warningLevel=100, liquidationLevel=50, warningIntervalSeconds=1,
                 instruments={"EURUSD": dict(halfSpreadPoints=2, commissionPerLot="3.50")})
    accounts, links = [], []

    def add(provider, first, last, balance, follower_balance):
        accounts.append(_account(balance, account=provider))
        if last >= first:
            accounts.append(_account(follower_balance, accounts=f"copy_follower:{first}..{last}"))
            links.append(dict(provider=provider, followers=f"copy_follower:{first}..{last}", mode="proportional"))

    for provider in PROVIDERS:
        add(provider, *followers_of(provider), PROVIDER_BALANCE, FOLLOWER_BALANCE)
    for provider in [*GAMBLERS, WIDE_GAMBLER]:
        add(provider, *followers_of(provider), STAKE, STAKE)
    if extra_gambler_followers is not None:
        add("strategy_provider:9001", 100_001, 100_000 + extra_gambler_followers, STAKE, STAKE)
    return dict(instruments=instruments, groups=[group], accounts=accounts, links=links)


def _account(balance, **name):
    return dict(**name, group="Standard", currency="USD", leverage=100, balance=balance)


def write(path, world):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(world, file)


def account_names(world):
    """Every account of the world, in the order in which it is opened."""
    for entry in world["accounts"]:
        if "account" in entry:
            yield entry["account"]
        else:
            kind, numbers = entry["accounts"].split(":")
            first, last = numbers.split("..")
            for number in range(int(first), int(last) + 1):
                yield f"{kind}:{number}"


def deposits(world):
    """Sum of the opening balances in 10^-8 USD."""
    total = 0
    for entry in world["accounts"]:
        count = 1
        if "accounts" in entry:
            first, last = entry["accounts"].split(":")[1].split("..")
            count = int(last) - int(first) + 1
        total += count * round(float(entry["balance"]) * 100) * 1_000_000
    return total
