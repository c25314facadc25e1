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
a @ file:///srv/a.whl
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


# --------------------------------------------------------------------------------------------- requirements files

LINES = """
flask
flask # comment
flask#no comment
flask   >=  2.0
flask>=2,<3;python_version>='3'
flask>=2,
flask [async] >= 2
flask (>=2)
flask==2.*
flask>=2.*
flask~=2
flask>=2+local
flask==2#c
flask==2 #c
flask django
flask, django
flask = 2
flask=2
FLASK_x.y==1
flask ; python_version < '3'
flask;
flask; 
flask;python_version
flask --hash=sha256:aaaa
flask --hash sha256:AAAA --hash=sha512:bb
flask==2 --hash=md5:aa
flask==2 --hash=sha256
flask==2 --hash
flask==2 --hash=sha256:a --hash=sha256:b ; python_version < '3'
flask ; python_version < '3' --hash=sha256:a
flask --config-settings=a=b
flask --config-settings a=b -C c=d
flask --config-settings a
flask --global-option=x
flask --install-option=x
flask --pre
flask --index-url https://example.org/simple
flask --no-binary flask
flask --no-binary=:all:
flask --only-binary :all:
flask -e ./project
flask -r other.txt
--pre
--pre=1
--pre flask
--prefer-binary
--require-hashes
--require-hashes --pre
--req
--require other
--i https://example.org
--index https://example.org/simple
-i https://example.org/simple
-ihttps://example.org/simple
-i=https://example.org/simple
-i
--index-url=https://example.org/simple
--index-url "https://example.org/simple"
--index-url 'https://example.org/simple
--index-url https://example.org/${TOKEN}/simple
--index-url https://example.org/${UNSET}/simple
--index-url https://example.org/${token}/simple
--index-url https://example.org/$TOKEN/simple
--pypi-url https://example.org/simple
--index-url https://a.example.org --index-url https://b.example.org
--extra-index-url https://a.example.org --extra-index-url=https://b.example.org
--extra-index-url https://a.example.org -i https://b.example.org
--extra-index https://a.example.org
--no-index
--no-index --index-url https://a.example.org
--no-in
-f https://example.org/links
-f ./links
-f ./missing
-f a -f b
--find-links=links
--find-links 'my links'
--trusted-host example.org
--trusted-host=example.org:8080
--use-feature fast-deps
--no-binary a,B_c
--no-binary :all: --only-binary a
--only-binary=:all: --no-binary=x,y
--only-binary :none:
--no-binary :all:,:none:,a
--no-binary -x
--all-releases flask
--all-releases :all: --only-final flask
--only-final=:all:
--global-option x
--unknown
-x
-
--
-- flask
-e ./project
-e project
-e .
-e ./project[dev]
-e ./project[dev,test]
-e ./project[dev
-e git+https://example.org/p.git#egg=p
-e git+https://example.org/p.git
-e git+https://example.org/p.git#egg=p[x]
-e git+https://example.org/p.git#egg=
-e p @ git+https://example.org/p.git
-e "p @ git+https://example.org/p.git"
-e "p[x] @ git+https://example.org/p.git ; python_version < '3'"
-e "p @ https://example.org/p.zip"
-e https://example.org/p.zip#egg=p
-e file:///project#egg=p
-e ./project --hash=sha256:aa
-e ./project --config-settings a=b
-e ./project extra
-e
--editable=./project
--edit ./project
-e hg+https://example.org/p#egg=p
-e svn+https://example.org/p#egg=p
-e bzr+https://example.org/p#egg=p
-e git+ssh://git@example.org/p.git@v1#egg=p&subdirectory=sub
git+https://example.org/p.git
git+https://example.org/p.git@main#egg=p
git+https://example.org/p.git#egg=p&subdirectory=x
git+https://example.org/p.git#egg=p_q
git+https://example.org/p.git#egg=-
p @ git+https://example.org/p.git
p[x,y]@git+https://example.org/p.git@1.0
p @ git+https://example.org/p.git ; python_version < '3'
p @ git+https://example.org/p.git;python_version < '3'
hg+http://example.org/p#egg=p
svn+svn://example.org/p#egg=p
bzr+lp:p#egg=p
git://example.org/p.git
https://example.org/p-1.0-py3-none-any.whl
https://example.org/p-1.0-py3-none-any.whl#sha256=aa
https://example.org/p-1.0-py3-none-any.whl ; python_version < '3'
https://example.org/p-1.0-py3-none-any.whl; python_version < '3'
https://example.org/p-1.0-py3-none-any.whl --hash=sha256:aa
https://example.org/p_q-1.0-1-py3-none-any.whl
https://example.org/p%5Fq-1.0-py3-none-any.whl
https://example.org/p-py3-none-any.whl
https://example.org/p.whl
https://example.org/p-1.0.tar.gz
https://example.org/p-1.0.tar.gz#egg=p
https://example.org/p-1.0.tar.gz#egg=p&sha256=aa
https://example.org/p/archive/main.zip
https://example.org/p/archive/main.zip#egg=p
https://user:${TOKEN}@example.org/p-1.0-py3-none-any.whl
https://example.org/p.tar.gz?x=y#egg=p
ftp://example.org/p-1.0.tar.gz
p @ https://example.org/p-1.0-py3-none-any.whl
p @ https://example.org/p-1.0-py3-none-any.whl#sha256=aa
p @ https://example.org/p-1.0-py3-none-any.whl ; python_version < '3'
p @ https://example.org/p-1.0-py3-none-any.whl; python_version < '3'
p[x] @ https://example.org/p-1.0.tar.gz
p @ https://example.org/p 1.0.tar.gz
p@https://example.org/p-1.0.tar.gz
p >=1 @ https://example.org/p-1.0.tar.gz
./wheels/p-1.0-py3-none-any.whl
./wheels/p-1.0-py3-none-any.whl[x]
./wheels/p-1.0-py3-none-any.whl ; python_version < '3'
./wheels/p-1.0-py3-none-any.whl --hash=sha256:aa
wheels/p-1.0-py3-none-any.whl
p-1.0-py3-none-any.whl
p-1.0.tar.gz
p.zip
./p-1.0.tar.gz
./wheels/missing-1.0-py3-none-any.whl
./wheels/bad.whl
/absolute/p-1.0-py3-none-any.whl
./project
./project[dev]
./project [dev]
./project[dev,Test_x] ; python_version < '3'
project/
project/sub/..
.
./my project
file:///project
file:./project
file:project
file:///wheels/p-1.0-py3-none-any.whl
file://localhost/wheels/p-1.0-py3-none-any.whl
p @ file:///wheels/p-1.0-py3-none-any.whl
p @ ./project
-rother.txt
-r other.txt
-r=other.txt
--requirement other.txt
--requirement=other.txt
-c constraints.txt
-cconstraints.txt
--constraint=constraints.txt
-r other.txt -r constraints.txt
-r other.txt -c constraints.txt
-r other.txt --pre
-r other.txt flask
-r missing.txt
-r "my other.txt"
-r sub/nested.txt
-r
-c
flask==${VERSION}
flask==${UNSET}
${NAME}>=1
${NAME}
flask>=2 \\
# comment
   # comment
 flask 
flask\t>=2
\tflask
flask\\
\\flask
flask --hash=sha256:a\\
flask==2; sys_platform == 'x' and 'y' in extras
flask; os_name ~= 'x'
flask @
@ https://example.org/p.zip
[x]
>=1
flask]
flask[
flask[]
flask[a
flask[a]]
flask[a,]
flask[a b]
flask<
flask<3>2
flask<3,>2
flask>2<3
flask !=2.0
flask !=2.*
flask ==2.* , <3
flask@example.org
a/b/c
a\\b
"flask"
'flask'
flask "x"
flask>='2'
flask>=2 ; 'x' == extra
flask>=2;extra=='X'
flask>=2 -
flask>=2 --
flask>=2 -- x
flask -x
flask - x
""".strip("\n").replace("\\\\", "\\").replace("\\t", "\t").split("\n")

