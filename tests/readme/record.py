#!/usr/bin/env python3
"""Records the part of an index that the transcripts of README.md and `docs/*.md` request, into `recorded/`.

    cargo build
    python3 tests/readme/record.py target/debug/wheelbase
    WHEELBASE_UPDATE_README=1 cargo test -p wheelbase-cli --test main -- readme

Reads the commands from the documents, serves the default index on the loopback interface, and keeps what was requested:

* `simple/`: of each page all files of the selected releases, because messages contain their number. Of the newest
  release and of releases with requested metadata, the files for Linux on x86_64. Hashes and sizes are the real ones. If
  the page has no sizes, those of the selected files are requested one by one. Files uploaded after DAY are dropped.
* `files/`: of metadata the headers that a resolution reads. Of sdists the names of the members in their order, with the
  content of those that contain dependencies.
* `facts/`: what the command read from each selected wheel (`WheelFacts::to_bytes`, compressed with gzip). The wheels
  have some hundred megabytes, so they are not kept. The test provides the facts by the hash of the file, as a cache does.
* `imports/`: the same for imports (`Imports::to_bytes`), for wheels with a failure.

The server and the reading of pages are those of `tests/resolve/recorded/record.py`.
"""

import concurrent.futures
import contextlib
import gzip
import hashlib
import http.server
import io
import json
import pathlib
import re
import shlex
import shutil
import struct
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
import urllib.error

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE.parent / "resolve" / "recorded"))
import record  # noqa: E402

DAY = "2026-11-21"
record.CUT = DAY + "T23:59:59"
# The members of an sdist that are read, for dependencies and the build backend.
TEXTS = r"[^/]+/(PKG-INFO|pyproject\.toml|([^/]+/)*[^/]+\.egg-info/requires\.txt)"
LARGEST_TEXT = 32 << 10
# Wheels that fit no target of the transcripts.
FOREIGN = r"win|macosx|ios_|android|emscripten|pyodide|aarch64|armv|i686|ppc64|s390x|riscv|loongarch|-pp[0-9]|-graalpy|-cp3[6-9]m?-cp3|-cp27"


def commands():
    """The command lines of the transcripts: indented blocks that start with `$ `."""
    found, line = [], None
    documents = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    for text in (text for document in documents for text in document.read_text().splitlines()):
        text = text.strip()
        if text.startswith("$ wheelbase "):
            line = ""
            text = text.removeprefix("$ wheelbase ")
        if line is not None:
            line += text.removesuffix("\\")
            if not text.endswith("\\"):
                found.append(shlex.split(line))
                line = None
    return found


def sdist_of_names(filename, body):
    """The same archive with empty members, except for the few that are read."""
    out = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(body)) as archive, gzip.GzipFile(fileobj=out, mode="wb", mtime=0) as packed:
        with tarfile.open(fileobj=packed, mode="w") as small:
            for member in archive:
                if not member.isfile():
                    continue
                content = b""
                if re.fullmatch(TEXTS, member.name):
                    content = archive.extractfile(member).read()
                    if member.name.endswith("PKG-INFO"):
                        content = record.headers_only(content)
                    if len(content) > LARGEST_TEXT:
                        content = b""
                info = tarfile.TarInfo(member.name)
                info.size = len(content)
                small.addfile(info, io.BytesIO(content))
    return out.getvalue()


plain_get = record.get
few = threading.Semaphore(8)


def patient_get(url, **headers):
    """The same, with some patience: so many requests at once make name servers fail."""
    for wait in (1, 3, 9, None):
        try:
            with few:
                return plain_get(url, **headers)
        except urllib.error.HTTPError:
            raise
        except (urllib.error.URLError, OSError):
            if wait is None:
                raise
            time.sleep(wait)


def length(filename):
    """The size of a file as its server reports it, because pages of some mirrors have no sizes."""
    for wait in (1, 3, 9, None):
        try:
            with few:
                return record.Remote(record.origins[filename]).size
        except (urllib.error.URLError, OSError):
            if wait is None:
                raise
            time.sleep(wait)


