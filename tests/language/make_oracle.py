#!/usr/bin/env python3
"""Writes the oracle files of this folder from packaging 26.3 and pip 26.3.

    python3 -m venv target/venv
    target/venv/bin/pip install packaging==26.3 pip==26.3
    target/venv/bin/python tests/language/make_oracle.py

The output depends on nothing but the versions of the two tools: the random parts have fixed seeds.
"""

import itertools
import json
import pathlib
import random

import packaging
import pip
from packaging.markers import InvalidMarker, Marker, UndefinedComparison, UndefinedEnvironmentName
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet

HERE = pathlib.Path(__file__).parent
TOOLS = {"packaging": packaging.__version__, "pip": pip.__version__}


def write(name, value):
    """One case a line, so that a difference can be read."""
    lines = [json.dumps(case, ensure_ascii=True, sort_keys=True) for case in value]
    head = json.dumps({"tools": TOOLS})[:-1]
    text = head + ', "cases": [\n' + ",\n".join(lines) + "\n]}\n"
    (HERE / name).write_text(text, encoding="ascii")
    print(name, len(value))


# ---------------------------------------------------------------------------------------------------- specifiers

VERSIONS = """
0 0.dev0 0a0 0.0.0 0.1 1 1.0 1.0.0 1.0.1 1.0.dev0 1.0.dev1 1.0a0 1.0a1 1.0a1.dev1 1.0a1.post1 1.0a1.post1.dev2 1.0a2
1.0b1 1.0rc1 1.0rc1.dev3 1.0rc2 1.0+cpu 1.0+cpu.1 1.0+1 1.0.post0 1.0.post0.dev1 1.0.post1 1.0.post1.dev0
1.0.post1+local 1.0.post2 1.0.0.post1 1.1 1.1.dev1 1.1a1 1.1.1 1.2 1.2.3 1.2.3.4.5 1.9 1.10 1.10.0 1.10.1 1.10rc1
1.10.post1 1.11 2 2.0 2.0.dev1 2.0a1 2.0rc1 2.0+cu118 2.0.post1 2.1 3 3.8 3.8.1 3.12 10 2023.1 2023.10.1 1!0 1!0.5
1!1.0 1!1.0a1 1!1.0+x 1!2 65536 70000.1 1.300 1.0.0.0.0 1.0.0.0.1 1.0rc64 1.0rc70 1.0.post300 1.0.dev300
""".split()
SPECIFIER_VERSIONS = """
0 0.0 0.dev0 1 1.0 1.0.0 1.0.dev0 1.0.dev1 1.0a1 1.0a1.dev1 1.0a1.post1 1.0b1 1.0rc1 1.0rc 1.0.post1 1.0.post1.dev0
1.0.post0 1.1 1.10 1.10.0 1.2.3 2 2.0 2.0.dev1 2.0rc1 3.8 1!0 1!1.0 v1.0 1.0-1 1.0-post1 1.0ALPHA1 1.0_dev2 1.0.a.1
2023.10 65536 1.300 99999999999999999999
""".split()
EQUALITY_ONLY = ["1.0+cpu", "1.0+CPU.01", "1.0+1", "2.0+cu118", "1.*", "1.0.*", "1.10.*", "0.*", "1!1.*", "2.*", "v1.*",
                 "1.0.0.*", "1.2.3.*"]
BROKEN = ["", "1", "=1", "= 1", "==", "== ", "===", "=== ", ">=", ">=1.*", "<2.*", ">1.*", "<=1.*", "~=1", "~=1.*", "~=1.0.*",
          ">=1+local", "~=1.0+local", "<1+l", "==1.0a1.*", "==1.0.post1.*", "==1.0.dev1.*", "==1.0+cpu.*", "!=1.0a1.*",
          "==1.", "==1..2", "==.1", "==a", "==1.0x", "==1.0 2.0", ">=1 <2", "=>1", "><1", "!1", "!==1", "====1", "==1,,<2",
          ",", ",>=1", ">=1,", ">=1, ,<2", ">= 1.0 , < 2 ", "\t>=1\n", ">=\u00a01", "\x1c>=1", "==1*", "==*", "==1.0.*.*",
          "===1.0 2", "===foo bar", "===foo;", "===foo)", "===1.0,<2", "===*", "===1.*", "==1!1", "==1!", "==!1", "==1!1!1",
          "==1.0-", "==1.0--1", "==1.0-r", "==1.0r3", "==1.0rev", "==1.0pre", "==1.0preview2", "==1.0c", "==1.0c1",
          "==1.0a-1", "==1.0a--1", "==1.0-1-1", "==1.0a.dev", "==1.0.dev-3", "==1.0+", "==1.0+a..b", "==1.0+a.b_c-d",
          "==1.0+\u00e9", ">=\u0661", "^1.0", "~1.0", "1.0", ">=1.0,~1", ">dev", "==V1.0", ">=1.0RC1", "<1.0DEV", "==1.0POST"]