FILES = [
    {"r.txt": "flask \\\n  >=2\\\n  ,<3 # why\ndjango\n"},
    {"r.txt": "flask==1 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n# c\n\\\ndjango\n"},
    {"r.txt": "flask \\\n# comment\n>=2\n"},
    {"r.txt": "flask \\\n\n>=2\n"},
    {"r.txt": "flask\r\ndjango\rjinja2\x0bclick\x0cx\u2028y\n"},
    {"r.txt": "-r a.txt\nflask\n", "a.txt": "-r sub/b.txt\ndjango\n", "sub/b.txt": "-r c.txt\nb\n", "sub/c.txt": "c\n"},
    {"r.txt": "-r r.txt\n"},
    {"r.txt": "-r a.txt\n", "a.txt": "-r ./r.txt\n"},
    {"r.txt": "-r a.txt\n-r b.txt\n", "a.txt": "--pre\nx\n-r b.txt\n", "b.txt": "y\n"},
    {"r.txt": "-c c.txt\nflask\n", "c.txt": "flask<3\njinja2==3\n"},
    {"r.txt": "-c c.txt\nflask\n", "c.txt": "flask[x]<3\n"},
    {"r.txt": "-c c.txt\nflask\n", "c.txt": "-e ./project\n"},
    {"r.txt": "-c c.txt\nflask\n", "c.txt": "./project\n"},
    {"r.txt": "-c c.txt\nflask\n", "c.txt": "flask @ https://example.org/flask-1.0.tar.gz\n"},
    {"r.txt": "-c c.txt\nflask\n", "c.txt": "https://example.org/flask-1.0-py3-none-any.whl\n"},
    {"r.txt": "-c c.txt\nflask\n", "c.txt": "-r a.txt\n--pre\n", "a.txt": "django\n"},
    {"r.txt": "-c c.txt\nflask\n", "c.txt": "-c a.txt\n", "a.txt": "flask<9 --hash=sha256:aa\n"},
    {"r.txt": "-i https://a.example.org\n--extra-index-url https://b.example.org\n-i https://c.example.org\nflask\n"},
    {"r.txt": "--extra-index-url https://b.example.org\n-i https://c.example.org\n--extra-index-url https://d.example.org\n"},
    {"r.txt": "-i https://a.example.org\n--no-index\n--extra-index-url https://b.example.org\n"},
    {"r.txt": "--no-binary a,b\n--only-binary b\n--only-binary :all:\n--no-binary c\n"},
    {"r.txt": "--only-binary :all:\n--no-binary :none:\nflask --no-binary flask\n"},
    {"r.txt": "--no-binary :all:\n--no-binary :none:\n--only-binary z\n"},
    {"r.txt": "--pre\n--only-final flask\n"},
    {"r.txt": "-f links\n-f missing\n-r sub/f.txt\n", "sub/f.txt": "-f links\n-f here\n"},
    {"r.txt": "--require-hashes\nflask==1 --hash=sha256:aa\n"},
    {"r.txt": "flask==1 --hash=sha256:aa\ndjango==1\n"},
    {"r.txt": "-r other.txt\n-r other.txt\n"},
    {"r.txt": ""},
    {"r.txt": "\n\n#\n \n"},
    {"r.txt": "\ufeffflask\n"},
]
ENVIRON = {"TOKEN": "s3cret", "VERSION": "2.0", "NAME": "flask", "EMPTY": ""}
PROJECT = "[project]\nname='p'\nversion='1'\n"


