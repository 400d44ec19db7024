using System.CommandLine;
using System.Globalization;
using CopyEngine.Host.Gateway.Keys;

namespace CopyEngine.Host.CommandLine;

/// <summary><c>keys create | list | revoke</c>. A running engine takes up what they change within a second.</summary>
internal static class KeysCommand
{
    private static readonly Option<string> Data = new("--data")
    {
        Description = "The engine's data directory. [default: ./data]",
        HelpName = "DIR",
        Recursive = true,
    };

    private static readonly Option<string> Role = new("--role")
    {
        Description = "provider, follower, feed, risk or broker.",
        HelpName = "ROLE",
        Required = true,
    };

    private static readonly Option<string> Accounts = new("--accounts")
    {
        Description = "Accounts of a provider or follower key, separated by commas; copy_follower:1..100 is a range.",
        HelpName = "A,B",
    };

    private static readonly Option<string> Out = new("--out")
    {
        Description = "New file for the key and its secret, readable by its owner only. The secret is shown nowhere else.",
        HelpName = "FILE",
        Required = true,
    };

    private static readonly Argument<string> KeyId = new("ID") { Description = "The key's id, as keys list shows it." };

    public static Command Create()
    {
        var create = new Command("create", "Make a key.") { Role, Accounts, Out };
        create.SetAction(parsed => Guarded(() => CreateKey(parsed)));
        var list = new Command("list", "Show all keys, without secrets.");
        list.SetAction(parsed => Guarded(() => ListKeys(parsed)));
        var revoke = new Command("revoke", "Take a key out of use for ever; its sessions are dropped.") { KeyId };
        revoke.SetAction(parsed => Guarded(() => RevokeKey(parsed)));
        return new Command("keys", "Keys with which programs log in to the order gateway.") { Data, create, list, revoke };
    }

    private static void CreateKey(ParseResult parsed)
    {
        string name = parsed.GetRequiredValue(Role);
        if (!KeyRoles.TryParse(name, out KeyRole role))
        {
            throw HostException.WrongUsage($"--role: '{name}' is not provider, follower, feed, risk or broker");
        }
        string[] accounts = parsed.GetValue(Accounts)?.Split(',', StringSplitOptions.TrimEntries) ?? [];
        string file = parsed.GetRequiredValue(Out);
        string keyId = Store(parsed).Create(role, accounts, file);
        parsed.InvocationConfiguration.Output.WriteLine($"{keyId} written to {file}; keep it, the secret is shown nowhere else");
    }

    private static void ListKeys(ParseResult parsed)
    {
        TextWriter output = parsed.InvocationConfiguration.Output;
        output.WriteLine($"{"ID",-16} {"ROLE",-9} {"CREATED",-20} {"REVOKED",-20} ACCOUNTS");
        foreach (KeyListing key in Store(parsed).List())
        {
            output.WriteLine(
                $"{key.KeyId,-16} {KeyRoles.NameOf(key.Role),-9} {Text(key.CreatedAt),-20} {Text(key.RevokedAt),-20} {string.Join(',', key.Accounts)}");
        }
    }

    private static void RevokeKey(ParseResult parsed)
    {
        string keyId = parsed.GetRequiredValue(KeyId);
        if (!Store(parsed).Revoke(keyId))
        {
            throw HostException.WrongUsage($"there is no key '{keyId}' in use; see keys list");
        }
        parsed.InvocationConfiguration.Output.WriteLine($"{keyId} revoked");
    }

    private static ApiKeyStore Store(ParseResult parsed) => ApiKeyStore.Open(parsed.GetValue(Data) ?? "./data");

    private static string Text(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "-";

    private static int Guarded(Action action)
    {
        try
        {
            action();
            return ExitCode.Clean;
        }
        catch (KeyStoreException fault)
        {
            throw KeyFault.ToHost(fault);
        }
    }
}
