using CopyEngine.Host.Redis;
using Xunit;

namespace CopyEngine.Tests.Redis;

/// <summary>The text of <c>--redis</c>.</summary>
public sealed class RedisOptionsTests
{
    [Theory]
    [InlineData("embedded", "embedded:7379")]
    [InlineData("embedded:0", "embedded:0")]
    [InlineData("off", "off")]
    [InlineData("10.0.0.7:6379", "10.0.0.7:6379")]
    [InlineData("[::1]:6379", "::1:6379")]
    [InlineData("redis.example:6380,password=a=b:c,ssl=true", "redis.example:6380,ssl=true")]
    public void Is_understood_and_shown_without_its_password(string text, string shown)
    {
        Assert.True(RedisOptions.TryParse(text, out RedisOptions? options, out string? error), error);
        Assert.Equal(shown, options.ToString());
    }

    [Fact]
    public void Carries_user_and_password_as_they_are_written()
    {
        Assert.True(RedisOptions.TryParse("h:1,user=engine,password=a=b:c", out RedisOptions? options, out _));
        Assert.Equal(("engine", "a=b:c", false), (options.User, options.Password, options.UseTls));
    }

    [Theory]
    [InlineData("")]
    [InlineData("localhost")]
    [InlineData("localhost:0")]
    [InlineData("localhost:65536")]
    [InlineData("localhost:-1")]
    [InlineData("embedded:x")]
    [InlineData(":6379")]
    [InlineData("off,ssl=true")]
    [InlineData("h:1,ssl=maybe")]
    [InlineData("h:1,password=")]
    [InlineData("h:1,database=3")]
    public void Is_refused_with_what_to_write_instead(string text)
    {
        Assert.False(RedisOptions.TryParse(text, out RedisOptions? options, out string? error));
        Assert.Null(options);
        Assert.Contains("--redis", error);
    }
}