def requirements_files():
    import os
    import tempfile

    os.environ.update(ENVIRON)
    for name in ("UNSET", "token"):
        os.environ.pop(name, None)
    rng = random.Random(26)
    cases = [{"r.txt": line + "\n"} for line in LINES] + FILES
    alphabet = " ,;#\\-=\"'@[]{}$/.\t<>ar:"
    for _ in range(500):
        line = list(rng.choice(LINES))
        for _ in range(rng.randint(1, 2)):
            if not line:
                continue
            at = rng.randrange(len(line))
            if rng.random() < 0.4:
                del line[at]
            else:
                line[at:at] = rng.choice(alphabet)
        cases.append({"r.txt": "".join(line) + "\n"})
    written = []
    home = os.getcwd()
    for files in cases:
        with tempfile.TemporaryDirectory() as folder:
            folder = os.path.realpath(folder)
            os.chdir(folder)
            for directory in ("project/sub", "my project", "links", "wheels", "sub/here"):
                os.makedirs(directory)
            for project in (".", "project", "my project"):
                pathlib.Path(project, "pyproject.toml").write_text(PROJECT)
            for archive in ("wheels/p-1.0-py3-none-any.whl", "wheels/bad.whl", "p-1.0.tar.gz"):
                pathlib.Path(archive).write_bytes(b"")
            base = {"other.txt": "other\n", "my other.txt": "other\n", "constraints.txt": "constrained<1\n", "sub/nested.txt": "-r deep.txt\n",
                    "sub/deep.txt": "deep\n"}
            for name, content in (base | files).items():
                pathlib.Path(name).write_bytes(content.encode())
            try:
                case = {"valid": True} | read_file(folder)
            except Exception as fault:
                case = {"valid": False, "fault": type(fault).__name__}
            os.chdir(home)
        written.append({"files": files} | case)
    write("requirements_files.json", written)


