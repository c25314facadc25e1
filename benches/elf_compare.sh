#!/bin/bash
# Compares the CPU seconds (user and system) of the inspector, of only inflating the same members, and of
# `auditwheel show`.
#
#     benches/elf_compare.sh DIRECTORY-OF-WHEELS [AUDITWHEEL]
#
# The second argument is the auditwheel program of the comparison (the recorded figures are of 6.8.2). Without it only the
# inflating is compared.
set -eu
folder=$1
auditwheel=${2:-}
cargo bench --package wheelbase --bench elf --no-run 2> /dev/null
program=$(cargo bench --package wheelbase --bench elf --no-run --message-format=json 2> /dev/null |
    sed -n 's/.*"executable":"\([^"]*elf-[^"]*\)".*/\1/p' | tail -1)
TIMEFORMAT='%U %S %R'
cpu() { # name, command...
    local name=$1 times
    shift
    times=$({ time "$@" > /dev/null 2>&1; } 2>&1) || true
    echo "$times" | awk -v name="$name" '{printf "%-28s %8.2f CPU s %8.2f wall s\n", name, $1 + $2, $3}'
}
WHEELBASE_MEMBERS=$(mktemp)
export WHEELBASE_MEMBERS
trap 'rm -f "$WHEELBASE_MEMBERS"' EXIT
WHEELBASE_BENCH=list WHEELBASE_WHEELS="$folder" "$program" > "$WHEELBASE_MEMBERS"
for round in 1 2 3; do
    for mode in facts inspect inspect-2 libdeflate zlib-rs; do
        cpu "$mode ($round)" env WHEELBASE_BENCH=$mode WHEELBASE_WHEELS="$folder" "$program"
    done
done
if [ -n "$auditwheel" ]; then
    all() { for wheel in "$folder"/*.whl; do "$auditwheel" show --ldpaths '' "$wheel" || true; done; }
    cpu auditwheel all
fi
