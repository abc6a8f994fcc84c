#!/usr/bin/env bash
# Installs what the tests need and passes them all.
#
#   tests/run.sh         everything, the generated projects as a sample
#   tests/run.sh --all   everything, every document of the corpus scaffolded and compiled, and payloads at random
#
# Needs Rust, git and Python 3 with its venv module. AWS's Python client (boto3)
# and moto's server are installed into target/python from the package registry.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

for argument in "$@"; do
  case "$argument" in
    --all) export GATEWRIGHT_ALL=1 ;;
    *) echo "tests/run.sh: unknown argument $argument" >&2; exit 2 ;;
  esac
done

# The sample of generated projects is compiled too, in one target folder.
export GATEWRIGHT_COMPILE=1

step() { printf '\n== %s\n' "$*"; }

step "the schema of SARIF, as a published crate holds it"
sarif=target/sarif
mkdir -p "$sarif/src"
: > "$sarif/src/lib.rs"
printf '%s\n' '[package]' 'name = "sarif-schema"' 'version = "0.0.0"' 'edition = "2024"' '[dependencies]' \
  'serde-sarif = { version = "=0.8.0", default-features = false }' '[workspace]' > "$sarif/Cargo.toml"
(cd "$sarif" && cargo fetch -q)
GATEWRIGHT_SARIF_SCHEMA=$(cd "$sarif" && cargo metadata --format-version 1 -q |
  python3 -c 'import json, os, sys
packages = json.load(sys.stdin)["packages"]
manifest = next(p["manifest_path"] for p in packages if p["name"] == "serde-sarif")
print(os.path.join(os.path.dirname(manifest), "src", "schema.json"))')
export GATEWRIGHT_SARIF_SCHEMA

step "unit and integration tests"
cargo test --locked

step "outside clients: boto3, and moto's server"
python=target/python
if ! [ -x "$python/bin/python" ]; then
  python3 -m venv "$python" 2>/dev/null || {
    rm -rf "$python"
    # Debian keeps the venv module in a package of its own.
    if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
      apt-get update -q >/dev/null && apt-get install -qy python3-venv >/dev/null
    fi
    python3 -m venv "$python"
  }
fi
"$python/bin/python" -m pip install -q --disable-pip-version-check -r tests/wire/requirements.txt
"$python/bin/python" tests/wire/run.py --gatewright target/debug/gatewright

if [ -n "${GATEWRIGHT_ALL:-}" ]; then
  step "random payloads against a compiled handler"
  "$python/bin/python" tests/wire/payloads.py --gatewright target/debug/gatewright
fi
