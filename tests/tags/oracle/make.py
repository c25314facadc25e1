"""Makes installers.json: tag lists of pip and packaging releases on simulated Linux machines.

Each release's own code is run, with only what it reads from the machine replaced. Run with Python 3.11 (the oldest
releases need `imp` and `distutils`):

    pip install --no-deps --target RELEASES/pip/24.0 pip==24.0      # likewise for every release in RELEASES below
    pip install --no-deps --target RELEASES/packaging/26.3 packaging==26.3
    python make.py RELEASES > installers.json
"""

import hashlib
import json
import random
import subprocess
import sys

# packaging 20.0 is left out: it uses up an iterator and forgets most tags.
RELEASES = {
    "pip": "8.0.3 8.1.2 9.0.3 18.1 19.2.3 19.3.1 20.0.2 20.1.1 20.2.4 20.3 20.3.1 20.3.2 20.3.4 21.1.3 21.2.4 24.0 "
    "24.1 25.0 26.0 26.1 26.2.1 26.3",
    "packaging": "20.1 20.3 20.4 20.7 20.8 20.9 21.0 21.3 22.0 23.1 23.2 24.0 24.2 26.0 26.1 26.2 26.3",
}

MACHINES = [
    ("x86_64", 64), ("x86_64", 32), ("i686", 32), ("i686", 64), ("aarch64", 64), ("aarch64", 32), ("armv7l", 32),
    ("armv8l", 32), ("armv6l", 32), ("ppc64le", 64), ("s390x", 64), ("riscv64", 64), ("loongarch64", 64),
    ("ppc64", 64), ("mips64", 64), ("ppc", 32),
]
LIBCS = [
    ("glibc", "2.4"), ("glibc", "2.11"), ("glibc", "2.12"), ("glibc", "2.17"), ("glibc", "2.28"), ("glibc", "2.31"),
    ("glibc", "2.36"), ("glibc", "2.42"), ("glibc", "2.20-2014.11"), ("glibc", "2.36.9000"), ("glibc", "3.1"),
    ("glibc", "4.0"), ("glibc", "unknown"), ("musl", "1.1.24"), ("musl", "1.2.5"), ("musl", "1.2"), ("musl", "2.0.1"),
    ("musl", "1"), ("static", None),
]
PYTHONS = [
    ("cpython", "2.7", "mu"), ("cpython", "3.1", "m"), ("cpython", "3.2", "mu"), ("cpython", "3.5", "m"),
    ("cpython", "3.6", "m"), ("cpython", "3.7", "dm"), ("cpython", "3.7", ""), ("cpython", "3.8", ""),
    ("cpython", "3.9", "d"), ("cpython", "3.10", ""), ("cpython", "3.11", ""), ("cpython", "3.12", ""),
    ("cpython", "3.13", ""), ("cpython", "3.13", "t"), ("cpython", "3.14", "td"), ("cpython", "3.15", "t"),
    ("cpython", "3.20", ""), ("pypy", "3.10", ""), ("pypy", "3.11", ""), ("graalpy", "3.11", ""),
]
POLICIES = [
    None, None, None, None, {}, {"manylinux1_compatible": False}, {"manylinux2014_compatible": False},
    {"manylinux2010_compatible": True}, {"compatible": {"else": False}}, {"compatible": {"else": True}},
    {"compatible": {"deny_above": [2, 28], "else": None}}, {"compatible": {"deny_below": [2, 17], "else": True}},
    {"manylinux2014_compatible": False, "compatible": {"else": None}},
]


