"""Writes oracle.json: what the tools themselves take of each lock, for several targets, extras and groups.

The tools are asked for requirement lines with markers (uv, poetry, pdm and pipenv export them), and packaging evaluates
the markers; `poetry install --dry-run` speaks for the Python that it runs on. From pylock.toml files packaging selects
itself, with its files. A package is written as name==version, or as `name @` if it is no pin of an index. Run it as

    python oracle.py VENVS

where VENVS holds the virtual environments tools (uv, poetry with poetry-plugin-export, pipenv, pdm, packaging),
poetry18 (1.8.5), poetry11 (1.1.15) and pdm215 (2.15.4); pdm before 2.29 needs `unearth<0.18`. Nothing is fetched.
"""
import itertools, json, os, re, shutil, subprocess, sys, tempfile, tomllib
from pathlib import Path

HERE = Path(__file__).parent
VENVS = Path(sys.argv[1]).absolute()

PACKAGING = r'''
import json, sys, tomllib
from packaging.pylock import Pylock, PylockSelectError
from packaging.requirements import Requirement
from packaging.tags import cpython_tags, compatible_tags
requests = json.load(sys.stdin)

def tags(env):
    minor = tuple(int(part) for part in env["python_version"].split("."))
    machine = env["platform_machine"]
    old = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}
    lowest = 5 if machine == "x86_64" else 17
    platforms = []
    for glibc in range(36, lowest - 1, -1):
        platforms.append(f"manylinux_2_{glibc}_{machine}")
        if glibc in old:
            platforms.append(f"{old[glibc]}_{machine}")
    platforms.append(f"linux_{machine}")
    abis = [f"cp{minor[0]}{minor[1]}"]
    return [*cpython_tags(minor, abis, platforms), *compatible_tags(minor, abis[0], platforms)]

def answer(request):
    env = request["environment"]
    if request["kind"] == "lines":
        out = set()
        for line in request["lines"]:
            r = Requirement(line)
            if r.marker is None or r.marker.evaluate(env):
                out.add(f"{r.name.lower().replace('_', '-')}" + (" @" if r.url else str(r.specifier)))
        return {"packages": sorted(out)}
    lock = Pylock.from_dict(tomllib.load(open(request["path"], "rb")))
    groups = request["groups"]
    told, files, refused = set(), {}, None
    name = lambda p: f"{p.name} @" if p.vcs or p.directory or p.archive else f"{p.name}=={p.version}"
    try:
        for package, chosen in lock.select(environment=env, tags=tags(env), extras=request["extras"], dependency_groups=groups):
            told.add(name(package))
            if package.wheels or package.sdist:
                files[package.name] = chosen.filename
    except PylockSelectError as error:
        if "No wheel found" not in str(error):
            raise
        # The markers decide all the same; a file is missing.
        files, told = None, set()
        chosen = lock.default_groups or [] if groups is None else groups
        sets = {"extras": frozenset(request["extras"]), "dependency_groups": frozenset(chosen)}
        told = {name(p) for p in lock.packages if p.marker is None or p.marker.evaluate({**env, **sets}, context="lock_file")}
    return {"packages": sorted(told), "files": files}

json.dump([answer(request) for request in requests], sys.stdout)
'''

def environment(python, machine="x86_64"):
    return {
        "implementation_name": "cpython", "implementation_version": python, "os_name": "posix",
        "platform_machine": machine, "platform_python_implementation": "CPython", "platform_release": "",
        "platform_system": "Linux", "platform_version": "", "python_full_version": python,
        "python_version": ".".join(python.split(".")[:2]), "sys_platform": "linux", "extra": "",
    }

ENVIRONMENTS = [environment("3.11.2"), environment("3.12.11"), environment("3.14.0", "aarch64")]
# The service and the workspace take 3.10, where markers of theirs begin.
OLDER = [environment("3.10.14"), *ENVIRONMENTS]

