"""Writes the oracle files of `tests/language` from packaging 26.3 and pip 26.3.

    python3 -m venv target/venv
    target/venv/bin/pip install packaging==26.3 pip==26.3
    target/venv/bin/python tests/language/make_oracle

The output depends only on the versions of the two tools: the random parts have fixed seeds.
"""

import markers
import projects
import requirements
import requirements_files
import specifiers

projects.groups()
projects.scripts()
requirements_files.requirements_files()
specifiers.specifiers()
markers.markers()
requirements.requirements()