def specifiers():
    cases = []
    texts = [op + v for op in ("==", "!=", "<=", ">=", "<", ">", "~=", "===") for v in SPECIFIER_VERSIONS]
    texts += [op + v for op in ("==", "!=", "===") for v in EQUALITY_ONLY]
    texts += BROKEN
    rng = random.Random(440)
    base = [t for t in texts if valid_specifier(t)]
    texts += [",".join(rng.sample(base, rng.randint(2, 4))) for _ in range(250)]
    # Made-up versions of every shape against made-up specifiers of every shape.
    for _ in range(400):
        op = rng.choice(["==", "!=", "<=", ">=", "<", ">", "~=", "==*", "!=*"])
        v = random_version(rng, plain=op.endswith("*"), local=op in ("==", "!="))
        texts.append(op.rstrip("*") + v + (".*" if op.endswith("*") else ""))
    for text in dict.fromkeys(texts):
        try:
            parsed = SpecifierSet(text)
        except InvalidSpecifier:
            cases.append({"specifiers": text, "valid": False})
            continue
        beside = list(dict.fromkeys([random_version(rng) for _ in range(3)] + near(parsed, rng)))
        cases.append({
            "specifiers": text,
            "valid": True,
            "prereleases": bool(parsed.prereleases),
            "answers": answers(parsed, VERSIONS),
            "beside": beside,
            "answers_beside": answers(parsed, beside),
        })
    write("specifiers.json", [{"versions": VERSIONS}] + cases)


def answers(parsed, versions):
    return "".join("T" if parsed.contains(canonical(v), prereleases=True) else "F" for v in versions)


def canonical(text):
    from packaging.version import Version
    return Version(text)


def valid_specifier(text):
    try:
        SpecifierSet(text)
    except InvalidSpecifier:
        return False
    return True


def near(parsed, rng):
    """Versions beside those that the specifiers name."""
    found = []
    for one in parsed:
        base = one.version.removesuffix(".*")
        if len(base) > 19:  # numbers above 64 bits, which no version here can have
            continue
        for tail in ("", ".0", ".1", "a1", "rc2", ".dev0", ".dev1", ".post0", ".post1", ".post1.dev1", "+x", ".post1+x", "a1+x"):
            try:
                found.append(str(canonical(base + tail)))
            except ValueError:
                pass
    return rng.sample(found, min(len(found), 8))


def random_version(rng, plain=False, local=True):
    text = rng.choice(["", "", "", "", "1!"]) + ".".join(str(rng.choice([0, 0, 1, 1, 2, 10, 300])) for _ in range(rng.randint(2, 4)))
    if plain:
        return text
    if rng.random() < 0.3:
        text += rng.choice(["a", "b", "rc"]) + str(rng.randint(0, 2))
    if rng.random() < 0.3:
        text += ".post" + str(rng.randint(0, 2))
    if rng.random() < 0.3:
        text += ".dev" + str(rng.randint(0, 2))
    if local and rng.random() < 0.2:
        text += "+" + rng.choice(["1", "a", "cpu.2"])
    return text


# ------------------------------------------------------------------------------------------------------- markers