def run(venv, tool, args, folder, env=None):
    with tempfile.TemporaryDirectory() as tmp:
        work = Path(tmp) / "project"
        shutil.copytree(folder, work)
        done = subprocess.run([VENVS / venv / "bin" / tool, *args], cwd=work, text=True, capture_output=True,
                              env={**os.environ, "PDM_CHECK_UPDATE": "0", "PIPENV_IGNORE_VIRTUALENVS": "1", **(env or {})})
        assert done.returncode == 0, (tool, args, folder, done.stdout, done.stderr)
        return done.stdout.splitlines()

def project_of(path, folder):
    """The name of a project in a folder."""
    path = re.sub(r"^file://", "", path)
    inside = [part for part in (folder / "libs", folder / "packages") if part.exists()]
    for project in (p for part in inside for p in part.glob("*/pyproject.toml")):
        if path.rstrip("/").endswith(str(project.parent.relative_to(folder)).replace("\\", "/")):
            return tomllib.loads(project.read_text())["project"]["name"]
    raise AssertionError(path)

def requirement(line, folder):
    """A line of requirements.txt as a requirement with a name; None if it is none."""
    line = line.split(" --hash")[0].strip().rstrip("\\").strip()
    editable = line.startswith("-e ")
    line = line.removeprefix("-e ").strip()
    if not line or line.startswith(("#", "-")):
        return None
    place, _, marker = (part.strip() for part in line.partition(" ;"))
    if place == ".":
        return None
    bare = re.match(r"^[A-Za-z0-9._-]+(\[[^\]]*\])?\s*@\s*(.*)$", place)
    if bare is None and (editable or place.startswith((".", "/", "file:", "http:", "https:", "git+"))):
        name = re.search(r"#egg=([\w.-]+)", place)
        if name:
            name = name[1]
        elif place.endswith(".whl"):
            name = place.rsplit("/", 1)[1].split("-")[0]
        else:
            name = project_of(place, folder)
        place = f"{name} @ https://place.invalid/x"
    elif bare:
        place = f"{place.split('@')[0].split('[')[0].strip()} @ https://place.invalid/x"
    elif "@" in line.split(";")[0]:
        place = f"{line.split('@')[0].strip()} @ https://place.invalid/x"
        marker = line.partition(";")[2].strip()
    else:
        return line
    return f"{place} ; {marker}" if marker else place

cases, requests = [], []
def case(file, selection, command, asked, environments):
    for env in environments:
        cases.append({"file": file, "selection": selection, "python": env["python_full_version"],
                      "machine": env["platform_machine"], "command": command})
        requests.append({**asked, "environment": env})

def exported(file, selection, venv, tool, args, environments, env=None):
    folder = HERE / Path(file).parent
    found = [requirement(line, folder) for line in run(venv, tool, args, folder, env)]
    lines = [line for line in found if line]
    if venv != "tools":
        tool = venv
    case(file, selection, " ".join([tool, *args]), {"kind": "lines", "lines": lines}, environments)

UV = ["export", "--frozen", "--no-emit-project", "--no-hashes", "--no-annotate", "--no-header", "-q"]
POETRY = ["export", "-f", "requirements.txt", "--without-hashes", "--without-urls"]
OLD_POETRY = POETRY[:-1]
PDM = ["export", "-f", "requirements", "--without-hashes"]
PIPENV = ["requirements", "--exclude-index"]

def combined(extras, groups, optional=()):
    """Selections: none, all, each one, and each extra with each group."""
    pairs = itertools.product([None, *extras], [None, *groups, *optional])
    return [(extra, group) for extra, group in pairs]

def named(*parts):
    return ",".join(part for part in parts if part) or "default"

def uv(file, extras, groups, environments=ENVIRONMENTS):
    for extra, group in combined(extras, groups):
        args = (["--extra", extra] if extra else []) + (["--group", group] if group else [])
        exported(file, named(extra and f"extra:{extra}", group and f"group:{group}"), "tools", "uv", UV + args, environments)
        exported(file, named(extra and f"extra:{extra}", group and f"group:{group}", "no-defaults"),
                 "tools", "uv", UV + ["--no-default-groups"] + args, environments)
    for group in groups:
        exported(file, f"only:{group}", "tools", "uv", UV + ["--only-group", group], environments)
        exported(file, f"without:{group}", "tools", "uv", UV + ["--no-group", group], environments)
    exported(file, "no-dev", "tools", "uv", UV + ["--no-dev"], environments)

