"""The flags of a command as its --help lists them, and values that they may take.
SPDX-License-Identifier: Apache-2.0"""
import re

import harness


def flags(command, group=None):
    """Name, default and description of each flag of COMMAND, or of a group of them."""
    text = harness.run(command, "--help").stdout
    if group:
        text = text.split(f"\n{group} flags, with their defaults:")[1]
        text = re.split(r"^\w+ flags, with their defaults:$", text, flags=re.M)[0]
    for name, standard, body in re.findall(r"^  --(\w+)=(.*)\n((?:      .*\n?)+)", text, re.M):
        yield name, standard, " ".join(body.split())


def other_values(takes, standard):
    """Values that a flag may take and that are not its standard, as its line of help gives them."""
    if "(true or false)" in takes:
        return ["false" if standard == "true" else "true"]
    if "(one of " in takes:
        return [word for word in takes.split("(one of ")[1].rstrip(")").split("|") if word != standard]
    if "(an integer" in takes or "(a number" in takes:
        number = 7 if standard == "all" else float(standard)
        return [f"{value:g}" for value in (number + 3, number / 2, 7) if f"{value:g}" != standard]
    return ["elsewhere"]
