#!/usr/bin/env python3
"""Writes one file of this directory: the dependencies of packages of a Debian release, and the libraries they provide.

    generate.py RELEASE DATE PACKAGES CONTENTS > debian-RELEASE.json

RELEASE   bookworm
DATE      the date on which the lists were fetched
PACKAGES  the Packages list of main for amd64, as text
CONTENTS  the Contents-amd64 list of main, as text

apt can fetch both into a separate directory (`Dir::State::Lists`), the second one with an
`Acquire::IndexTargets::deb::Contents-deb` entry.

The roots are the packages in the other tables of this project and in roots.txt. The output contains every package that
they reach through Pre-Depends, Depends and Recommends, if it provides a library or reaches a package that does.
"""

import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
DATA = HERE.parent.parent

def stanzas(path):
    fields, key = {}, None
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            line = line.rstrip("\n")
            if not line:
                if fields:
                    yield fields
                fields, key = {}, None
            elif line[0] in " \t":
                continue
            else:
                key, _, value = line.partition(":")
                fields[key] = value.strip()
    if fields:
        yield fields


def groups(text):
    """`a (>= 1) | b:any, c` as [[a, b], [c]]."""
    out = []
    for group in filter(None, (part.strip() for part in text.split(","))):
        out.append([re.split(r"[\s(:\[]", one.strip())[0] for one in group.split("|")])
    return out


SHARED = re.compile(r"^(.+?\.so)(?:\.[0-9A-Za-z._]+)?$")
FOLDERS = ("usr/lib/x86_64-linux-gnu/", "lib/x86_64-linux-gnu/", "usr/lib64/", "lib64/", "usr/lib/", "lib/")


def libraries(path):
    """Names of shared libraries in the loader's default directories, by package."""
    found = {}
    with open(path, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if ".so" not in line:
                continue
            file, _, owners = line.rstrip().rpartition(" ")
            file = file.strip()
            folder, _, name = file.rpartition("/")
            if folder + "/" not in FOLDERS or not SHARED.match(name):
                continue
            for owner in owners.split(","):
                package = owner.rpartition("/")[2]
                if not package.endswith(("-dev", "-dbg", "-dbgsym")):
                    found.setdefault(package, set()).add(name)
    return {package: sonames(names) for package, names in found.items()}


def sonames(names):
    """Removes `libpq.so.5.15` if `libpq.so.5` is in the same directory: the loader looks for the shorter name, a link."""
    keep = []
    for name in sorted(names):
        shorter = name
        while "." in shorter:
            shorter = shorter.rpartition(".")[0]
            if not shorter.endswith(".so") and ".so" in shorter and shorter in names:
                break
        else:
            keep.append(name)
            continue
        if ".so" not in shorter:
            keep.append(name)
    return keep


def roots():
    named = set()
    table = json.loads((DATA / "images" / "packages.json").read_text())["sonames"]
    for row in table.values():
        for release in ("bullseye", "bookworm", "trixie"):
            named.update(row.get(release, []))
            named.update(entry.split(":")[0] for entry in row.get(release + "_alternatives", []))
    for file in ("packages/development_packages.toml", "packages/leaf_packages.toml", "packages/toolchains.toml", "dlopen.toml"):
        text = (DATA / file).read_text()
        named.update(re.findall(r'"([a-z0-9][a-z0-9+.\-]+)"', text))
    for line in (HERE / "roots.txt").read_text().splitlines():
        named.update(line.partition("#")[0].split())
    return named


def main():
    release, date, packages_path, contents_path = sys.argv[1:]
    packages, provides = {}, {}
    for fields in stanzas(packages_path):
        name = fields["Package"]
        if name in packages:
            continue
        packages[name] = fields
        for group in groups(fields.get("Provides", "")):
            provides.setdefault(group[0], []).append(name)
    brings = libraries(contents_path)

    def pick(group, chosen):
        """apt uses an alternative that is already chosen, else the first that is a package, else the only provider."""
        for name in group:
            if name in chosen:
                return name
        for name in group:
            if name in packages:
                return name
            providers = provides.get(name, [])
            if len(providers) == 1:
                return providers[0]
        return None

    essential = {name for name, fields in packages.items() if fields.get("Essential") == "yes"}
    everywhere = essential | {"libc6"}
    rows, open_ = {}, [name for name in sorted(roots()) if name in packages]
    named = set(open_)
    virtual = {}
    for name in sorted(roots()):
        if name not in packages and len(provides.get(name, [])) == 1:
            virtual[name] = provides[name][0]
            open_.append(provides[name][0])
            named.add(provides[name][0])
    while open_:
        name = open_.pop()
        if name in rows:
            continue
        fields, row, unclear = packages[name], {}, []
        for key, sources in (("needs", ("Pre-Depends", "Depends")), ("wants", ("Recommends",))):
            out = []
            for group in groups(",".join(filter(None, (fields.get(source, "") for source in sources)))):
                chosen = pick(group, essential)
                if chosen is None:
                    # Several packages provide it, and the lists do not determine which one apt chooses.
                    if any(provides.get(one) for one in group):
                        unclear.append(group[0])
                elif chosen not in out and chosen not in everywhere:
                    out.append(chosen)
            row[key] = out
        row["brings"] = brings.get(name, [])
        row["unclear"] = unclear
        rows[name] = row
        open_.extend(row["needs"])
        open_.extend(row["wants"])

    # Roots that reach no library are listed by name only; other packages that reach none are dropped.
    leads = {name for name, row in rows.items() if row["brings"]}
    grown = True
    while grown:
        grown = False
        for name, row in rows.items():
            if name not in leads and any(other in leads for other in row["needs"] + row["wants"]):
                leads.add(name)
                grown = True
    for name in packages:
        for group in groups(packages[name].get("Provides", "")):
            if name in rows and name in leads and group[0] not in packages and len(provides[group[0]]) == 1 and group[0].startswith("lib") and not group[0].endswith("-perl") and group[0] != name:
                virtual[group[0]] = name
    virtual = {name: real for name, real in virtual.items() if real in leads}

    births = {
        "source": f"Packages and Contents-amd64 of Debian {release}, main, by generate.py",
        "date": date,
        "verified": True,
    }
    print("{")
    print(f'  "release": "{release}",')
    print(f'  "birth": {json.dumps(births)},')
    pip = re.match(r"(?:\d+:)?([0-9.]+)", packages["python3-pip"]["Version"]).group(1)
    print(f'  "pip": {json.dumps(pip)},')
    print('  "fields": {"pip": "upstream version of python3-pip", "needs": "Pre-Depends and Depends, libc6 and the essential packages left out", "wants": "Recommends", "unclear": "needed or recommended names that several packages provide", "brings": "shared libraries in the default directories of the loader", "leaves": "packages without row that bring and take along no library", "virtual": "names that one package provides"},')
    print('  "packages": {')
    lines = []
    for name in sorted(leads):
        row = rows[name]
        shown = {key: [one for one in row[key] if key == "brings" or one in leads] for key in ("brings", "needs", "wants")}
        shown["unclear"] = row["unclear"]
        shown = {key: value for key, value in shown.items() if value}
        lines.append(f"    {json.dumps(name)}: {json.dumps(shown)}")
    print(",\n".join(lines))
    print("  },")
    leaves = sorted(name for name in named if name not in leads)
    print(f'  "leaves": {json.dumps(leaves)},')
    print(f'  "virtual": {json.dumps(dict(sorted(virtual.items())))}')
    print("}")


main()