class Handler(record.Handler):
    """Wheels are fetched where they are; all else is kept."""

    def do_GET(self):
        if self.path.endswith(".whl"):
            self.send_response(302)
            self.send_header("Location", record.origins[self.path.rsplit("/", 1)[-1]])
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        # The command hangs up once it has seen enough of an sdist.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            super().do_GET()

    do_HEAD = do_GET


def facts_in(cache, kind, sha256):
    """None, or the body of the cache's entry (its header is described in `src/edge/cache.rs`)."""
    name = hashlib.sha256()
    for part in (b"fact", sha256.encode()):
        name.update(len(part).to_bytes(8, "little") + part)
    name = name.hexdigest()[:40]
    path = pathlib.Path(cache, "facts-1", kind, name[:2], name[2:])
    if not path.exists():
        return None
    entry = path.read_bytes()
    meta, body = struct.unpack_from("<IQ", entry, 24)
    return entry[40 + meta:40 + meta + body]


def run(command, arguments, index, cache):
    more = ["--index-url", index, "--as-of", DAY, "--config-env", "none", "--cache-dir", cache, "--format", "json"]
    answer = subprocess.run([command, *arguments, *more], cwd=ROOT, capture_output=True, text=True)
    if not answer.stdout:
        raise SystemExit(f"{arguments}: {answer.stderr}")
    return json.loads(answer.stdout)


def number(version):
    return [int(digits) for digits in re.findall(r"[0-9]+", version)]


def main(command):
    command = str(pathlib.Path(command).resolve())
    record.small_sdist, record.get = sdist_of_names, patient_get
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    index = f"http://127.0.0.1:{server.server_port}/simple/"
    taken, chosen, facts, imports = {}, set(), {}, {}
    with tempfile.TemporaryDirectory() as cache:
        for arguments in commands():
            report = run(command, arguments, index, cache)
            print(*arguments, *(result["outcome"] for result in report["results"]), file=sys.stderr)
            for row in (row for result in report["results"] for row in result["distributions"]):
                taken.setdefault(row["project"], set()).add(row["version"])
                chosen.add(row["file"])
                if row["kind"] == "wheel" and "--inspect" in arguments:
                    facts[row["file"]] = facts_in(cache, "wheel-facts", row["sha256"])
                    imports[row["file"]] = facts_in(cache, "wheel-imports", row["sha256"])
    unsized = [
        file for whole in record.pages.values() for file in whole["files"]
        if file["filename"] in chosen and not file.get("size")]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        for file, size in zip(unsized, pool.map(length, [file["filename"] for file in unsized])):
            file["size"] = size
    folder = HERE / "recorded"
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("files", "facts", "imports"):
        (folder / name).mkdir(parents=True)
    for name, whole in sorted(record.pages.items()):
        versions = sorted({record.version_of(file["filename"]) for file in whole["files"]}, key=number)
        finals = [version for version in versions if re.fullmatch(r"[0-9.]+(\.post[0-9]+)?", version)]
        requested = {record.version_of(file["filename"]) for file in whole["files"] if file["filename"] in record.wanted}
        requested |= set(finals[-1:])

        def is_kept(filename):
            version = record.version_of(filename)
            return version in taken.get(name, ()) or version in requested and not re.search(FOREIGN, filename)

        lines = ",\n".join(
            json.dumps(file, separators=(",", ":")) for file in whole["files"] if is_kept(file["filename"]))
        (folder / "simple" / name).mkdir(parents=True)
        text = f'{{"meta":{{"api-version":"1.1"}},"name":"{name}","files":[\n{lines}\n]}}\n'
        (folder / "simple" / name / "index.json").write_text(text)
    for name, body in record.bodies.items():
        (folder / "files" / name).write_bytes(body)
    for name, body in facts.items():
        (folder / "facts" / f"{name}.gz").write_bytes(gzip.compress(body, mtime=0))
    for name, body in imports.items():
        if body is not None:
            (folder / "imports" / f"{name}.gz").write_bytes(gzip.compress(body, mtime=0))


if __name__ == "__main__":
    main(sys.argv[1])