def environments(kind, release):
    """A few fixed and some random environments, the same in every run."""
    rng = random.Random(f"{kind} {release}")
    early = kind == "pip" and int(release.split(".")[0]) < 20
    count = 90 if release == "26.3" else 60 if release in ("20.4", "24.1") else 14
    fixed = [("x86_64", 64, "glibc", "2.36"), ("aarch64", 64, "glibc", "2.17"), ("x86_64", 64, "musl", "1.2.5")]
    for index in range(count):
        python = rng.choice(PYTHONS)
        while early and (python[0] != "cpython" or int(python[1].split(".")[1]) > 11):
            python = rng.choice(PYTHONS)
        if index < len(fixed):
            machine, bits, family, version = fixed[index]
        else:
            (machine, bits), (family, version) = rng.choice(MACHINES), rng.choice(LIBCS)
        environment = {
            "machine": machine,
            "bits": bits,
            "float_abi": rng.choice(["hard", "hard", "soft"]) if machine.startswith("arm") else "hard",
            "libc": {"family": family, "version": version},
            "python": {"implementation": python[0], "version": python[1], "abi_flags": python[2]},
            "manylinux_policy": rng.choice(POLICIES),
            "installer": {"name": kind, "version": release},
        }
        if family == "musl" and early:
            environment["libc"] = {"family": "static", "version": None}
        if python[0] == "pypy":
            environment["python"]["ext_suffix"] = f".pypy{python[1].replace('.', '')}-pp73-{machine}-linux-gnu.so"
        if python[0] == "graalpy":
            environment["python"]["ext_suffix"] = f".graalpy250-311-native-{machine}-linux.so"
        yield environment


def module_of(policy):
    import types

    module = types.ModuleType("_manylinux")
    for name, value in policy.items():
        if name != "compatible":
            setattr(module, name, value)
    if "compatible" in policy:
        rule = policy["compatible"]

        def manylinux_compatible(major, minor, arch):
            if "deny_below" in rule and (major, minor) < tuple(rule["deny_below"]):
                return False
            if "deny_above" in rule and (major, minor) > tuple(rule["deny_above"]):
                return False
            return rule["else"]

        module.manylinux_compatible = manylinux_compatible
    return module


