"""Every document that a comment, a script or a document cites exists, and so do the section or
equation that it names:

  model.md 3, model.md 4 and 7        sections by number
  model.md (3.2), model.md (3.1) to (3.3)    equations by number
  files.md, "Data file"               a section by title

  references.py REPOSITORY

SPDX-License-Identifier: Apache-2.0"""
import glob
import os
import re
import sys

REPOSITORY = os.path.abspath(sys.argv[1])
NAME = re.compile(r"(?P<name>(?:[\w./*-]*/)?[\w-]+\.md)\b(?:#[\w-]+)?`?\)?")
ITEM = r'(?:sections? |equations? )?(?:(?P<section>\d+)(?![\w.-]*\w)|\((?P<equation>\d+\.\d+)\)|"(?P<title>[^"]+)")'
FIRST = re.compile(r",? " + ITEM)
NEXT = re.compile(r",?(?: and| or| to)? " + ITEM)
EQUATION = re.compile(r"\((\d+\.\d+)\)")
C_ENDINGS = (".c", ".h", ".cu", ".def", ".cpp")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def files(*patterns):
    found = set()
    for pattern in patterns:
        found |= set(glob.glob(os.path.join(REPOSITORY, pattern), recursive=True))
    built = os.path.join(REPOSITORY, "build", "")
    return sorted(path for path in found if os.path.isfile(path) and not path.startswith(built))


class Document:
    def __init__(self, text):
        text = re.sub(r"^```.*?^```", "", text, flags=re.S | re.M)
        headings = re.findall(r"^#+ (?:(\d+)\. )?(.+)$", text, flags=re.M)
        self.sections = {number for number, _ in headings}
        self.titles = {title for _, title in headings}
        numbers = re.findall(r"^ {4,}.*\((\d+\.\d+)\)$", text, flags=re.M)
        self.equations = set(numbers)
        self.twice = {number for number in numbers if numbers.count(number) > 1}

    def lacks(self, item):
        """What the match ITEM names and the document does not have, in words, or None."""
        for kind, known in (("section", self.sections), ("equation", self.equations),
                            ("title", self.titles)):
            if item[kind] is not None and item[kind] not in known:
                return f'section "{item[kind]}"' if kind == "title" else f"{kind} {item[kind]}"
        return None


def passages(path):
    """The texts of a file in which documents may be cited, on one line each: comments of C and
    CUDA, all of anything else."""
    text = read(path)
    if path.endswith(C_ENDINGS):
        for comment in re.findall(r"/\*.*?\*/", text, flags=re.S):
            yield re.sub(r"\s*\n[ \t]*\*?[ \t]*", " ", comment)
    else:
        yield re.sub(r"\s*\n[ \t]*#?[ \t]*", " ", text)


def items(passage, start):
    """The sections and equations listed from START on."""
    item = FIRST.match(passage, start)
    while item:
        yield item
        item = NEXT.match(passage, item.end())


def resolved(path, name, documents):
    """The path of the document that the file at PATH means by NAME, or None: as from the
    repository's root, as from the file, in docs, or as it is installed."""
    if "/lfads/docs/" in name:
        name = name[name.index("docs/"):]
    for folder in (REPOSITORY, os.path.dirname(path), os.path.join(REPOSITORY, "docs")):
        found = os.path.normpath(os.path.join(folder, name))
        if found in documents:
            return found
    return None


def check_passage(path, passage, documents):
    """Yields what is wrong in it."""
    cited = []
    for match in NAME.finditer(passage):
        name = match["name"]
        found = resolved(path, name, documents)
        if not found:
            yield f"cites {name}, which does not exist"
            continue
        cited.append(found)
        for item in items(passage, match.end()):
            lack = documents[found].lacks(item)
            if lack:
                yield f"cites {name}, which has no {lack}"
    if path.endswith(C_ENDINGS) and cited:
        own = set().union(*(documents[found].equations for found in cited))
    elif path in documents and documents[path].equations:
        own = set().union(*(document.equations for document in documents.values()))
    else:
        return
    for number in EQUATION.findall(passage):
        if number not in own:
            yield f"cites equation ({number}), which no document that it cites has"


def main():
    pages = files("**/*.md")
    documents = {path: Document(read(path)) for path in pages}
    sources = files("src/**/*.[ch]", "src/**/*.cu", "src/**/*.def", "include/**/*.h",
                    "tests/**/*.[ch]", "tests/**/*.cpp", "tests/**/*.py", "tests/**/*.sh",
                    "bench/*", "examples/*", "scripts/**/*", "**/CMakeLists.txt", "cmake/*",
                    "Makefile", ".ci/run")
    sources = pages + [path for path in sources if os.path.basename(path) != "references.py"]
    citations = failures = 0
    for path, document in documents.items():
        for number in document.twice:
            failures += 1
            print(f"{os.path.relpath(path, REPOSITORY)}: two equations are numbered ({number})")
    for path in sources:
        try:
            found = list(passages(path))
        except UnicodeDecodeError:
            continue # not a text
        for passage in found:
            citations += len(NAME.findall(passage))
            for wrong in check_passage(path, passage, documents):
                failures += 1
                print(f"{os.path.relpath(path, REPOSITORY)}: {wrong}")
    print(f"{citations} citations in {len(sources)} files, {failures} findings")
    return failures != 0 or citations == 0


sys.exit(main())
