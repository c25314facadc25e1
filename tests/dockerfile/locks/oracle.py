"""Writes oracle.json: what the tools themselves take of each lock, as name==version, for several targets.

uv 0.13.8, poetry 2.5.1 with poetry-plugin-export, pipenv 2026.10.3 and pdm 2.15.4 are asked for requirement lines with
markers; packaging 26.3 evaluates the markers, and selects from pylock.toml files. Run it as

    python oracle.py VENVS

where VENVS holds the virtual environments uv, poetry, poetry18 (1.8.5), poetry11 (1.1.15), pipenv, pdm and packaging. Nothing is fetched.
"""
import json, os, shutil, subprocess, sys, tempfile
from pathlib import Path

HERE = Path(__file__).parent
VENVS = Path(sys.argv[1]).absolute()

PACKAGING = r'''
import json, sys
from packaging.requirements import Requirement
from packaging.pylock import Pylock
request = json.load(sys.stdin)
env = request["environment"]
out = []
if request["kind"] == "lines":
    for line in request["lines"]:
        line = line.strip()
        if not line or line.startswith(("#", "-")):
            continue
        r = Requirement(line)
        if r.marker is None or r.marker.evaluate(env):
            out.append(f"{r.name.lower().replace('_','-')}{r.specifier}")
else:
    import tomllib
    lock = Pylock.from_dict(tomllib.load(open(request["path"], "rb")))
    for p in lock.packages:
        if p.marker is None or p.marker.evaluate({**env, "extras": set(request["extras"]), "dependency_groups": set(request["groups"])}, context="lock_file"):
            out.append(f"{p.name}=={p.version}")
json.dump(sorted(set(out)), sys.stdout)
'''

def environment(python, machine="x86_64"):
    return {
        "implementation_name": "cpython", "implementation_version": python, "os_name": "posix",
        "platform_machine": machine, "platform_python_implementation": "CPython", "platform_release": "",
        "platform_system": "Linux", "platform_version": "", "python_full_version": python,
        "python_version": ".".join(python.split(".")[:2]), "sys_platform": "linux", "extra": "",
    }

ENVIRONMENTS = {"3.11": environment("3.11.2"), "3.12": environment("3.12.11"), "3.14": environment("3.14.0", "aarch64")}

def packaging(request):
    run = subprocess.run([VENVS / "packaging/bin/python", "-c", PACKAGING], input=json.dumps(request), text=True, capture_output=True)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)

def lines(tool, args, folder, env=None, venv=None):
    with tempfile.TemporaryDirectory() as tmp:
        work = Path(tmp) / "project"
        shutil.copytree(folder, work)
        run = subprocess.run([VENVS / (venv or tool) / "bin" / tool, *args], cwd=work, text=True, capture_output=True,
                             env={**os.environ, **(env or {})})
        assert run.returncode == 0, (tool, args, run.stdout, run.stderr)
        return run.stdout.splitlines()

UV = ["export", "--frozen", "--no-emit-project", "--no-hashes", "-q"]
POETRY = ["export", "-f", "requirements.txt", "--without-hashes", "--without-urls"]
cases = []
def case(file, selection, asked, command):
    for name, env in ENVIRONMENTS.items():
        request = asked(env) if callable(asked) else {"kind": "lines", "lines": asked, "environment": env}
        cases.append({"file": file, "selection": selection, "python": env["python_full_version"],
                      "machine": env["platform_machine"], "command": command, "packages": packaging(request)})

for project in ("web", "data", "asgi"):
    folder = HERE / project
    for selection, args in {
        "default": [], "no-dev": ["--no-dev"], "all": ["--all-groups", "--all-extras"],
        **({"extra:redis": ["--extra", "redis"]} if project == "web" else {}),
        **({"extra:fast,group:types,without:dev": ["--extra", "fast", "--group", "types", "--no-group", "dev"]} if project == "asgi" else {}),
        **({"only:lint": ["--only-group", "lint"]} if project == "data" else {}),
    }.items():
        case(f"{project}/uv.lock", selection, lines("uv", UV + args, folder), "uv " + " ".join(UV + args))
    for selection, args in {
        "no-groups": [], "all": ["--all-groups", "--all-extras"],
        **({"extra:redis": ["--extras", "redis"]} if project == "web" else {}),
        **({"group:types,no-defaults": ["--with", "types"], "only:dev": ["--only", "dev"]} if project == "asgi" else {}),
    }.items():
        case(f"{project}/poetry.lock", selection, lines("poetry", POETRY + args, folder), "poetry " + " ".join(POETRY + args))
    for selection, args in {"default": [], "group:develop": ["--dev"],
                            **({"only:docs": ["--categories", "docs"]} if project == "asgi" else {})}.items():
        command = ["requirements", "--exclude-index", *args]
        got = [line for line in lines("pipenv", command, folder, {"PIPENV_IGNORE_VIRTUALENVS": "1"})]
        got = [line.split(" --hash")[0] for line in got]
        case(f"{project}/Pipfile.lock", selection, got, "pipenv " + " ".join(command))
    case(f"{project}/pylock.toml", "default", lambda env: {"kind": "pylock", "path": str(folder / "pylock.toml"),
         "environment": env, "extras": [], "groups": []}, "packaging.pylock")
case("asgi/pylock.uv.toml", "default", lambda env: {"kind": "pylock", "path": str(HERE / "asgi/pylock.uv.toml"),
     "environment": env, "extras": [], "groups": []}, "packaging.pylock")
POETRY18 = [arg for arg in POETRY if arg != "--without-urls"]
for folder, selections in {"web-poetry1.8": {"no-groups": [], "extra:redis": ["--extras", "redis"]},
                           "asgi-poetry1.8": {"no-groups": [], "group:dev,group:types,extra:fast,no-defaults": ["--with", "dev,types", "--extras", "fast"]},
                           "web-poetry1.1": {"no-groups": [], "extra:redis": ["--extras", "redis"]}}.items():
    venv = "poetry" + folder[-3:].replace(".", "")
    for selection, args in selections.items():
        case(f"{folder}/poetry.lock", selection, lines("poetry", POETRY18 + args, HERE / folder, venv=venv), f"{venv}: poetry " + " ".join(POETRY18 + args))
for folder, selections in {"web": {"no-groups": ["--prod"]}, "web-pdm2.15": {"no-groups": ["--prod"], "all": ["-G", ":all"]},
                           "data": {"no-groups": ["--prod"]}, "data-pdm2.15": {"no-groups": ["--prod"], "default": []},
                           "asgi": {"no-groups": ["--prod"], "default": []}, "asgi-pdm2.15": {"no-groups": ["--prod"], "default": [], "all": ["-G", ":all"], "group:types": ["-G", "types"],
                                            "group:fast": ["-G", "fast"], "group:fast,no-groups": ["--prod", "-G", "fast"]}}.items():
    for selection, args in selections.items():
        command = ["export", "-f", "requirements", "--without-hashes", *args]
        case(f"{folder}/pdm.lock", selection, lines("pdm", command, HERE / folder), "pdm " + " ".join(command))

tools = {"uv": "0.13.8", "poetry": "2.5.1", "pipenv": "2026.10.3", "pdm": "2.15.4", "packaging": "26.3"}
text = ",\n".join("  " + json.dumps(case) for case in cases)
(HERE / "oracle.json").write_text('{\n"made-by": "oracle.py",\n"tools": ' + json.dumps(tools) + ',\n"cases": [\n' + text + "\n]\n}\n")
print(len(cases))