def poetry(file, extras, groups, environments=ENVIRONMENTS, venv="tools", base=POETRY, only=True):
    for extra, group in combined(extras, groups):
        args = (["--extras", extra] if extra else []) + (["--with", group] if group else [])
        # Export takes the main group alone unless others are named.
        exported(file, named("no-defaults", extra and f"extra:{extra}", group and f"group:{group}"), venv, "poetry", base + args, environments)
    if only:
        for group in groups:
            exported(file, f"only:{group}", venv, "poetry", base + ["--only", group], environments)
    if base is POETRY:
        exported(file, "all", venv, "poetry", base + ["--all-groups", "--all-extras"], environments)

def poetry_install(file, extras, groups, optional):
    folder = HERE / Path(file).parent
    version = subprocess.run([VENVS / "tools/bin/python", "-c", "import platform; print(platform.python_version(), platform.machine())"],
                             capture_output=True, text=True).stdout.split()
    for extra, group in combined(extras, groups, optional):
        for kind, option in (("group", "--with"), ("without", "--without"), ("only", "--only")):
            if kind != "group" and (group is None or (kind == "only" and extra)):
                continue
            args = ["install", "--dry-run", "--no-root", "--no-ansi"]
            args += (["--extras", extra] if extra else []) + ([option, group] if group else [])
            lines = run("tools", "poetry", args, folder, {"POETRY_VIRTUALENVS_IN_PROJECT": "1"})
            found = [re.match(r"\s+- Installing ([\w.-]+) \((\S+)(.*)\)(.*)$", line) for line in lines]
            taken = sorted({f"{m[1]} @" if m[3] else f"{m[1]}=={m[2]}" for m in found if m and "Skipped" not in m[4]})
            cases.append({"file": file, "selection": named(extra and f"extra:{extra}", group and f"{kind}:{group}"),
                          "python": version[0], "machine": version[1], "command": " ".join(["poetry", *args]), "packages": taken})
            requests.append(None)

def pdm(file, extras, groups, environments=ENVIRONMENTS, venv="tools"):
    for extra, group in combined(extras, groups):
        args = (["-G", extra] if extra else []) + (["-G", group] if group else [])
        asked = named(extra and f"group:{extra}", group and f"group:{group}")
        exported(file, asked, venv, "pdm", PDM + args, environments)
        if not group:
            exported(file, named("no-groups", extra and f"group:{extra}"), venv, "pdm", PDM + ["--prod"] + args, environments)
    exported(file, "all", venv, "pdm", PDM + ["-G", ":all"], environments)

def pipenv(file, categories, environments=ENVIRONMENTS):
    exported(file, "default", "tools", "pipenv", PIPENV, environments)
    exported(file, "group:develop", "tools", "pipenv", PIPENV + ["--dev"], environments)
    for category in categories:
        exported(file, f"only:{category}", "tools", "pipenv", PIPENV + ["--categories", category], environments)
        exported(file, f"group:{category}", "tools", "pipenv", PIPENV + ["--categories", f"packages {category}"], environments)

def pylock(file, extras=(), groups=(), default=(), environments=ENVIRONMENTS):
    asked = {"kind": "pylock", "path": str(HERE / file)}
    for extra, group in combined(extras, groups):
        chosen = [*default, group] if group else None
        case(file, named(extra and f"extra:{extra}", group and f"group:{group}"), "packaging.pylock",
             {**asked, "extras": [extra] if extra else [], "groups": chosen}, environments)
    if groups:
        case(file, "all", "packaging.pylock", {**asked, "extras": list(extras), "groups": [*default, *groups]}, environments)
        for group in groups:
            case(file, f"only:{group}", "packaging.pylock", {**asked, "extras": [], "groups": [group]}, environments)

