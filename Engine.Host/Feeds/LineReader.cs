using System.IO.Compression;

namespace CopyEngine.Host.Feeds;

/// <summary>
/// Lines of a text file, or of a gzip file recognized by its first bytes, as spans over one buffer: nothing is
/// allocated per line.
/// </summary>
internal sealed class LineReader : IDisposable
{
    /// <summary>Longest line. Recorded rows have some 50 bytes, scripted commands some 500.</summary>
    public const int MaxLineLength = 65_536;

    private readonly string _path;
    private readonly Stream _stream;
    private readonly byte[] _buffer = new byte[2 * MaxLineLength];
    private int _start;
    private int _end;
    private bool _isAtEnd;

    public LineReader(string path)
    {
        _path = path;
        try
        {
            _stream = Open(path);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw HostException.CannotRead(path, cause);
        }
    }

    /// <summary>Number of the last line read, from 1.</summary>
    public int Line { get; private set; }

    /// <summary>Takes the next line without its end; the span is valid until the next call.</summary>
    /// <exception cref="HostException">The file cannot be read, or the line is too long.</exception>
    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        int length = FindEnd();
        if (length < 0 && _start == _end)
        {
            line = default;
            return false;
        }
        bool hasEnd = length >= 0;
        length = hasEnd ? length : _end - _start;
        line = _buffer.AsSpan(_start, length);
        _start += length + (hasEnd ? 1 : 0);
        Line++;
        line = line.EndsWith("\r"u8) ? line[..^1] : line;
        line = Line == 1 && line.StartsWith("\uFEFF"u8) ? line[3..] : line;
        return true;
    }

    /// <summary>Stops the run with file, line and reason.</summary>
    public HostException Fault(string reason) => HostException.WrongUsage($"{_path}: line {Line}: {reason}");

    public void Dispose() => _stream.Dispose();

    private int FindEnd()
    {
        while (true)
        {
            int length = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (length >= 0 || _isAtEnd)
            {
                return length;
            }
            Fill();
        }
    }

    private void Fill()
    {
        if (_end - _start > MaxLineLength)
        {
            Line++;
            throw Fault($"longer than {MaxLineLength} bytes; is this a text file?");
        }
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        try
        {
            int read = _stream.Read(_buffer, _end, _buffer.Length - _end);
            _end += read;
            _isAtEnd = read == 0;
        }
        catch (Exception cause) when (cause is IOException or InvalidDataException)
        {
            throw new HostException(ExitCode.InputOutputFailed,
                $"{_path}: after line {Line}: cannot be read on: {cause.Message}; the file is damaged or incomplete, fetch it again", cause);
        }
    }

    private static Stream Open(string path)
    {
        FileStream file = File.OpenRead(path);
        Span<byte> mark = stackalloc byte[2];
        int read = file.ReadAtLeast(mark, 2, throwOnEndOfStream: false);
        file.Position = 0;
        return mark[..read] is [0x1f, 0x8b] ? new GZipStream(file, CompressionMode.Decompress) : file;
    }
}
