# Shared by run.sh and test.sh. Everything here may run any number of times, as root or with sudo.

# No process may outlive a script: no build nodes, no compiler server.
export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false DOTNET_CLI_USE_MSBUILD_SERVER=0
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 TESTINGPLATFORM_TELEMETRY_OPTOUT=1

say() {
    echo "$(basename "$0"): $*" >&2
}

need_dotnet() {
    local place
    for place in "$HOME/.dotnet" /usr/share/dotnet /usr/lib/dotnet; do
        if ! command -v dotnet >/dev/null && [ -x "$place/dotnet" ]; then
            export PATH="$place:$PATH" DOTNET_ROOT="$place"
        fi
    done
    if ! command -v dotnet >/dev/null || ! dotnet --list-sdks | grep -q '^10\.'; then
        say "the .NET 10 SDK is missing; install it (https://dotnet.microsoft.com/download/dotnet/10.0) and start again"
        exit 69
    fi
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        say "not root, and there is no sudo: cannot run '$*'"
        return 1
    fi
}

is_installed() {
    dpkg-query --show --showformat='${Status}' "$1" 2>/dev/null | grep -q 'install ok installed'
}

# Installs Debian packages that are missing. Fails, and says which, when it could not.
install_packages() {
    local package missing=()
    for package in "$@"; do
        if [ "$package" = redis-server ] && command -v redis-server >/dev/null; then
            continue
        fi
        is_installed "$package" || missing+=("$package")
    done
    if [ ${#missing[@]} -eq 0 ]; then
        return 0
    fi
    if ! command -v apt-get >/dev/null; then
        say "could not install ${missing[*]}: there is no apt-get; install them by hand"
        return 1
    fi
    say "Installing ${missing[*]}"
    # A server that the package starts by itself would only be in the way: the engine starts its own.
    if ! { as_root apt-get update -q && as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -q -y --no-install-recommends "${missing[@]}"; } >&2; then
        say "could not install ${missing[*]} (see above); install them by hand"
        return 1
    fi
}

# Installs the npm packages of a folder, if it has any.
install_peer() {
    if [ ! -f "$1/package.json" ] || [ -d "$1/node_modules" ]; then
        return 0
    fi
    if ! command -v npm >/dev/null; then
        say "could not install the npm packages of $1: there is no npm"
        return 1
    fi
    if ! npm --prefix "$1" install --no-audit --no-fund --no-package-lock --loglevel=error >&2; then
        say "could not install the npm packages of $1 (see above)"
        return 1
    fi
}

build() {
    say "Building $1"
    dotnet build "$1" --configuration Release --verbosity quiet -consoleLoggerParameters:NoSummary >&2
}
