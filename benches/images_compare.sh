#!/bin/sh
# Reads one image with wheelbase and copies it with skopeo to a directory, alternately. Prints the ratio of the wall times
# and the peak memory of wheelbase, and fails above a ratio of 1.5 or 200 MB.
#
#   cargo build --release --package wheelbase-cli && benches/images_compare.sh [READER [DIRECTORY]]
#
# READER is a command that accepts a location and reads it; by default `wheelbase image --no-cache` of the release build.
# DIRECTORY is the output of tests/image/make_images.sh (target/images).
set -eu

reader=${1:-target/release/wheelbase image --no-cache}
folder=$(cd "${2:-target/images}" && pwd)
[ -e "$folder/complete-1" ] || { echo "run tests/image/make_images.sh $folder first" >&2; exit 2; }
runs=5
work=$(mktemp -d)
registry=
finish() { [ -z "$registry" ] || kill "$registry" 2>/dev/null || true; rm -rf "$work"; }
trap finish EXIT INT TERM

port=5057
printf 'version: 0.1\nlog: {level: error}\nstorage:\n  filesystem: {rootdirectory: %s}\nhttp:\n  addr: 127.0.0.1:%s\n' \
    "$work/data" "$port" >"$work/config.yml"
docker-registry serve "$work/config.yml" >/dev/null 2>&1 &
registry=$!
sleep 2
# Both verify every digest. skopeo writes the blobs unchanged, wheelbase unpacks and reads them.
skopeo copy --quiet --insecure-policy --dest-tls-verify=false "oci:$folder/lay:app" "docker://127.0.0.1:$port/test/app:1"

now() { date +%s%N; }
best() { # the shortest of several runs, in microseconds: the one least affected by other processes
    least=
    for _ in $(seq $runs); do
        rm -rf "$work/copy"
        start=$(now)
        "$@" >/dev/null 2>&1
        took=$((($(now) - start) / 1000))
        if [ -z "$least" ] || [ "$took" -lt "$least" ]; then least=$took; fi
    done
    echo "$least"
}

failed=0
printf '%-16s %12s %12s %7s %10s\n' source wheelbase skopeo ratio memory
compare() { # name, location for wheelbase, location for skopeo
    ours=$(best $reader "$2")
    theirs=$(best skopeo copy --quiet --insecure-policy --src-tls-verify=false "$3" "dir:$work/copy")
    memory=$(/usr/bin/time -f %M $reader "$2" 2>&1 >/dev/null | tail -n 1)
    ratio=$((ours * 100 / theirs))
    printf '%-16s %9d us %9d us %4d.%02d %7d KB\n' "$1" "$ours" "$theirs" $((ratio / 100)) $((ratio % 100)) "$memory"
    if [ "$ratio" -gt 150 ] || [ "$memory" -gt 204800 ]; then failed=1; fi
}
compare registry "docker://127.0.0.1:$port/test/app:1" "docker://127.0.0.1:$port/test/app:1"
compare oci-archive "oci-archive:$folder/app-oci.tar" "oci-archive:$folder/app-oci.tar"
compare docker-archive "docker-archive:$folder/app-docker.tar" "docker-archive:$folder/app-docker.tar"
compare oci-zstd "oci:$folder/layz:app" "oci:$folder/layz:app"
exit $failed
