"""Names that a browser or a folder gives to a clip."""

import re
import unicodedata
from pathlib import PurePath

CLIP_SUFFIXES = (".mp4", ".m4v", ".mov", ".webm", ".mkv", ".avi", ".mpg", ".mpeg", ".ts", ".ogv",
                 ".flv", ".wmv", ".3gp")
"""By which a clip is told from other files: everywhere the same, though what it is made of decides
whether it can be read (``container.CLIPS``)."""
_NAME, _BYTES = 100, 150
"""Characters of a name that are kept; bytes of its stem."""


def safe_name(name: str) -> str:
    """Something to show and to name a report after, of whatever a browser sent: never a path.

    Returns:
        At most 100 characters, the extension kept; without separators, control characters
        and leading dots; never empty.
    """
    kept = "".join(c for c in name if not _hidden(c))
    base = unicodedata.normalize("NFC", kept).replace("\\", "/").rsplit("/", 1)[-1]
    base = re.sub(r"^[.\s]+|\s+$", "", base) or "clip"
    stem, dot, suffix = base.rpartition(".")
    if not stem or len(suffix) > 8:
        stem, dot, suffix = base, "", ""
    room = _NAME - len(dot) - len(suffix)
    return (stem[:room] + dot + suffix).rstrip()


def safe_stem(name: str) -> str:
    """It without its extension, short enough for one more in the 255 bytes that the name of a
    file may have."""
    return PurePath(safe_name(name)).stem.encode()[:_BYTES].decode(errors="ignore")


def _hidden(c: str) -> bool:
    """Controls, lone surrogates, line separators and marks that reverse the writing.

    The joiner and the tags that build emoji stay, and so does what this Python's Unicode
    does not know yet: it is probably a newer emoji.
    """
    return (unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
            and c != "\u200d" and not "\U000e0020" <= c <= "\U000e007f")
