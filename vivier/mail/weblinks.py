"""Finds what a mail program, or a reader, could take for an address of the web. The service sends the words of people whom it does not know: it
sends no address with them."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_DOTS: Final = re.compile(
    r"[\u3002\uff0e\uff61\u2024\ufe52\u00b7\u2219\u22c5\u2027]|\s*[\[({<]\s*(?:\.|dot|point)\s*[\])}>]\s*",
    re.IGNORECASE,
)
"""What browsers and people read as the dot of a name: the dots of IDNA (RFC 3490, 3.1), look-alikes, « [.] » and « (point) »."""
_SCHEMES: Final = r"(?:h..ps?|ftps?|mailto|data|javascript|file)\s*:|[^\W\d_][\w+.-]*\s*:\s*[/\\]{2}"
_LABEL: Final = r"[^\W_](?:[\w-]*[^\W_])?"
_LINK: Final = re.compile(
    rf"(?:{_SCHEMES}|\bwww\b\S*|\bxn--\S*|{_LABEL}(?:\s*\.{_LABEL})*\s*\.(?:[^\W\d_]{{2,}}|xn--\w+)|(?:\d{{1,3}}\.){{3}}\d{{1,3}})\S*",
    re.IGNORECASE,
)
"""A scheme, « hxxp » too; « www »; a name with a dot before two letters or more, in any script; an IPv4 address."""
_MOST: Final = 3


def weblinks(text: str) -> tuple[str, ...]:
    """What reads as an address in a text, three of them at most, as our normalisation reads them. A sentence whose full stop has no space after
    it reads as one too: the writer adds the space."""
    return tuple(dict.fromkeys(match[0] for match in _LINK.finditer(_normalised(text))))[:_MOST]


def masked(text: str) -> str:
    """A text where what reads as an address is « … »; the same text when nothing does."""
    return _LINK.sub("…", _normalised(text)) if weblinks(text) else text


def _normalised(text: str) -> str:
    """A text as a browser reads a name in it: letters without their width, nothing that is not seen, one dot."""
    seen = "".join(letter for letter in unicodedata.normalize("NFKC", text) if unicodedata.category(letter) != "Cf")
    return _DOTS.sub(".", seen)