def read_file(folder):
    from pip._internal.index.collector import LinkCollector
    from pip._internal.index.package_finder import PackageFinder
    from pip._internal.models.release_control import ReleaseControl
    from pip._internal.models.search_scope import SearchScope
    from pip._internal.models.selection_prefs import SelectionPreferences
    from pip._internal.network.session import PipSession
    from pip._internal.req.constructors import install_req_from_parsed_requirement
    from pip._internal.req.req_file import parse_requirements
    from pip._internal.req.req_install import check_invalid_constraint_type
    from optparse import Values

    session = PipSession()
    scope = SearchScope(find_links=[], index_urls=["https://default.example.org"], no_index=False)
    finder = PackageFinder.create(link_collector=LinkCollector(session=session, search_scope=scope),
                                  selection_prefs=SelectionPreferences(allow_yanked=True))
    finder.set_release_control(ReleaseControl())
    options = Values({"require_hashes": False, "no_require_hashes": False, "features_enabled": []})
    lines = []
    hashed = False
    for parsed in parse_requirements("r.txt", session, finder=finder, options=options):
        requirement = install_req_from_parsed_requirement(parsed, user_supplied=True)
        hashed = hashed or requirement.has_hash_options
        problem = parsed.constraint and check_invalid_constraint_type(requirement)
        if problem:
            raise ValueError(problem)
        lines.append(describe_line(requirement, parsed, folder))
    control = finder.release_control
    return {
        "lines": lines,
        "index_urls": [] if finder.search_scope.no_index else finder.index_urls,
        "find_links": [link.replace(folder, "@") for link in finder.find_links],
        "no_binary": sorted(finder.format_control.no_binary),
        "only_binary": sorted(finder.format_control.only_binary),
        "all_releases": sorted(control.all_releases) if control else [],
        "only_final": sorted(control.only_final) if control else [],
        "prefer_binary": finder.prefer_binary,
        "hash_mode": bool(options.require_hashes or (hashed and not options.no_require_hashes)),
        "features": options.features_enabled,
        "trusted_hosts": sorted(host for host, _ in session.pip_trusted_origins),
    }


def describe_line(requirement, parsed, folder):
    from packaging.utils import canonicalize_name
    link = requirement.link
    return {
        "name": canonicalize_name(requirement.req.name) if requirement.req else None,
        "specifiers": sorted(map(str, requirement.req.specifier)) if requirement.req and not link else [],
        "link": link.url_without_fragment.replace("file://" + folder, "@") if link else None,
        "kind": None if not link else "vcs" if link.is_vcs else "local" if link.is_file else "remote",
        "extras": sorted(map(canonicalize_name, requirement.extras)),
        "marker": str(requirement.markers) if requirement.markers else None,
        "editable": requirement.editable,
        "constraint": requirement.constraint,
        "hashes": sorted([name, digits.lower()] for name, all in requirement.hash_options.items() for digits in all),
        "config": requirement.config_settings or parsed.options.get("config_settings") if parsed.options else None,
        "line": parsed.comes_from.replace(folder, "@"),
    }


