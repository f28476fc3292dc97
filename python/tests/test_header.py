"""What ctypes is told is what the public headers say.
SPDX-License-Identifier: Apache-2.0"""
import ctypes
import os
import shutil
import subprocess
import sys

import pytest

from lfads import _header

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
INCLUDE = os.path.join(os.path.dirname(PACKAGE), "include")


@pytest.fixture(autouse=True)
def sources():
    if not os.path.isdir(INCLUDE):
        pytest.skip("the headers are not here")


def test_it_is_current():
    pytest.importorskip("pycparser", reason="pycparser, which reads the headers, is not installed")
    made = subprocess.run([sys.executable, os.path.join(PACKAGE, "declare.py"), INCLUDE], capture_output=True, text=True,
                          check=True).stdout
    with open(_header.__file__, encoding="utf-8") as file:
        assert file.read() == made, "write it anew: python/declare.py include > python/lfads/_header.py"


def test_structs_lie_as_in_c(tmp_path):
    compiler = shutil.which("cc")
    if not compiler:
        pytest.skip("there is no compiler")
    structs = {name: s for name, s in vars(_header).items()
               if isinstance(s, type) and issubclass(s, ctypes.Structure) and s is not ctypes.Structure}
    assert len(structs) > 15
    lines, expected = [], []
    for name, struct in structs.items():
        lines.append(f'printf("{name} %zu\\n", sizeof(struct {name}));')
        expected.append(f"{name} {ctypes.sizeof(struct)}")
        for member, _ in struct._fields_:
            lines.append(f'printf("{name}.{member} %zu %zu\\n", offsetof(struct {name}, {member}), '
                         f"sizeof(((struct {name} *)0)->{member}));")
            field = getattr(struct, member)
            expected.append(f"{name}.{member} {field.offset} {field.size}")
    (tmp_path / "layout.c").write_text("#include <lfads/lfads.h>\n#include <stdio.h>\nint main(void)\n{\n" +
                                       "\n".join(lines) + "\n}\n")
    subprocess.run([compiler, f"-I{INCLUDE}", str(tmp_path / "layout.c"), "-o", str(tmp_path / "layout")], check=True)
    assert subprocess.run([tmp_path / "layout"], capture_output=True, text=True).stdout.split("\n")[:-1] == expected
