#!/usr/bin/env bash
# Installs redis-server if it is missing, builds, and starts the engine in demo mode. Options go to
# "Engine.Host serve --demo", e.g. ./run.sh --http 127.0.0.1:8080
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=scripts/tools.sh
source scripts/tools.sh

need_dotnet
install_packages redis-server || say "Without redis-server the engine still runs; the risk-desk keys are off."
build Engine.Host
exec dotnet Engine.Host/bin/Release/net10.0/CopyEngine.Host.dll serve --demo "$@"
