#!/usr/bin/env python3
"""Records what the command asks of an index for the cases in cases.json, trimmed, into this folder.

    cargo build && python3 tests/resolve/recorded/record.py target/debug/wheelbase

Serves the default index on the loopback interface, lets the command run each case as pip and as uv against it, and
keeps what was asked for: of each page the releases whose metadata was wanted, that were taken or stand next to them
(whole, so that reasons keep their numbers), of metadata the headers, of sdists PKG-INFO alone. Times after the cut of
the cases are dropped with their files. Run again whenever cases.json changes.
"""

import hashlib
import http.server
import io
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
import urllib.request

HERE = pathlib.Path(__file__).parent
INDEX = "https://pypi.org/simple/"
CASES = json.loads((HERE / "cases.json").read_text())
CUT = CASES["cut"]
NEIGHBOURS = 1

pages, origins, wanted, bodies = {}, {}, set(), {}
lock = threading.Lock()


def get(url):
    request = urllib.request.Request(url, headers={"Accept": "application/vnd.pypi.simple.v1+json"})
    with urllib.request.urlopen(request, timeout=120) as answer:
        return answer.read()


def page(name):
    with lock:
        if name in pages:
            return pages[name]
    whole = json.loads(get(f"{INDEX}{name}/"))
    files = []
    for file in whole["files"]:
        if file.get("upload-time", "9") >= CUT:
            continue
        origins[file["filename"]] = file["url"]
        kept = {"filename": file["filename"], "url": f"../../files/{file['filename']}", "hashes": file["hashes"]}
        for key in ("requires-python", "upload-time", "yanked", "size"):
            if file.get(key):
                kept[key] = file[key]
        if file.get("core-metadata") or file.get("data-dist-info-metadata"):
            kept["core-metadata"] = True
        files.append(kept)
    with lock:
        pages[name] = {"meta": {"api-version": "1.1"}, "name": name, "files": files}
        return pages[name]


def headers_only(body):
    return body.split(b"\n\n", 1)[0] + b"\n"


def small_sdist(filename, body):
    """The same archive with nothing but its PKG-INFO, or its pyproject.toml where that alone tells."""
    found = {}
    with tarfile.open(fileobj=io.BytesIO(body)) as archive:
        for member in archive:
            if re.fullmatch(r"[^/]+/(PKG-INFO|pyproject\.toml)", member.name):
                found[member.name] = archive.extractfile(member).read()
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, content in found.items():
            if name.endswith("PKG-INFO"):
                content = headers_only(content)
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        try:
            kind, body = self.body()
            self.send_response(200)
        except urllib.error.HTTPError as error:
            kind, body = "text/plain", b""
            self.send_response(error.code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def body(self):
        parts = self.path.strip("/").split("/")
        if parts[0] == "simple":
            return "application/vnd.pypi.simple.v1+json", json.dumps(page(parts[1])).encode()
        name = parts[-1]
        with lock:
            if name in bodies:
                return "application/octet-stream", bodies[name]
        if name.endswith(".metadata"):
            body = headers_only(get(origins[name.removesuffix(".metadata")] + ".metadata"))
        elif name.endswith(".tar.gz"):
            body = small_sdist(name, get(origins[name]))
        else:
            raise urllib.error.HTTPError(self.path, 404, "not recorded", None, None)
        with lock:
            bodies[name] = body
            wanted.add(name.removesuffix(".metadata"))
        return "application/octet-stream", body

    def log_message(self, *args):
        pass


def version_of(filename):
    stem = re.sub(r"\.(tar\.gz|zip|whl)$", "", filename)
    return stem.split("-")[1] if filename.endswith(".whl") else stem.rsplit("-", 1)[-1]


def main(command):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    index = f"http://127.0.0.1:{server.server_port}/simple/"
    taken = {}
    for case in CASES["cases"]:
        platform = case["platform"]
        for installer in ("pip", "uv"):
            with tempfile.TemporaryDirectory() as folder:
                lines = pathlib.Path(folder) / "requirements.txt"
                lines.write_text("\n".join(case["requirement_lines"]) + "\n")
                run = subprocess.run(
                    [command, "check", "-r", lines, "--format", "json", "--no-cache", "--config-env", "none",
                     "--on", f"{platform['libc']}:{platform['libc_version']}", "--arch", platform["machine"],
                     "--python", case["python"], "--installer", installer, "--index-url", index],
                    capture_output=True, text=True)
            report = json.loads(run.stdout)
            for row in report["results"][0]["distributions"]:
                taken.setdefault(row["project"], set()).add(row["version"])
            print(case["id"], installer, report["results"][0]["outcome"], file=sys.stderr)
    pins = {}
    for case in CASES["cases"]:
        for line in case["requirement_lines"]:
            if "==" in line:
                name, version = line.split("==")
                pins.setdefault(re.sub(r"[-_.]+", "-", name).lower(), set()).add(version)
    for folder in ("simple", "files"):
        shutil.rmtree(HERE / folder, ignore_errors=True)
    (HERE / "files").mkdir()
    for name, whole in sorted(pages.items()):
        order = []
        for file in whole["files"]:
            version = version_of(file["filename"])
            if version not in order:
                order.append(version)
        keep = {version_of(file) for file in wanted if any(known["filename"] == file for known in whole["files"])}
        keep |= {version for version in taken.get(name, ()) if version} | pins.get(name, set())
        for position, version in enumerate(order):
            if version in taken.get(name, ()):
                keep |= set(order[max(0, position - NEIGHBOURS):position + NEIGHBOURS + 1])
        files = [file for file in whole["files"] if version_of(file["filename"]) in keep]
        for file in files:
            # A trimmed archive has another hash.
            if file["filename"] in bodies:
                file["hashes"] = {"sha256": hashlib.sha256(bodies[file["filename"]]).hexdigest()}
                file.pop("size", None)
        (HERE / "simple" / name).mkdir(parents=True)
        lines = ",\n".join(json.dumps(file, separators=(",", ":")) for file in files)
        text = f'{{"meta":{{"api-version":"1.1"}},"name":"{name}","files":[\n{lines}\n]}}\n'
        (HERE / "simple" / name / "index.json").write_text(text)
    for name, body in bodies.items():
        (HERE / "files" / name).write_bytes(body)


main(sys.argv[1])
