using CopyEngine.Protocol.Client;
using Xunit;

namespace CopyEngine.Tests.Protocol;

public class ApiKeyTests
{
    [Fact]
    public void A_key_file_is_read_and_its_secret_is_never_shown()
    {
        var key = Read($$"""{"keyId":"provider-1","secret":"{{new string('0', 64)}}","role":"provider","accounts":[]}""");
        Assert.Equal("provider-1", key.KeyId);
        Assert.Equal("provider-1", key.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"keyId":"a","secret":"12"}""")]
    [InlineData("""{"keyId":"a","secret":null}""")]
    [InlineData("""{"keyId":7,"secret":"12"}""")]
    public void What_is_no_key_file_is_refused_by_its_path(string text)
    {
        var error = Assert.Throws<FormatException>(() => Read(text));
        Assert.Contains(".json is not a key file", error.Message, StringComparison.Ordinal);
    }

    private static ApiKey Read(string text)
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.json");
        try
        {
            File.WriteAllText(path, text);
            return ApiKey.ReadFile(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
