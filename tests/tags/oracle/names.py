"""Makes names.json: what pip 26.3 and packaging 26.3 say about file names.

    pip install pip==26.3 packaging==26.3
    python names.py > names.json

`uv` is added by `cargo run --release --bin uv_oracle -- names < names.json` in benches/peers.
"""

import json
import random
import sys
import warnings
from urllib.parse import quote

warnings.simplefilter("ignore")

from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version
from pip._internal.index.package_finder import LinkEvaluator
from pip._internal.models.link import Link
from pip._internal.models.target_python import TargetPython

NAMES = """
foo_bar-1.0-py3-none-any.whl
foo_bar-1.0-py2.py3-none-any.whl
Foo.Bar-1.0-py3-none-any.whl
foo__bar-1.0-py3-none-any.whl
foo.bar-1.0-py3-none-any.whl
foo._bar-1.0-py3-none-any.whl
foobar-1.0-py3-none-any.whl
_foo_bar-1.0-py3-none-any.whl
foo_bar_-1.0-py3-none-any.whl
föö_bar-1.0-py3-none-any.whl
foo+bar-1.0-py3-none-any.whl
foo bar-1.0-py3-none-any.whl
foo_bar-1.0-2-py3-none-any.whl
foo_bar-1.0-0-py3-none-any.whl
foo_bar-1.0-002-py3-none-any.whl
foo_bar-1.0-2abc-py3-none-any.whl
foo_bar-1.0-2_a.b-py3-none-any.whl
foo_bar-1.0-2+x-py3-none-any.whl
foo_bar-1.0-2 x-py3-none-any.whl
foo_bar-1.0-18446744073709551615-py3-none-any.whl
foo_bar-1.0-18446744073709551616-py3-none-any.whl
foo_bar-1.0-b1-cp312-cp312-manylinux_2_28_x86_64.whl
foo_bar-1.0--py3-none-any.whl
foo_bar-1.0-py3.12-none-any.whl
foo_bar-1.0-3-none-any.whl
foo_bar-1.0-py3..py2-none-any.whl
foo_bar-1.0-.py3-none-any.whl
foo_bar-1.0-py3.-none-any.whl
foo_bar-1.0-py3-none.-any.whl
foo_bar-1.0-py3--any.whl
foo_bar-1.0-py3-none-.whl
foo_bar-1.0-py3-none-any..whl
foo_bar-1.0-py3-none-any.any.whl
foo_bar-1.0-py3-none-an!y.whl
foo_bar-1.0-py3-no+ne-any.whl
foo_bar-1.0-p y3-none-any.whl
foo_bar-1.0-PY3-NONE-ANY.whl
foo_bar-1.0-CP312-CP312-ManyLinux_2_17_x86_64.whl
foo_bar-1.0-py3-none-any.WHL
foo_bar-1.0-py3-none-any.whl.asc
foo_bar-1.0-py3-none.whl
foo_bar-1.0-py3.whl
foo_bar-1.0.whl
foo_bar.whl
.whl
-.whl
----.whl
-----.whl
------.whl
foo_bar-1.0-1-py3-none-any-label.whl
foo_bar-1.0-py3-none-any-label.whl
foo_bar-1.0-cp312-cp312-manylinux_2_28_x86_64-x86_64_v3.whl
foo_bar-1.0-2-cp312-cp312-manylinux_2_28_x86_64-cuda12.whl
foo_bar-1.0-1-2-3-py3-none-any.whl
foo_bar-1.0+local-py3-none-any.whl
foo_bar-1.0+ubuntu_1-py3-none-any.whl
foo_bar-1.0+ubuntu.1.x-py3-none-any.whl
foo_bar-1.0+-py3-none-any.whl
foo_bar-v1.0-py3-none-any.whl
foo_bar-1!2.0-py3-none-any.whl
foo_bar-1.0a1-py3-none-any.whl
foo_bar-1.0_a_1-py3-none-any.whl
foo_bar-1.0.alpha.1-py3-none-any.whl
foo_bar-1.0c1-py3-none-any.whl
foo_bar-1.0rc1.post2.dev3-py3-none-any.whl
foo_bar-1.0.post-py3-none-any.whl
foo_bar-1.0.dev-py3-none-any.whl
foo_bar-1.0.r3-py3-none-any.whl
foo_bar-1.0a-py3-none-any.whl
foo_bar-1.0a01-py3-none-any.whl
foo_bar-01.002-py3-none-any.whl
foo_bar-1.-py3-none-any.whl
foo_bar-.1-py3-none-any.whl
foo_bar-1..0-py3-none-any.whl
foo_bar-x-py3-none-any.whl
foo_bar-1.0.0.0.0.0.0.0-py3-none-any.whl
foo_bar-2015.06.18-py3-none-any.whl
foo_bar-1.0.0-beta-py3-none-any.whl
foo_bar-1.0ubuntu1-py3-none-any.whl
foo_bar-1.0.0b10.dev20200101-cp39-cp39-win_amd64.whl
foo_bar-1.0-pp39-pypy39_pp73-linux_x86_64.whl
foo-bar-1.0.tar.gz
foo_bar-1.0.tar.gz
foo.bar-1.0.tar.gz
FOO_BAR-1.0.tar.gz
foo__bar-1.0.tar.gz
foo-_bar-1.0.tar.gz
foo-bar-1.0.zip
foo-bar-1.0.tgz
foo-bar-1.0.tar
foo-bar-1.0.tar.bz2
foo-bar-1.0.tbz
foo-bar-1.0.tbz2
foo-bar-1.0.tar.xz
foo-bar-1.0.txz
foo-bar-1.0.tlz
foo-bar-1.0.tar.lz
foo-bar-1.0.tar.lzma
foo-bar-1.0.tar.Z
foo-bar-1.0.tar.zst
foo-bar-1.0.7z
foo-bar-1.0.rar
foo-bar-1.0.egg
foo-bar-1.0-py2.7.egg
foo-bar-1.0.win32-py2.7.exe
foo-bar-1.0.win32.msi
foo-bar-1.0-1.noarch.rpm
foo-bar-1.0.dmg
foo-bar-1.0.deb
foo-bar-1.0.TAR.GZ
foo-bar-1.0.TAR.gz
foo-bar-1.0.tar.GZ
foo-bar-1.0.ZIP
foo-bar-1.0.gz
foo-bar-1.0.tar.gz.asc
foo-bar-1.0
foo-bar.tar.gz
foo-bar-.tar.gz
foo-1.0.tar.gz
bar-1.0.tar.gz
foo-bar-baz-1.0.tar.gz
foobar-1.0.tar.gz
foo-bar-1.0-py2.7.tar.gz
foo-bar-1.0-py3.9.tar.gz
foo-bar-1.0-py3.12.tar.gz
foo-bar-1.0-py3.tar.gz
foo-bar-1.0-py3..tar.gz
foo-bar-1.0-py37.tar.gz
foo-bar-1.0-py4.tar.gz
foo-bar-1.0-py2.7-py3.9.tar.gz
foo-bar-py3.9.tar.gz
foo-bar-1.0.linux-x86_64.tar.gz
foo-bar-1.0-macosx10.9.zip
foo-bar-1.0.macosx10.zip
foo-bar-1.0.macosx10.tar.gz
foo-bar-1.0-1.tar.gz
foo-bar-1.0-beta.tar.gz
foo-bar-1.0-beta-2.tar.gz
foo-bar-1.0-r3.tar.gz
foo-bar-1.0-foo.tar.gz
foo-bar-1.0+local.tar.gz
foo-bar-1.0_1.tar.gz
foo-bar-v1.0.tar.gz
foo-bar-latest.tar.gz
foo-bar-1.0 .tar.gz
foo-bar- 1.0.tar.gz
foo-bar-1.0.tar.tar.gz
.tar.gz
..tar.gz
tar.gz
-1.0.tar.gz
foo-bar-1.0.
foo-bar-1.0.tar.
foo-bar
README
""".strip("\n").splitlines()

