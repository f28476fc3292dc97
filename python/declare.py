"""Writes lfads/_header.py, what ctypes has to know of the library, from the public headers.

  declare.py INCLUDE > lfads/_header.py

SPDX-License-Identifier: Apache-2.0"""
import os
import re
import sys
import textwrap

from pycparser import c_ast, c_parser

BASIC = "typedef unsigned long size_t; typedef long ptrdiff_t; typedef long int64_t; typedef unsigned long uint64_t;"
NUMBERS = {"_Bool": "c_bool", "char": "c_char", "int": "c_int", "float": "c_float", "double": "c_double",
           "size_t": "c_size_t", "ptrdiff_t": "c_ssize_t", "int64_t": "c_int64", "uint64_t": "c_uint64"}


def headers(include):
    """The text of the headers in the order in which they include each other, and the version."""
    texts, seen = [], set()

    def take(name):
        if name in seen:
            return
        seen.add(name)
        with open(os.path.join(include, "lfads", name), encoding="utf-8") as file:
            text = file.read()
        for other in re.findall(r"#include <lfads/(.*)>", text):
            take(other)
        texts.append(text)

    take("lfads.h")
    text = "\n".join(texts)
    version = re.search(r'#define LFADS_VERSION "(.*)"', text).group(1)
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    text = re.sub(r"#ifdef __cplusplus.*?#endif", "", text, flags=re.S)
    text = re.sub(r"^\s*#.*$", "", text, flags=re.M)
    return re.sub(r"\bLFADS_(API|CHECKED)\b", "", text).replace("bool", "_Bool"), version


class Types:
    """The words of ctypes for types of C; STRUCTS are those whose members are known."""

    def __init__(self, structs):
        self.structs = structs

    def of(self, node, field):
        """A field's type, or an argument's, where a pointer to numbers is any address."""
        if isinstance(node, c_ast.PtrDecl):
            return self.pointer(node.type, field)
        if isinstance(node, c_ast.ArrayDecl):
            return f"{self.of(node.type, field)} * {node.dim.value}"
        if isinstance(node.type, c_ast.Enum):
            return "c_int"
        if isinstance(node.type, c_ast.Struct):
            return node.type.name
        return NUMBERS[node.type.names[0]]

    def pointer(self, to, field):
        if isinstance(to, c_ast.FuncDecl):
            return self.function(to)
        if isinstance(to, c_ast.PtrDecl):
            return f"POINTER({self.of(to, field)})"
        if isinstance(to.type, c_ast.Struct):
            known = to.type.name in self.structs
            return f"POINTER({to.type.name})" if known else "c_void_p"
        name = to.type.names[0] if isinstance(to.type, c_ast.IdentifierType) else "int"
        if name == "char":
            # what the caller writes to is no text that Python may copy
            return "c_char_p" if "const" in to.quals or field else "c_void_p"
        return f"POINTER({NUMBERS[name]})" if field and name != "void" else "c_void_p"

    def returned(self, function):
        is_void = isinstance(function.type, c_ast.TypeDecl) and \
            getattr(function.type.type, "names", None) == ["void"]
        return "None" if is_void else self.of(function.type, False)

    def arguments(self, function):
        nodes = [a.type for a in function.args.params] if function.args else []
        return [self.of(node, False) for node in nodes
                if getattr(getattr(node, "type", None), "names", None) != ["void"]
                or isinstance(node, c_ast.PtrDecl)]

    def function(self, function):
        return f"CFUNCTYPE({', '.join([self.returned(function), *self.arguments(function)])})"


def write(include):
    text, version = headers(include)
    tree = c_parser.CParser().parse(BASIC + text, "lfads.h")
    declarations = [d.type for d in tree.ext if isinstance(d, c_ast.Decl)]
    structs = {d.name: d for d in declarations if isinstance(d, c_ast.Struct) and d.decls}
    types = Types(structs)
    print('"""What ctypes has to know of the library. Written by declare.py from the public headers.\n'
          'SPDX-License-Identifier: Apache-2.0"""')
    print("from ctypes import (CFUNCTYPE, POINTER, Structure, c_bool, c_char, c_char_p, c_double, c_float, c_int,\n"
          "                    c_int64, c_size_t, c_ssize_t, c_uint64, c_void_p)\n")
    print(f'VERSION = "{version}"')
    for enum in (d for d in declarations if isinstance(d, c_ast.Enum)):
        print(f"# {enum.name}")
        for number, value in enumerate(enum.values.enumerators):
            print(f"{value.name} = {value.value.value if value.value else number}")
    for name, struct in structs.items():
        print(f"\n\nclass {name}(Structure):\n    _fields_ = [")
        for member in struct.decls:
            print(f'        ("{member.name}", {types.of(member.type, True)}),')
        print("    ]")
    print("\n\n# name: (what it returns, its arguments)\nFUNCTIONS = {")
    for d in tree.ext:
        if isinstance(d, c_ast.Decl) and isinstance(d.type, c_ast.FuncDecl):
            words = ", ".join(types.arguments(d.type))
            print("\n".join(textwrap.wrap(f'"{d.name}": ({types.returned(d.type)}, [{words}]),', 110,
                                          initial_indent="    ", subsequent_indent=" " * 8)))
    print("}")


if __name__ == "__main__":
    write(sys.argv[1])
