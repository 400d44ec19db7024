#!/usr/bin/env bash
# Breaks a running engine in every way that this machine allows and judges what it remembers afterwards (docs/reliability.md), e.g.
#   scripts/faults.sh --cycles 50 --seed 1 --cases A1,A5 --report report.md
# Needs root for disks of its own. Builds the host first, unless --no-build comes before all other options.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/tools.sh
source scripts/tools.sh

need_dotnet
if [ "${1:-}" = --no-build ]; then
    shift
else
    install_packages python3-msgpack redis-server strace || say "Cases that need a missing package are skipped and say so."
    build Engine.Host
fi
exec /usr/bin/python3 scripts/faults --host Engine.Host/bin/Release/net10.0/CopyEngine.Host "$@"
