using CopyEngine.Storage;
using CopyEngine.Tests.Architecture;
using CopyEngine.Tests.Host;
using Xunit;

namespace CopyEngine.Tests.Storage;

/// <summary>Real files: what was asked for happens, and what fails says so with the file and the reason.</summary>
public sealed class DirectoryStorageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DirectoryStorage _storage;

    public DirectoryStorageTests() => _storage = new DirectoryStorage(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_new_file_is_zero_from_end_to_end()
    {
        using IStorageFile file = _storage.Create("new", 3_000_000);
        byte[] bytes = new byte[3_000_001];
        bytes.AsSpan().Fill(7);
        Assert.Equal((3_000_000L, 3_000_000), (file.Length, file.Read(0, bytes)));
        Assert.Equal(-1, bytes.AsSpan(0, 3_000_000).IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public void What_was_written_is_read_where_it_was_written()
    {
        using (IStorageFile file = _storage.Create("file", 100))
        {
            file.Write(90, "twenty bytes of text"u8);
            file.Sync();
            Assert.Equal(110, file.Length);
            file.SetLength(95);
        }
        using IStorageFile again = _storage.Open("file", isWritable: false);
        byte[] bytes = new byte[10];
        Assert.Equal(5, again.Read(90, bytes));
        Assert.Equal("twent"u8, bytes.AsSpan(0, 5));
        Assert.Equal(0, again.Read(95, bytes));
    }

    [Fact]
    public void Names_are_listed_changed_and_deleted()
    {
        foreach (string name in (string[])["b", "a", "C"])
        {
            _storage.Create(name, 0).Dispose();
        }
        _storage.Rename("a", "b");
        _storage.SyncDirectory();
        Assert.Equal(["C", "b"], _storage.List());
        Assert.Equal((false, true), (_storage.Exists("a"), _storage.Exists("b")));
        _storage.Delete("C");
        Assert.Equal(["b"], _storage.List());
    }

    [Fact]
    public void A_failure_names_what_was_done_the_file_and_the_reason()
    {
        Assert.Matches($"^cannot open {_folder.PathOf("none")}: .* \\(ENOENT\\)$", Fails(() => _storage.Open("none", isWritable: false)).Message);
        Assert.Matches($"^cannot delete {_folder.PathOf("none")}: .* \\(ENOENT\\)$", Fails(() => _storage.Delete("none")).Message);
        Assert.Matches("^cannot rename to other .*/none: .* \\(ENOENT\\)$", Fails(() => _storage.Rename("none", "other")).Message);
        _storage.Create("file", 10).Dispose();
        Assert.Contains("(EEXIST)", Fails(() => _storage.Create("file", 10)).Message, StringComparison.Ordinal);
        using IStorageFile file = _storage.Open("file", isWritable: false);
        Assert.Contains("(EBADF)", Fails(() => file.Write(0, [1])).Message, StringComparison.Ordinal);
        Assert.Contains("ENOENT", Fails(new DirectoryStorage(_folder.PathOf("nowhere")).SyncDirectory).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_does_not_fit_is_refused_before_it_is_written_and_leaves_nothing()
    {
        const long eightTerabytes = 8L << 40;
        StorageFullException full = Assert.Throws<StorageFullException>(() => _storage.Create("large", eightTerabytes));
        Assert.Contains("(ENOSPC)", full.Message, StringComparison.Ordinal);
        Assert.Empty(_storage.List());
    }

    [Fact]
    public void A_directory_is_made_with_those_above_it()
    {
        DirectoryStorage made = DirectoryStorage.Make(_folder.PathOf("one/two"));
        made.Create("file", 1).Dispose();
        Assert.True(File.Exists(_folder.PathOf("one/two/file")));
        Assert.Equal(["file"], DirectoryStorage.Make(_folder.PathOf("one/two")).List());
    }

    [Fact]
    public void Nothing_of_the_engine_is_written_in_unsafe_code() =>
        Assert.DoesNotContain(CheckoutFiles.Sources("Engine"), file => CheckoutFiles.CodeOf(file).Contains("unsafe", StringComparison.Ordinal));

    private static StorageException Fails(Action action) => Assert.ThrowsAny<StorageException>(action);

    private static StorageException Fails(Func<IDisposable> action) => Assert.ThrowsAny<StorageException>(() => { action().Dispose(); });
}
