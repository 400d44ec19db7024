using CopyEngine.Commands;
using CopyEngine.Host.Redis.Connection;
using CopyEngine.Host.Redis.Mirror;

namespace CopyEngine.Host.Redis.Keys;

/// <summary>
/// How keys are written (interfaces, section 5): braces are literal and are the hash tags of a cluster. Each method
/// adds one whole argument to a command.
/// </summary>
internal static class Names
{
    public static CommandBatch AddConfigKey(this CommandBatch batch, in ProjectedAccount account) =>
        batch.Write("user:{"u8).WriteAccount(in account).Write("}:config"u8).End();

    public static CommandBatch AddPortfolioKey(this CommandBatch batch, in ProjectedAccount account) =>
        batch.Write("user_portfolio:{"u8).WriteAccount(in account).Write("}"u8).End();

    public static CommandBatch AddOrdersIndexKey(this CommandBatch batch, in ProjectedAccount account) =>
        batch.Write("user_orders_index:{"u8).WriteAccount(in account).Write("}"u8).End();

    public static CommandBatch AddHoldingsKey(this CommandBatch batch, in ProjectedAccount account, long orderId) =>
        batch.Write("user_holdings:{"u8).WriteAccount(in account).Write("}:"u8).Write(orderId).End();

    public static CommandBatch AddHoldersKey(this CommandBatch batch, ReadOnlySpan<byte> symbol, UserType userType) =>
        batch.Write("symbol_holders:"u8).Write(symbol).Write(":"u8).Write(Of(userType)).End();

    public static CommandBatch AddAccount(this CommandBatch batch, in ProjectedAccount account) => batch.WriteAccount(in account).End();

    public static CommandBatch AddOrderDataKey(this CommandBatch batch, long orderId) => batch.Write("order_data:"u8).Write(orderId).End();

    public static CommandBatch AddTriggersKey(this CommandBatch batch, long orderId) => batch.Write("order_triggers:"u8).Write(orderId).End();

    public static CommandBatch AddPendingKey(this CommandBatch batch, long orderId) => batch.Write("pending_orders:"u8).Write(orderId).End();

    public static CommandBatch AddStopLossIndexKey(this CommandBatch batch, ReadOnlySpan<byte> symbol, Side side) =>
        batch.Write("sl_index:{"u8).Write(symbol).Write("}:"u8).Write(Of(side)).End();

    public static CommandBatch AddTakeProfitIndexKey(this CommandBatch batch, ReadOnlySpan<byte> symbol, Side side) =>
        batch.Write("tp_index:{"u8).Write(symbol).Write("}:"u8).Write(Of(side)).End();

    public static CommandBatch AddPendingIndexKey(this CommandBatch batch, ReadOnlySpan<byte> symbol, PendingType type) =>
        batch.Write("pending_index:{"u8).Write(symbol).Write("}:"u8).Write(Of(type)).End();

    public static CommandBatch AddMarketKey(this CommandBatch batch, ReadOnlySpan<byte> symbol) =>
        batch.Write("market:"u8).Write(symbol).End();

    public static CommandBatch AddGroupKey(this CommandBatch batch, string group, ReadOnlySpan<byte> symbol) =>
        batch.Write("groups:{"u8).Write(group).Write("}:"u8).Write(symbol).End();

    public static CommandBatch AddFollowersKey(this CommandBatch batch, long provider) =>
        batch.Write("copy_master_followers:"u8).Write(provider).Write(":active"u8).End();

    public static CommandBatch AddMasterKey(this CommandBatch batch, long follower) =>
        batch.Write("copy_follower_master:"u8).Write(follower).Write(":provider_id"u8).End();

    public static CommandBatch AddAlertKey(this CommandBatch batch, in ProjectedAccount account) =>
        batch.Write("autocutoff:alert_sent:"u8).WriteAccount(in account).End();

    public static CommandBatch AddLiquidatingKey(this CommandBatch batch, in ProjectedAccount account) =>
        batch.Write("autocutoff:liquidating:"u8).WriteAccount(in account).End();

    public static CommandBatch AddAuditKey(this CommandBatch batch, long provider, long milliseconds) =>
        batch.Write("cascade_liquidation_audit:"u8).Write(provider).Write(":"u8).Write(milliseconds).End();

    public static ReadOnlySpan<byte> Of(UserType userType) => userType switch
    {
        UserType.Live => "live"u8,
        UserType.Demo => "demo"u8,
        UserType.StrategyProvider => "strategy_provider"u8,
        UserType.CopyFollower => "copy_follower"u8,
        _ => throw new InvalidOperationException($"user type {userType} has no name"),
    };

    public static ReadOnlySpan<byte> Of(Side side) => side == Side.Buy ? "BUY"u8 : "SELL"u8;

    public static ReadOnlySpan<byte> Of(PendingType type) => type switch
    {
        PendingType.BuyLimit => "BUY_LIMIT"u8,
        PendingType.SellLimit => "SELL_LIMIT"u8,
        PendingType.BuyStop => "BUY_STOP"u8,
        PendingType.SellStop => "SELL_STOP"u8,
        _ => throw new InvalidOperationException($"pending type {type} has no name"),
    };

    private static CommandBatch WriteAccount(this CommandBatch batch, in ProjectedAccount account) =>
        batch.Write(Of(account.UserType)).Write(":"u8).Write(account.Number);
}
