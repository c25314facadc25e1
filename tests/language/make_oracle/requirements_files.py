"""Requirements files, as pip reads them."""

import pathlib
import random

from oracle import write

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
