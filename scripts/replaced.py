# SPDX-License-Identifier: GPL-2.0
"""What a tree has in files that are replaced, and mainline has not (see prepare-tree).

A vendor's driver, or a header with what only his converters use, goes with the file that
it is in. There is nothing to refuse, as ours is meant to take its place, but he who has
the tree wants to know.
"""
import re
import subprocess

import edited

# What converters' drivers are given, and where a function takes its place
HEADERS = ["include/linux/iio/buffer-dma.h", "include/linux/iio/buffer-dmaengine.h"]
INSTEAD = "leave the driver out, or see iio_dma_buffer_set_before_submit()"


def added(path, text, known):
    """Functions of a file that mainline's has not."""
    for name, places in sorted(edited.functions(text).items()):
        if name not in known:
            yield (f"{path}:{places[0][0]}: {name}() is not in mainline's file, which is "
                   "replaced: see whether you need what it does")


def declared(text):
    return set(re.findall(r"\b(\w+)\(", edited.code(text)))


def lost_users(base, headers, replaced):
    """Uses of what the headers do not declare any more, in files that stay."""
    gone = set()
    for path, text in headers.items():
        if (base / path).is_file():
            gone |= declared((base / path).read_text()) - declared(text)
    found = subprocess.run(["grep", "-rlE", "--include=*.c", "linux/iio/buffer-dma(engine)?\\.h",
                            "drivers", "sound"], cwd=base, capture_output=True, text=True)
    for path in sorted(set(found.stdout.split()) - set(replaced)):
        text = (base / path).read_text()
        for name in sorted(edited.calls(text) | edited.words(text)):
            if name in gone or name == "iio_dma_buffer_ops":
                line = edited.line_of(text, re.search(rf"\b{name}\b", text).start())
                yield f"{path}:{line}: uses {name}, which is another or gone: {INSTEAD}"