# ------------------------------------------------------------------------------- dependency groups and scripts

GROUPS = [
    'a = ["flask"]\nb = [{include-group = "a"}, "django"]',
    'a = ["flask>=2 ; python_version < \'4\'"]',
    'A_b = ["x"]\nc = [{include-group = "a.B"}]',
    'a = [{include-group = "a"}]',
    'a = [{include-group = "b"}]\nb = [{include-group = "a"}]',
    'a = [{include-group = "b"}]\nb = [{include-group = "c"}]\nc = [{include-group = "b"}]',
    'a = ["x", {include-group = "b"}]\nb = [{include-group = "c"}, "y"]\nc = ["z"]',
    'a = [{include-group = "b"}, {include-group = "c"}]\nb = [{include-group = "d"}]\nc = [{include-group = "d"}]\nd = ["x"]',
    'a = [{include-group = "nowhere"}]',
    'a = [{include-group = 1}]',
    'a = [{include-group = "b", x = 1}]\nb = []',
    'a = [{set-phasers-to = "stun"}]',
    'a = [1]',
    'a = "flask"',
    'a = {x = 1}',
    'a = ["flask ~ 2"]',
    'a-b = []\na_b = []',
    'a = []',
    'a = ["p @ https://example.org/p-1.0.tar.gz", "q[x,y]<2"]',
    'b = ["fla sk"]\na = ["ok"]',
]
SCRIPTS = [
    "# /// script\n# dependencies = ['flask']\n# ///\n",
    "#!/usr/bin/env python\n# /// script\n# requires-python = '>=3.9'\n# dependencies = [\n#   'flask>=2',\n#   'django',\n# ]\n# ///\nimport x\n",
    "# /// script\n#dependencies = ['flask']\n# ///\n",
    "# /// script\n#\n# dependencies = ['flask']\n#\n# ///\n",
    "# /// script\n# dependencies = ['flask']\n",
    "# /// script\n# ///\n",
    "# /// script\n# dependencies = []\n# ///\n# more\n# ///\n",
    "# /// script\n# dependencies = ['a']\n# ///\n\n# /// script\n# dependencies = ['b']\n# ///\n",
    "# /// other\n# dependencies = ['a']\n# ///\n\n# /// script\n# dependencies = ['b']\n# ///\n",
    "# /// script\r\n# dependencies = ['flask']\r\n# ///\r\n",
    "# /// script \n# dependencies = ['flask']\n# ///\n",
    " # /// script\n# dependencies = ['flask']\n# ///\n",
    "# /// script\n# dependencies = ['flask'\n# ///\n",
    "# /// script\n# dependencies = ['flask']\n# ///",
    "# /// script\n# dependencies = ['flask']\n# /// \n# ///\n",
    "print()\n",
    "# /// script\nx = 1\n# ///\n",
    "# /// script\n# [tool.uv]\n# x = 1\n# ///\n",
]


def groups():
    import tomllib
    from packaging.dependency_groups import resolve_dependency_groups
    cases = []
    for content in GROUPS:
        table = tomllib.loads(content)
        for name in table:
            try:
                answer = {"valid": True, "requirements": list(resolve_dependency_groups(table, name))}
            except Exception as fault:
                answer = {"valid": False, "fault": type(fault).__name__}
            cases.append({"content": content, "group": name} | answer)
    write("groups.json", cases)


def scripts():
    import tempfile
    from pip._internal.req.pep723 import pep723_metadata
    cases = []
    for content in SCRIPTS:
        with tempfile.NamedTemporaryFile(suffix=".py") as file:
            file.write(content.encode())
            file.flush()
            try:
                answer = {"valid": True, "metadata": pep723_metadata(file.name)}
            except Exception as fault:
                answer = {"valid": False, "fault": type(fault).__name__}
        cases.append({"content": content} | answer)
    write("scripts.json", cases)


if __name__ == "__main__":
    groups()
    scripts()
    requirements_files()
    specifiers()
    markers()
    requirements()
