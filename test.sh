#!/usr/bin/env bash
# Installs what the tests need, builds, checks the formatting, runs every test. Options go to the test runner,
# e.g. ./test.sh --filter-class '*ReplayTests'
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=scripts/tools.sh
source scripts/tools.sh

need_dotnet
install_packages redis-server python3-msgpack python3-redis strace || say "Tests that need a missing package are skipped and say so."
install_peer Engine.Tests/Protocol/peer || say "Tests against the npm MessagePack peer are skipped."
build CopyEngine.sln
say "Checking the formatting"
dotnet format CopyEngine.sln --no-restore --verify-no-changes --verbosity quiet
say "Running the tests"
exec dotnet test --solution CopyEngine.sln --configuration Release --no-build --no-ansi --no-progress "$@"