for file, extras, groups in (("web/uv.lock", ["redis"], []), ("data/uv.lock", [], ["lint"]), ("asgi/uv.lock", ["fast"], ["dev", "types"])):
    uv(file, extras, groups)
uv("service-uv/uv.lock", ["images", "client", "all"], ["dev", "types", "docs", "empty"], OLDER)
uv("mono-uv/uv.lock", ["old", "new"], ["dev", "lint"], OLDER)
for member in ("core", "plugin"):
    exported("mono-uv/uv.lock", f"member:{member}", "tools", "uv", UV + ["--package", member], OLDER)
exported("mono-uv/uv.lock", "all-members", "tools", "uv", UV + ["--all-packages"], OLDER)

poetry("web/poetry.lock", ["redis"], [])
poetry("data/poetry.lock", [], ["lint"])
poetry("asgi/poetry.lock", ["fast"], ["dev", "types"])
poetry("service-poetry/poetry.lock", ["images", "client", "all"], ["dev", "types", "docs"], OLDER)
poetry_install("service-poetry/poetry.lock", ["images", "client", "all"], ["dev", "types"], ["docs"])
poetry_install("asgi/poetry.lock", ["fast"], ["dev", "types"], [])
poetry("web-poetry1.8/poetry.lock", ["redis"], [], venv="poetry18", base=OLD_POETRY, only=False)
poetry("asgi-poetry1.8/poetry.lock", ["fast"], ["dev", "types"], venv="poetry18", base=OLD_POETRY)
poetry("web-poetry1.1/poetry.lock", ["redis"], [], venv="poetry11", base=OLD_POETRY, only=False)

exported("web/pdm.lock", "no-groups", "pdm215", "pdm", PDM + ["--prod"], ENVIRONMENTS)
exported("data/pdm.lock", "no-groups", "pdm215", "pdm", PDM + ["--prod"], ENVIRONMENTS)
exported("asgi/pdm.lock", "no-groups", "pdm215", "pdm", PDM + ["--prod"], ENVIRONMENTS)
pdm("web-pdm2.15/pdm.lock", ["redis"], [], venv="pdm215")
pdm("data-pdm2.15/pdm.lock", [], ["lint"], venv="pdm215")
pdm("asgi-pdm2.15/pdm.lock", ["fast"], ["dev", "types"], venv="pdm215")
pdm("service-pdm/pdm.lock", ["images", "client", "all"], ["dev", "types", "docs", "empty"], OLDER)

pipenv("web/Pipfile.lock", [])
pipenv("data/Pipfile.lock", [])
pipenv("asgi/Pipfile.lock", ["docs"])
pipenv("service-pipenv/Pipfile.lock", ["docs"], OLDER)

for file in ("web/pylock.toml", "data/pylock.toml", "asgi/pylock.toml", "asgi/pylock.uv.toml"):
    pylock(file)
pylock("data/pylock.pdm.toml", [], ["lint"], ["default"])
pylock("asgi/pylock.pdm.toml", ["fast"], ["dev", "types"], ["default"])
pylock("service-pylock/pylock.toml", ["images", "client", "all"], ["dev", "types", "docs", "empty"], ["default"], OLDER)

asked = [request for request in requests if request]
done = subprocess.run([VENVS / "tools/bin/python", "-c", PACKAGING], input=json.dumps(asked), text=True, capture_output=True)
assert done.returncode == 0, done.stderr
answers = iter(json.loads(done.stdout))
for one, request in zip(cases, requests):
    if request:
        one.update(next(answers))

def version(venv, name):
    script = f"import importlib.metadata as m; print(m.version('{name}'))"
    return subprocess.run([VENVS / venv / "bin/python", "-c", script], capture_output=True, text=True).stdout.strip()

tools = {name: version("tools", name) for name in ("uv", "poetry", "poetry-plugin-export", "pipenv", "pdm", "packaging")}
text = ",\n".join("  " + json.dumps(case) for case in cases)
(HERE / "oracle.json").write_text('{\n"made-by": "oracle.py",\n"tools": ' + json.dumps(tools) + ',\n"cases": [\n' + text + "\n]\n}\n")
print(len(cases))
