#!/usr/bin/env bash
set -euo pipefail
HERE="$(dirname "$0")"
install_base() {
  apt-get update
  apt-get install -y --no-install-recommends libgomp1 "$@"
}
install_base curl
if [ "${1:-}" = "--with-dev" ]; then
  pip install -r requirements/dev.txt
fi
python3 -m pip install \
  -r requirements.txt   # the rest