LINUX = {
    "implementation_name": "cpython", "implementation_version": "3.12.4", "os_name": "posix", "platform_machine": "x86_64",
    "platform_python_implementation": "CPython", "platform_release": "6.1.0-18-amd64", "platform_system": "Linux",
    "platform_version": "#1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1", "python_full_version": "3.12.4", "python_version": "3.12",
    "sys_platform": "linux",
}
ENVIRONMENTS = {
    "linux": LINUX,
    "arm-pre": LINUX | {"platform_machine": "aarch64", "python_full_version": "3.13.0rc2", "python_version": "3.13",
                        "implementation_version": "3.13.0rc2", "platform_release": "5.10.0"},
    "pypy": LINUX | {"implementation_name": "pypy", "implementation_version": "7.3.17", "python_version": "3.10",
                     "platform_python_implementation": "PyPy", "python_full_version": "3.10.14", "platform_release": "5"},
    "windows": LINUX | {"os_name": "nt", "platform_system": "Windows", "sys_platform": "win32", "platform_machine": "AMD64",
                        "platform_release": "10", "platform_version": "10.0.22621", "python_version": "3.9",
                        "python_full_version": "3.9.13+", "implementation_version": "3.9.13"},
}
CONTEXTS = [
    {"extra": "", "extras": [], "dependency_groups": []},
    {"extra": "foo-bar", "extras": ["foo-bar"], "dependency_groups": ["dev"]},
    {"extra": "test", "extras": ["test"], "dependency_groups": ["dev", "docs"]},
]
MARKERS = """
python_version >= '3.9'
python_version<'3.13'
"3.10" <= python_version
'3.12' == python_version
python_version == '3.1*'
python_version == '3.*'
python_version != '3.12.*'
python_version ~= '3.8'
python_version ~= '3'
'3.8' ~= python_version
python_version === '3.12'
python_version > 'foo'
python_version == 'foo'
python_version != 'foo'
python_version in '3.11, 3.12'
python_version not in '3.11, 3.12'
python_version in '3.11 3.13'
'3.1' in python_version
'3.12' in python_version
'3.11' not in python_version
python_version >= ' 3.9 '
python_version >= '3.9' and python_version < '3.13' or extra == 'test'
python_version >= '3.13' and (sys_platform == 'linux' or extra == 'test')
(python_version >= '3.13' and sys_platform == 'linux') or extra == 'test'
((((os_name == 'posix'))))
python_full_version >= '3.12.4'
python_full_version < '3.12.4'
python_full_version <= '3.9.13'
python_full_version == '3.9.13'
python_full_version == '3.9.13+local'
python_full_version > '3.13.0rc1'
python_full_version < '3.13'
'3.13.0' > python_full_version
python_full_version != '3.12.*'
implementation_version >= '7'
implementation_version < '3.13'
implementation_name == 'cpython'
implementation_name in 'cpython pypy'
implementation_name != "pypy"
platform_python_implementation == 'CPython'
python_implementation == 'PyPy'
platform.python_implementation != 'PyPy'
os.name == 'nt'
sys.platform == 'win32'
platform.version == '10.0.22621'
platform.machine in 'x86_64 amd64 AMD64'
platform_machine == 'x86_64'
platform_machine >= 'x86_64'
platform_machine <= 'x86_64'
platform_machine > 'a'
platform_machine < 'z'
platform_machine ~= 'x86_64'
platform_machine === 'x86_64'
'x86' in platform_machine
'' in platform_machine
platform_machine in ''
'x86' not in platform_machine
'posix' ~= os_name
os_name ~= 'posix'
platform_release >= '5'
platform_release == '5'
platform_release != '5'
platform_release < '5.11'
platform_release === '5.10.0'
platform_release in '5.10.0 6'
'amd64' in platform_release
platform_version >= '10'
platform_version == '10.0.22621'
platform_system == "Linux" and platform_machine == "x86_64"
platform_system == 'Linux'
sys_platform == "linux" or sys_platform == "darwin"
sys_platform != 'win32'
sys_platform in 'linux linux2'
'linux' in sys_platform
'win' in sys_platform
'Linux' == platform_system
extra == 'foo_bar'
extra == 'Foo.Bar'
'FOO--BAR' == extra
extra != 'test'
extra == 'test' and python_version >= '3'
extra == ''
extra in 'test, foo-bar'
'te' in extra
extra not in 'test'
extra > 'a'
extra ~= '1.0'
'test' in extras
'Foo_Bar' in extras
'test' not in extras
'dev' in dependency_groups
'docs' in dependency_groups or 'test' in extras
'dev' == dependency_groups
'dev' != dependency_groups
'dev' <= dependency_groups
'dev' ~= dependency_groups
dependency_groups in 'dev'
extras == 'test'
extra == 'a' or extra == 'test' and os_name == 'nt'
os_name == sys_platform
os_name == 'posix' and os_name == os_name
'os_name' == os_name
'posix' == 'os_name'
'a' == 'a'
'linux' == "sys_platform"
"it's" == os_name
'say "x"' == os_name
'a\\x41\\u0041\\101' == os_name
'C:\\\\x' == os_name
'\\q' == os_name
python_version=='3.12'and(os_name=='posix')
python_version == "3.12" and	sys_platform == "linux"
 python_version >= '3.8' 
python_version >= '3.8' and
and python_version >= '3.8'
python_version >= '3.8' or or os_name == 'nt'
python_version
python_version >=
>= '3.8'
'3.8'
python_version '3.8'
python_version = '3.8'
python_version => '3.8'
python_version >= 3.8
python_version >= '3.8
python_version >= "3.8'
python_versions >= '3.8'
Python_Version >= '3.8'
platform.system == 'Linux'
platform.release == '5'
implementation.name == 'cpython'
unknown_variable == 'x'
not python_version >= '3.8'
python_version not '3.8'
python_version notin '3.8'
python_version not  in '3.8'
os_name in'posix'
os_name notin 'posix'
'posix'in os_name
(python_version >= '3.8'
python_version >= '3.8')
()
(os_name == 'nt' or) python_version >= '3'
os_name == 'nt', python_version >= '3'
os_name == 'nt' & python_version >= '3'
os_name == 'nt' AND python_version >= '3'
os_name == 'nt' andpython_version >= '3'
os_name == 'po\\six'
os_name == 'po\\'
os_name == '\\x4'
""".strip("\n").split("\n") + ["", "os_name == 'a\nb'", "os_name ==\n'posix'", "os_name == 'posix'\n", "(" * 150 + "os_name == 'posix'" + ")" * 150]


