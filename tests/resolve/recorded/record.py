#!/usr/bin/env python3
"""Records what the command asks of an index for the cases in cases.json, trimmed, into this folder.

    cargo build && python3 tests/resolve/recorded/record.py target/debug/wheelbase

Serves the default index on the loopback interface, lets the command run each case as pip and as uv against it, and
keeps what was asked for: of each page the releases whose metadata was wanted, that were taken or stand next to them, and
the newest (whole, so that reasons keep their numbers), of metadata the headers, of sdists PKG-INFO alone. Times after the cut of
the cases are dropped with their files. Run again whenever cases.json changes.
"""

import hashlib
import html.parser
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
import urllib.error
import urllib.parse
import urllib.request
import zipfile

HERE = pathlib.Path(__file__).parent
INDEX = "https://pypi.org/simple/"
CASES = json.loads((HERE / "cases.json").read_text())
CUT = CASES["cut"]
NEIGHBOURS = 1

pages, origins, wanted, bodies = {}, {}, set(), {}
lock = threading.Lock()


def get(url, **headers):
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=120) as answer:
        return answer.read()


class Links(html.parser.HTMLParser):
    """A page of PEP 503, as the files of one of PEP 691."""

    def __init__(self, base):
        super().__init__()
        self.base, self.files, self.link = base, [], None

    def handle_starttag(self, tag, attributes):
        if tag == "a":
            self.link = dict(attributes)

    def handle_data(self, data):
        if self.link is None or not data.strip():
            return
        url, _, fragment = urllib.parse.urljoin(self.base, self.link["href"]).partition("#")
        file = {"filename": data.strip(), "url": url, "hashes": dict([fragment.split("=")] if fragment else [])}
        for key in ("requires-python", "upload-time", "yanked"):
            if self.link.get(f"data-{key}"):
                file[key] = self.link[f"data-{key}"]
        self.files.append(file)
        self.link = None


def files_of(name):
    """The files of a page, whichever of its two forms the index gives."""
    body = get(f"{INDEX}{name}/", Accept="application/vnd.pypi.simple.v1+json, text/html;q=0.5")
    if body.lstrip().startswith(b"{"):
        return json.loads(body)["files"]
    links = Links(f"{INDEX}{name}/")
    links.feed(body.decode())
    return links.files


class Remote(io.RawIOBase):
    """A file of which only the parts that are read are fetched."""

    def __init__(self, url):
        self.url, self.at, self.parts = url, 0, {}
        request = urllib.request.Request(url, method="HEAD")
        with urllib.request.urlopen(request, timeout=120) as answer:
            self.size = int(answer.headers["Content-Length"])

    def seekable(self):
        return True

    def readable(self):
        return True

    def tell(self):
        return self.at

    def seek(self, offset, whence=0):
        self.at = offset + (0, self.at, self.size)[whence]
        return self.at

    def read(self, count=-1):
        end = self.size if count < 0 else min(self.size, self.at + count)
        if self.at >= end:
            return b""
        body = get(self.url, Range=f"bytes={self.at}-{end - 1}")
        if len(body) != end - self.at:
            body = body[self.at:end]
        self.at = end
        return body


def metadata(filename):
    try:
        return get(origins[filename] + ".metadata")
    except urllib.error.HTTPError:
        with zipfile.ZipFile(Remote(origins[filename])) as archive:
            name = next(name for name in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", name))
            return archive.read(name)


def name_of(filename):
    stem = filename.split("-")[0] if filename.endswith(".whl") else re.split(r"-(?=[0-9v])", filename)[0]
    return re.sub(r"[-_.]+", "-", stem).lower()


def page(name):
    with lock:
        if name in pages:
            return pages[name]
    files = []
    for file in files_of(name):
        if file.get("upload-time", "9") >= CUT or name_of(file["filename"]) != name:
            continue
        origins[file["filename"]] = file["url"]
        kept = {"filename": file["filename"], "url": f"../../files/{file['filename']}", "hashes": file["hashes"]}
        for key in ("requires-python", "upload-time", "yanked", "size"):
            if file.get(key):
                kept[key] = file[key]
        if file["filename"].endswith(".whl"):
            kept["core-metadata"] = True
        files.append(kept)
    with lock:
        pages[name] = {"meta": {"api-version": "1.1"}, "name": name, "files": files}
        return pages[name]


FIELDS = ("metadata-version", "name", "version", "requires-dist", "requires-python", "provides-extra", "dynamic")


def headers_only(body):
    """The fields that a resolution reads, each with the lines that go on with it."""
    kept, keeping = [], False
    for line in body.decode("utf-8", "replace").replace("\r\n", "\n").split("\n\n", 1)[0].split("\n"):
        if not line.startswith((" ", "\t")):
            keeping = line.partition(":")[0].lower() in FIELDS
        if keeping:
            kept.append(line)
    return ("\n".join(kept) + "\n").encode()


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
            body = headers_only(metadata(name.removesuffix(".metadata")))
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
        # Pages need not be in the order of versions.
        order.sort(key=lambda version: [int(number) for number in re.findall(r"[0-9]+", version)])
        finals = [version for version in order if re.fullmatch(r"[0-9.]+(\.post[0-9]+)?", version)]
        keep = {version_of(file) for file in wanted if any(known["filename"] == file for known in whole["files"])}
        keep |= {version for version in taken.get(name, ()) if version} | pins.get(name, set()) | set(finals[-1:])
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


if __name__ == "__main__":
    main(sys.argv[1])
