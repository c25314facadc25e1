#!/bin/bash
# Compares two builds of the command on this machine: the same runs, alternating, with the best CPU time of each.
#
#   benches/revisions.sh OLD NEW [WHEELS]        paths of two builds of `wheelbase`; WHEELS is a directory of wheels
#
# Each set of benches/data is checked once on two targets to fill a cache for each build, which requires the network, and
# then 25 times with --offline. `inspect WHEELS` runs 8 times. A ratio above 1 means that NEW is slower. CPU time is less
# affected than wall time by other processes, but the ratio is meaningful only on a machine without much other work.
#
# The benchmarks of `cargo bench` are compared by running them in a checkout of each revision.
set -euo pipefail
cd "$(dirname "$0")/.."
python3 - "$@" <<'PYTHON'
import glob, os, resource, subprocess, sys, tempfile

builds = {"old": os.path.abspath(sys.argv[1]), "new": os.path.abspath(sys.argv[2])}
wheels = sys.argv[3] if len(sys.argv) > 3 else None

with tempfile.TemporaryDirectory() as caches:

    def cpu(build, arguments, statuses):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        environment = dict(os.environ, WHEELBASE_CACHE_DIR=os.path.join(caches, build))
        run = subprocess.run([builds[build], *arguments], env=environment, capture_output=True)
        if run.returncode not in statuses:
            sys.exit(f"{build} {arguments}: status {run.returncode}\n{run.stderr.decode()}")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def compare(name, arguments, repetitions):
        best = {build: cpu(build, arguments, {0, 1}) for build in builds}
        for _ in range(repetitions - 1):
            for build in builds:
                best[build] = min(best[build], cpu(build, arguments, {0, 1}))
        print(f"{name}: {best['old']:.4f} s old, {best['new']:.4f} s new, ratio {best['new'] / best['old']:.2f}", flush=True)

    targets = ["--on", "python:3.12-slim", "--on", "python:3.12-alpine"]
    for path in sorted(glob.glob("benches/data/[0-9]*.txt")):
        check = ["check", "-r", path, *targets]
        for build in builds:
            cpu(build, check, {0, 1})
        compare(f"check --offline -r {path}", [*check, "--offline"], 25)
    if wheels:
        compare(f"inspect {wheels}", ["inspect", wheels], 8)
PYTHON
