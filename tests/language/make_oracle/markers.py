"""Markers, and their values in several environments."""

import itertools
import random

from packaging.markers import InvalidMarker, Marker, UndefinedComparison, UndefinedEnvironmentName

from oracle import write

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