PIECES = [
    "foo_bar", "foo-bar", "foo", "Foo.Bar", "1.0", "2", "1.0rc1", "1.0.post1", "v1", "1!1", "+x", "_1", "a1", "py3",
    "py2.py3", "cp312", "abi3", "none", "any", "cp313t", "manylinux_2_17_x86_64", "manylinux1_x86_64",
    "manylinux2014_x86_64.manylinux_2_17_x86_64", "win_amd64", "musllinux_1_2_x86_64", "-", "-", "-", "-", "-", ".",
    "..", "_", ".whl", ".whl", ".tar.gz", ".zip", "é", "A", "0", "-py3.9", " ",
]


def random_names(count):
    rng = random.Random("names")
    for _ in range(count):
        kind = rng.random()
        if kind < 0.5:
            parts = [rng.choice(PIECES[:4]), rng.choice(PIECES[4:13])]
            if rng.random() < 0.3:
                parts.append(rng.choice(["1", "2a", "x", "03_b", "1.2"]))
            parts += [rng.choice(PIECES[13:16]), rng.choice(PIECES[16:20]), rng.choice(PIECES[18:25])]
            name = list("-".join(parts) + ".whl")
            for _ in range(rng.randrange(3)):
                at = rng.randrange(len(name))
                name[at : at + rng.randrange(2)] = rng.choice(["-", ".", "_", "A", "1", "", "é", "+", " "])
            yield "".join(name)
        elif kind < 0.8:
            name = list(rng.choice(PIECES[:4]) + "-" + "".join(rng.choices(PIECES[4:13], k=rng.randrange(1, 3))))
            for _ in range(rng.randrange(3)):
                at = rng.randrange(len(name))
                name[at : at + rng.randrange(2)] = rng.choice(["-", ".", "_", "A", "1", "", "é", "+"])
            yield "".join(name) + rng.choice([".tar.gz", ".zip", ".tgz", ".tar.Z", ".tar"])
        else:
            yield "".join(rng.choices(PIECES, k=rng.randrange(3, 11)))


def verdict(name):
    project = "foo-bar"
    evaluator = LinkEvaluator(
        project_name=project,
        canonical_name=canonicalize_name(project),
        formats=frozenset({"binary", "source"}),
        target_python=TargetPython(py_version_info=(3, 9, 0)),
        allow_yanked=True,
    )
    out = {"name": name}
    link = Link("https://example.org/" + quote(name))
    result, detail = evaluator.evaluate_link(link)
    out["pip"] = result.name
    if result.name == "candidate":
        try:
            out["version"] = str(Version(detail))
        except InvalidVersion:
            out["pip"] = "invalid_version"
    try:
        project_, version, build, tags = parse_wheel_filename(name)
    except (InvalidWheelFilename, ValueError):
        out["wheel"] = None
    else:
        out["wheel"] = {
            "project": project_,
            "version": str(version),
            "build": list(build),
            "tags": sorted(map(str, tags)),
        }
    return out


def main():
    names = NAMES + [name for name in random_names(900) if "/" not in name]
    seen = set()
    print("[")
    rows = [json.dumps(verdict(name)) for name in names if not (name in seen or seen.add(name))]
    print(",\n".join(rows))
    print("]")


main()
