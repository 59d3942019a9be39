"""A page as a tree, read strictly: an element left open or closed twice is a failure of the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit

VOID = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"))


def plain(text: str) -> str:
    """A text as one types it: tests of words are not tests of type, which test_typography.py holds."""
    for set_, typed in (
        ("’", "'"),
        ("\u00a0:", " :"),
        ("\u202f;", " ;"),
        ("\u202f?", " ?"),
        ("\u202f!", " !"),
        ("«\u00a0", "« "),
        ("\u00a0»", " »"),
    ):
        text = text.replace(set_, typed)
    return text


@dataclass
class Element:
    """An element and what it holds, in order: elements and texts."""

    tag: str
    attributes: dict[str, str]
    children: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The whole text, spaces gathered, as one types it."""
        return " ".join("".join(map(plain, self._texts())).split())

    def _texts(self) -> Iterator[str]:
        for child in self.children:
            yield from [child] if isinstance(child, str) else child._texts()

    def all(self, tag: str = "", **attributes: str) -> list[Element]:
        """Elements below, by tag and attributes; ``class_`` is one of the classes."""
        return [one for one in self._below() if (not tag or one.tag == tag) and one.has(**attributes)]

    def has(self, **attributes: str) -> bool:
        classes = self.attributes.get("class", "").split()
        return all(
            value in classes if name == "class_" else self.attributes.get(name.replace("_", "-")) == value
            for name, value in attributes.items()
        )

    def one(self, tag: str = "", **attributes: str) -> Element:
        found = self.all(tag, **attributes)
        assert found, f"no <{tag}> with {attributes}"
        return found[0]

    def links(self) -> list[str]:
        """Where the links below lead, in order."""
        return [one.attributes["href"] for one in self.all("a")]

    def _below(self) -> Iterator[Element]:
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child._below()


class Page(Element):
    """A whole document."""

    def __init__(self, url: str, source: str) -> None:
        super().__init__("#document", {})
        self.url = url
        self.source = plain(source)
        self.children = _read(source)

    @property
    def asked(self) -> list[tuple[str, str]]:
        """The parameters of its URL."""
        return parse_qsl(urlsplit(self.url).query, keep_blank_values=True)

    def link(self, text: str) -> str:
        """Where the first link that holds a text leads."""
        return next(one.attributes["href"] for one in self.all("a") if text in one.text)


@lru_cache(64)
def _read(source: str) -> list[Element | str]:
    """What a page holds, read once for the tests that ask the same page: they change nothing in it."""
    root = Element("#document", {})
    parser = _Reader(root)
    parser.feed(source)
    parser.close()
    assert len(parser.open) == 1, f"left open: {[one.tag for one in parser.open[1:]]}"
    return root.children


class _Reader(HTMLParser):
    def __init__(self, root: Element) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [root]

    def updatepos(self, i: int, j: int) -> int:
        """Lines are not counted: nobody asks where an element is."""
        return j

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"repeated attribute in <{tag}> {names}"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        last = self.open.pop()
        assert last.tag == tag, f"</{tag}> closes <{last.tag}>"

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)