def simulate(where, environment):
    """The list of one environment; runs in a process of its own."""
    import collections
    import importlib
    import platform
    import sysconfig
    import types
    import warnings

    warnings.simplefilter("ignore")
    import distutils.util
    import imp

    kind, release = environment["installer"]["name"], environment["installer"]["version"]
    sys.path.insert(0, where)
    early = kind == "pip" and int(release.split(".")[0]) < 20
    if kind == "pip":
        # The packages' own __init__ may not run on this Python, and nothing of it is needed.
        for name in ("pip", "pip._internal", "pip.utils", "pip._internal.utils"):
            package = types.ModuleType(name)
            package.__path__ = [where + "/" + name.replace(".", "/")]
            sys.modules[name] = package
            if "." in name:
                parent, _, child = name.rpartition(".")
                setattr(sys.modules[parent], child, package)
        if early:
            for name in ("pip.compat", "pip._internal.compat", "pip._internal.utils.compat"):
                compat = types.ModuleType(name)
                compat.OrderedDict = collections.OrderedDict
                compat.get_extension_suffixes = lambda: [".so", ".abi3.so"]
                sys.modules[name] = compat
            try:
                top = importlib.import_module("pip._internal.pep425tags")
            except ImportError:
                top = importlib.import_module("pip.pep425tags")
            tags = top
        else:
            try:
                top = importlib.import_module("pip._internal.utils.compatibility_tags")
            except ImportError:
                top = importlib.import_module("pip._internal.pep425tags")
            tags = importlib.import_module("pip._vendor.packaging.tags")
    else:
        top = tags = importlib.import_module("packaging.tags")

    python, libc = environment["python"], environment["libc"]
    major, minor = (int(part) for part in python["version"].split("."))
    flags, name = python["abi_flags"], python["implementation"]
    nodot = python["version"].replace(".", "")
    soabi = {"cpython": f"cpython-{nodot}{flags}-{environment['machine']}-linux-gnu"}.get(name)
    if name != "cpython":
        soabi = "-".join(python["ext_suffix"].split(".")[1].split("-")[: 2 if name == "pypy" else 3])
    variables = {
        "py_version_nodot": nodot,
        "Py_DEBUG": int("d" in flags),
        "Py_GIL_DISABLED": int("t" in flags),
        "WITH_PYMALLOC": int("m" in flags),
        "Py_UNICODE_SIZE": 4 if "u" in flags else 2,
        "EXT_SUFFIX": python.get("ext_suffix", f".{soabi}.so"),
        "SOABI": soabi if (major, minor) >= (3, 2) else None,
    }
    glibc = libc["version"] if libc["family"] == "glibc" else None
    for module in filter(None, (tags, getattr(tags, "_manylinux", None))):
        for attribute, value in {
            "_glibc_version_string": lambda: glibc,
            "_is_linux_armhf": lambda *_: environment["bits"] == 32 and environment["float_abi"] == "hard",
            "_is_linux_i686": lambda *_: environment["bits"] == 32,
            "is_linux_armhf": lambda *_: (
                environment["machine"] == "armv7l"
                and environment["bits"] == 32
                and environment["float_abi"] == "hard"
            ),
            "_is_running_32bit": lambda: environment["bits"] == 32,
            "get_extension_suffixes": lambda: [".so", ".abi3.so"],
        }.items():
            if hasattr(module, attribute):
                setattr(module, attribute, value)
    musllinux = getattr(tags, "_musllinux", None)
    if musllinux is not None:
        output = f"musl libc (x)\nVersion {libc['version']}\n" if libc["family"] == "musl" else ""
        parsed = musllinux._parse_musl_version(output)
        musllinux._get_musl_version = lambda _: parsed
    if early:
        for name_ in ("pip.utils.glibc", "pip._internal.utils.glibc"):
            if name_ in sys.modules:
                sys.modules[name_].glibc_version_string = lambda: glibc
        imp.get_suffixes = lambda: [(".abi3.so", "rb", 3)] if major == 3 and minor >= 2 else []
        if not (major == 3 and minor >= 2):
            tags.get_extension_suffixes = lambda: []
    if hasattr(tags, "_linux_platforms"):
        tags._linux_platforms.__defaults__ = (environment["bits"] == 32,)
    if environment["manylinux_policy"] is not None:
        sys.modules["_manylinux"] = module_of(environment["manylinux_policy"])
    sysconfig.get_platform = distutils.util.get_platform = lambda: "linux-" + environment["machine"]
    sysconfig.get_config_var = lambda name: variables.get(name)
    platform.system = lambda: "Linux"
    sys.implementation.name = name
    sys.version_info = collections.namedtuple("version_info", "major minor micro releaselevel serial")(
        major, minor, 0, "final", 0
    )
    made = top.sys_tags() if kind == "packaging" else top.get_supported()
    return ["-".join(tag) if isinstance(tag, tuple) else str(tag) for tag in made]


def main():
    if sys.argv[1] == "--one":
        print(json.dumps(simulate(sys.argv[2], json.loads(sys.argv[3]))))
        return
    out = []
    for kind, releases in RELEASES.items():
        for release in releases.split():
            for environment in environments(kind, release):
                where = f"{sys.argv[1]}/{kind}/{release}"
                command = [sys.executable, "-W", "ignore", __file__, "--one", where, json.dumps(environment)]
                done = subprocess.run(command, capture_output=True, text=True, check=False)
                if done.returncode:
                    raise SystemExit(f"{environment}\n{done.stderr}")
                tags = json.loads(done.stdout)
                if len(sys.argv) > 2:
                    environment["tags"] = tags
                environment["count"] = len(tags)
                environment["sha256"] = hashlib.sha256("".join(tag + "\n" for tag in tags).encode()).hexdigest()
                out.append(environment)
    print("[")
    print(",\n".join(json.dumps(environment) for environment in out))
    print("]")


main()
