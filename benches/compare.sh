#!/bin/bash
# Compares `wheelbase check` with `uv pip compile` on this machine: the same sets, alternating runs, medians and ratios.
#
#   benches/compare.sh [REPETITIONS] [SET...]        REPETITIONS is 5 by default; SET is a part of a name in benches/data
#
# $WHEELBASE is the path of a command that is already built.
#
# cold     both with empty caches; wheelbase for two targets, uv for one
# warm     both with full caches; both revalidate old pages, wheelbase after an hour
# offline  both with full caches and no network; wheelbase for one and for eight targets
#
# uv gets an interpreter as an option, because its search takes seconds if pyenv's shims are on the path. uv is installed
# from PyPI into a virtual environment in target/. The numbers depend on the machine and the network, so only the ratio
# of alternating runs is meaningful.
set -euo pipefail
cd "$(dirname "$0")/.."

repetitions=${1:-5}
shift || true
wanted=("$@")
uv_version=0.13.8
work=target/compare
mkdir -p "$work"
unset PIP_FIND_LINKS PIP_INDEX_URL PIP_EXTRA_INDEX_URL UV_INDEX_URL UV_DEFAULT_INDEX UV_INDEX

if [ ! -x "$work/venv/bin/uv" ]; then
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" install --quiet "uv==$uv_version"
fi
uv=$work/venv/bin/uv
ours=${WHEELBASE:-}
if [ -z "$ours" ]; then
    cargo build --release --quiet --package wheelbase-cli
    ours=${CARGO_TARGET_DIR:-target}/release/wheelbase
fi

# seconds_and_memory OUT COMMAND...: appends "seconds kilobytes" of a run to OUT; a failing command ends the script.
measure() {
    python3 - "$@" <<'PYTHON'
import os, resource, subprocess, sys, time
out, command = sys.argv[1], sys.argv[2:]
start = time.perf_counter()
run = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
seconds = time.perf_counter() - start
# Status 1 is a verdict, not a failure of the command.
if run.returncode not in (0, 1):
    sys.exit(f"{command}: status {run.returncode}\n{run.stderr.decode()}")
memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
with open(out, "a") as file:
    print(f"{seconds:.4f} {memory}", file=file)
PYTHON
}

median() { sort -n "$1" | awk '{ line[NR] = $1 } END { print (NR % 2) ? line[(NR + 1) / 2] : (line[NR / 2] + line[NR / 2 + 1]) / 2 }'; }
peak() { awk '$2 > most { most = $2 } END { printf "%.0f", most / 1024 }' "$1"; }
two=(--on glibc:2.36 --on musl:1.2)
eight=(--on glibc:2.17 --on glibc:2.28 --on glibc:2.36 --on musl:1.2 --arch amd64,arm64)

ours() { local out=$1 set=$2 cache=$3; shift 3; measure "$out" "$ours" check -r "$set" --python 3.12 --cache-dir "$cache" --quiet "$@"; }
theirs() {
    local out=$1 set=$2 cache=$3
    shift 3
    measure "$out" "$uv" pip compile "$set" --python-version 3.12 --python-platform x86_64-manylinux_2_36 \
        --python "$work/venv/bin/python" --no-python-downloads --cache-dir "$cache" --no-header --quiet -o "$work/compiled.txt" --upgrade "$@"
}

row() { # NAME OURS THEIRS
    local a b
    a=$(median "$2")
    b=$(median "$3")
    awk -v name="$1" -v a="$a" -v b="$b" -v ma="$(peak "$2")" -v mb="$(peak "$3")" \
        'BEGIN { printf "%-34s %9.3f s %9.3f s   x %-6.2f %5d MB %5d MB\n", name, a, b, a / b, ma, mb }'
}

printf '%-34s %11s %11s   %-8s %8s %8s\n' "set, run" wheelbase "uv $uv_version" ratio "peak" "peak uv"
for set in $(ls benches/data/[0-9]*.txt | sort -V); do
    name=$(basename "$set" .txt)
    if [ ${#wanted[@]} -gt 0 ]; then
        found=
        for part in "${wanted[@]}"; do [[ $name == *$part* ]] && found=1; done
        [ -n "$found" ] || continue
    fi
    rm -rf "$work/runs"
    mkdir -p "$work/runs"
    r=$work/runs
    for _ in $(seq "$repetitions"); do
        rm -rf "$work/a" "$work/b"
        ours "$r/cold-a" "$set" "$work/a" "${two[@]}"
        theirs "$r/cold-b" "$set" "$work/b"
    done
    # The eight targets of the offline run use more pages and metadata than the two.
    measure /dev/null "$ours" check -r "$set" --python 3.12 --cache-dir "$work/a" --quiet "${eight[@]}"
    for _ in $(seq "$repetitions"); do
        ours "$r/warm-a" "$set" "$work/a" --on glibc:2.36 --max-age 1h
        theirs "$r/warm-b" "$set" "$work/b"
        ours "$r/offline-a" "$set" "$work/a" --on glibc:2.36 --offline
        theirs "$r/offline-b" "$set" "$work/b" --offline
        ours "$r/eight-a" "$set" "$work/a" "${eight[@]}" --offline
    done
    row "$name, cold (2 targets : 1)" "$r/cold-a" "$r/cold-b"
    row "$name, warm" "$r/warm-a" "$r/warm-b"
    row "$name, offline" "$r/offline-a" "$r/offline-b"
    row "$name, offline (8 targets : 1)" "$r/eight-a" "$r/offline-b"
done

rm -f "$work/tags"
for _ in $(seq $((repetitions * 4))); do measure "$work/tags" "$ours" tags --on python:3.12-slim; done
printf 'tags, whole process: %.1f ms\n' "$(awk -v s="$(median "$work/tags")" 'BEGIN { print s * 1000 }')"