def random_marker(rng, depth=0):
    if depth < 3 and rng.random() < 0.55:
        parts = [random_marker(rng, depth + 1) for _ in range(rng.randint(2, 3))]
        text = parts[0]
        for part in parts[1:]:
            text += rng.choice([" and ", " or "]) + part
        return f"({text})" if depth and rng.random() < 0.7 else text
    variable = rng.choice(["python_version", "python_full_version", "os_name", "sys_platform", "platform_machine",
                           "implementation_name", "platform_release", "platform_system", "extra", "implementation_version"])
    value = rng.choice({
        "python_version": ["3.8", "3.10", "3.12", "3.9.1", "3.*", "4", "x", "3.12.dev0"],
        "python_full_version": ["3.12.4", "3.13.0", "3.9.13", "3.13.0rc2", "3.12.*", "3.10"],
        "implementation_version": ["3.12.4", "7.3", "3.13.0rc2"],
        "platform_release": ["5", "5.10", "6.1.0-18-amd64", "10"],
        "extra": ["test", "Foo_Bar", "", "other"],
    }.get(variable, ["posix", "linux", "x86_64", "cpython", "Linux", "nt", "", "win32"]))
    op = rng.choice(["==", "!=", "<", "<=", ">", ">=", "in", "not in", "==", "!="] + (["~="] if "version" in variable else []))
    value = repr(value)
    return f"{value} {op} {variable}" if rng.random() < 0.25 else f"{variable} {op} {value}"


def markers():
    rng = random.Random(508)
    cases = []
    for text in dict.fromkeys(MARKERS + [random_marker(rng) for _ in range(700)]):
        try:
            marker = Marker(text)
        except InvalidMarker:
            cases.append({"marker": text, "valid": False})
            continue
        try:
            shown = str(marker)
        except ValueError:
            shown = None
        answers = ""
        for name, context in itertools.product(ENVIRONMENTS, CONTEXTS):
            environment = ENVIRONMENTS[name] | {"extra": context["extra"], "extras": set(context["extras"]),
                                                "dependency_groups": set(context["dependency_groups"])}
            try:
                answers += "T" if marker.evaluate(environment) else "F"
            except (UndefinedComparison, UndefinedEnvironmentName):
                answers += "U"
        cases.append({"marker": text, "valid": True, "shown": shown, "answers": answers})
    head = {"environments": ENVIRONMENTS, "contexts": CONTEXTS}
    write("markers.json", [head] + cases)


# -------------------------------------------------------------------------------------------------- requirements

