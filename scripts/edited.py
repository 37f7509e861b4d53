# SPDX-License-Identifier: GPL-2.0
"""What an edit must not do to a file of the base (see prepare-tree).

A tree that is not mainline's may have things in places where the edits expect none: an
#else among members, a case more in a switch. They would go, and nobody would notice
before the kernel is compiled, or runs. Each complaint names file, line and function.
"""
import re
from collections import Counter

DIRECTIVE = re.compile(r"^[ \t]*#[ \t]*(if|ifdef|ifndef|elif|else|endif)\b.*", re.M)
# Followed by a parenthesis, and no functions
KEYWORDS = set("""if for while switch return sizeof typeof defined case do
    __attribute__ __typeof__ alignof offsetof""".split())


def line_of(text, pos):
    return text.count("\n", 0, pos) + 1


def directives(text):
    """[(line, kind, the directive)]"""
    return [(line_of(text, found.start()), found[1], " ".join(found[0].split()))
            for found in DIRECTIVE.finditer(text)]


def unbalanced(text):
    """The (line, directive) that has no partner, or None."""
    opened = []
    for line, kind, what in directives(text):
        if kind.startswith("if"):
            opened.append((line, what))
        elif not opened:
            return line, what
        elif kind == "endif":
            opened.pop()
    return opened[-1] if opened else None


def vanished(before, after):
    """The first (line, directive) of before that after lacks, or None."""
    left = Counter(what for _, _, what in directives(after))
    for line, _, what in directives(before):
        left[what] -= 1
        if left[what] < 0:
            return line, what
    return None


def value(directive, symbols):
    """What an #if on one of these symbols is, none of which is defined; None for others."""
    found = re.match(r"#\s*(ifdef|ifndef|if)\s*(!?)\s*(?:defined|IS_ENABLED)?\s*\(?\s*(\w+)\s*\)?\s*"
                     r"(/\*.*)?$", directive.strip())
    if not found or found[3] not in symbols:
        return None
    return (found[1] == "ifndef") != bool(found[2])


def without(text, symbols):
    """The text as the compiler sees it where none of the symbols is defined."""
    out, opened = [], []
    for line in text.split("\n"):
        found = DIRECTIVE.match(line)
        kind, ours = found[1] if found else "", False
        if kind.startswith("if"):
            opened.append(value(line, symbols))
            ours = opened[-1] is not None
        elif kind and opened and opened[-1] is not None:
            if kind == "elif":
                return text
            opened[-1], ours = not opened[-1], True
        if kind == "endif" and opened:
            opened.pop()
        if not ours and False not in opened:
            out.append(line)
    return "\n".join(out)


def functions(text):
    """{name: (first line, last line, body)}, in kernel style: braces in column 0."""
    found = {}
    for match in re.finditer(r"^(?![#\s}/])[^;{}=]*?\b(\w+)\([^;{}]*\)[^;{}]*\n\{\n(.*?)^\}", text,
                             re.M | re.S):
        found.setdefault(match[1], []).append(
            (line_of(text, match.start()), line_of(text, match.end()), match[2]))
    return found


def function_at(text, line):
    for name, places in functions(text).items():
        if any(first <= line <= last for first, last, _ in places):
            return name
    return None


def code(text):
    """Without comments, of which it may have the beginning or the end only, and strings."""
    text = re.sub(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\])*\"", " ", text, flags=re.S)
    return re.sub(r"^\s*(/\*)?\*(/| .*)?$", " ", text, flags=re.M)


def calls(body):
    """Names of what a body calls or declares as a callback, and of the cases that it knows."""
    body = code(body)
    return (set(re.findall(r"\b([A-Za-z_]\w*)\s*\(", body)) - KEYWORDS |
            set(re.findall(r"\(\*\s*(\w+)\)\s*\(", body)) |
            set(re.findall(r"\bcase\s+([A-Za-z_]\w*)", body)))


def words(text):
    return set(re.findall(r"[A-Za-z_]\w*(?:[.-]\w+)*", code(text)))


def around(text, line):
    """The conditional directives that a line is within, the innermost last."""
    opened = []
    for at, kind, what in directives(text):
        if at > line:
            break
        if kind.startswith("if"):
            opened.append((at, what))
        elif kind == "endif" and opened:
            opened.pop()
    return opened
