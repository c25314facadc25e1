"""Dependency groups and scripts."""

from oracle import write

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