REQUIREMENTS = """
flask
Flask
zope.interface
a
A1
a_b
a--b
a.-_b
a-
-a
a.
_a
a-==1
a[x-]
a[-x]
a[x]
a[X_y, z]
a [x]
a[ x , y ]
a[]
a[ ]
a[x,]
a[,x]
a[x y]
a[x
a[x]]
a[x]>=1
a[x] (>=1)
a>=1
a >= 1
a(>=1)
a (>=1,<2)
a ( >= 1 , < 2 )
a ()
a (>=1
a >=1)
a (>=1)) 
a>=1,
a>=1, ,<2
a>=1,<2
a>=1<2
a >=1 <2
a,>=1
a>=1;os_name=='nt'
a>=1 ; os_name == 'nt'
a ; os_name == 'nt'
a;os_name=='nt'
a;
a ;
a; os_name
a[x]>=1; extra == 'Y'
a==1.*
a!=1.*
a>=1.*
a~=1.0.*
a~=1
a~=1.0
a==1.0a1.*
a==1.0+local
a>=1.0+local
a===whatever
a===1.0,>=2
a===
a==
a==1.0#c
a==1.0 #c
a 1.0
a b
a=1
a = 1
a=>1
a!1
a@https://example.org/a-1.0.tar.gz
a @ https://example.org/a-1.0.tar.gz
a @https://example.org/a-1.0.tar.gz
a [x] @ https://example.org/a-1.0-py3-none-any.whl
a @ https://example.org/a.zip ; os_name == 'nt'
a @ https://example.org/a.zip; os_name == 'nt'
a @ https://example.org/a.zip;os_name=='nt'
a @ https://example.org/a.zip os_name == 'nt'
a @ https://example.org/a b.zip
a @ ./relative
a @ ../relative ; python_version > '3'
a @ file:///tmp/a.whl
a @ git+https://example.org/a.git@main#egg=a
a @
a @ 
a @ ;
a @ https://example.org/a.zip >= 1
a >=1 @ https://example.org
a[x]@git+ssh://git@example.org/a.git
https://example.org/a.zip
./a
../a
a/b
a\\b
a>=1,<2;python_version>='3' and (os_name=='nt' or extra=='x')
a>=1,<2;python_version>='3' and
a>=1;python_version>='3' # comment
a>=v1.0
a>=1.0.dev
a<2.0.0.post1
a==1!2.0
a>=1.0rc
a >=2.7, !=3.0.*, !=3.1.*
a (==1.0)
a==1.0.*,<1.0.5
 a 
	a>=1
a>=1 ,<2
a>= 1
a~= 1.0
a ~=1.0 ; os_name~='x'
a>=1.0;(os_name=='nt')
a>=99999999999999999999
a{x}
a<1>2
a(>=1)(<2)
a[x][y]
a;os_name=='nt';os_name=='nt'
\u00e9
a\u00e9
a>=1\u00e9
a[\u00e9]
a>=\u0661
""".strip("\n").split("\n") + ["", " ", "a\n", "a\n>=1", "a>=\n1", "a;\nos_name=='nt'", "a\u00a0>=1", "a\x00", "a[x]\n"]


def describe(requirement):
    from packaging.utils import canonicalize_name
    return {
        "name": canonicalize_name(requirement.name),
        "extras": sorted({canonicalize_name(extra) for extra in requirement.extras}),
        "specifiers": sorted(str(one) for one in requirement.specifier),
        "url": requirement.url,
        "marker": str(requirement.marker) if requirement.marker else None,
    }


def requirements():
    cases = []
    rng = random.Random(503)
    texts = list(REQUIREMENTS)
    # One or two characters of a good line removed, doubled or replaced.
    for _ in range(900):
        text = list(rng.choice(REQUIREMENTS[:100]))
        for _ in range(rng.randint(1, 2)):
            if not text:
                break
            at = rng.randrange(len(text))
            what = rng.random()
            if what < 0.35:
                del text[at]
            elif what < 0.6:
                text.insert(at, text[at])
            else:
                text[at] = rng.choice(" ,;()[]<>=~!@.*+-_'a1#")
        texts.append("".join(text))
    for text in dict.fromkeys(texts):
        try:
            case = {"requirement": text, "valid": True} | describe(Requirement(text))
        except InvalidRequirement:
            case = {"requirement": text, "valid": False}
        cases.append(case)
    write("requirements.json", cases)


if __name__ == "__main__":
    specifiers()
    markers()
    requirements()
