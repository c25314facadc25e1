"""The files of an oracle."""

import json
import pathlib

import packaging
import pip

HERE = pathlib.Path(__file__).resolve().parent.parent
TOOLS = {"packaging": packaging.__version__, "pip": pip.__version__}


def write(name, value):
    """One case a line, so that a difference can be read."""
    lines = [json.dumps(case, ensure_ascii=True, sort_keys=True) for case in value]
    head = json.dumps({"tools": TOOLS})[:-1]
    text = head + ', "cases": [\n' + ",\n".join(lines) + "\n]}\n"
    (HERE / name).write_text(text, encoding="ascii")
    print(name, len(value))
