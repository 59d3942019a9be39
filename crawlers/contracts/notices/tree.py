"""One tree for XML and for the JSON that mirrors it: names without prefix, attributes, text, children in order."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from lxml import etree  # type: ignore[import-untyped]

DEEPEST: Final = 60
"""Levels read: real notices have some twenty."""
UNTICKED: Final = frozenset(("false", "non", "no", "0"))
_PARAGRAPH: Final = "P"


@dataclass(slots=True)
class Node:
    """An element. ``text`` is its own text; the text of a paragraph includes that of its inner marks."""

    name: str
    text: str | None = None
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)

    def all(self, path: str) -> list[Node]:
        """The elements at a path of names (« A/B »), ``*`` for any."""
        found = [self]
        for name in path.split("/"):
            found = [child for node in found for child in node.children if name in ("*", child.name)]
        return found

    def first(self, path: str) -> Node | None:
        """The first element at a path."""
        return next(iter(self.all(path)), None)

    def has(self, path: str) -> bool:
        """Whether there is an element at a path."""
        return self.first(path) is not None

    def words(self, path: str) -> str | None:
        """The text of the first element at a path that has one, each paragraph on its own line."""
        return next((text for text in self.every(path) if text), None)

    def every(self, path: str) -> list[str]:
        """The texts of the elements at a path, empty ones left out."""
        return [text for node in self.all(path) if (text := node.whole())]

    @property
    def ticked(self) -> bool:
        """Whether the box that this element stands for is ticked. An element that is present is ticked, unless its text
        says « false »."""
        return (self.text or "").strip().lower() not in UNTICKED

    def whole(self) -> str:
        """The text of the element and of everything inside it."""
        own = (self.text or "").strip()
        return "\n".join(part for part in (own, *(child.whole() for child in self.children)) if part)

    def deep(self, *names: str) -> Iterator[Node]:
        """Every element of one of these names, at any depth, outermost first."""
        for child in self.children:
            if child.name in names:
                yield child
            yield from child.deep(*names)

    def beside(self, *names: str, without: Container[str]) -> Iterator[Node]:
        """The elements of one of these names at any depth, those inside an element named by ``without`` left out: what
        a notice says outside its lots."""
        for child in self.children:
            if child.name in without:
                continue
            if child.name in names:
                yield child
            yield from child.beside(*names, without=without)


def from_xml(element: Any) -> Node:
    """The tree of an lxml element."""
    name = etree.QName(element).localname
    attributes = {etree.QName(key).localname: str(value) for key, value in element.attrib.items()}
    if name == _PARAGRAPH:
        return Node(name, "".join(element.itertext()), attributes)
    children = [from_xml(child) for child in element if isinstance(child.tag, str)]
    return Node(name, element.text, attributes, children)


def from_json(name: str, value: object, depth: int = DEEPEST) -> Node:
    """The tree of a JSON value: « @x » are attributes, « #text » the text, a list repeats its name."""
    node = Node(name.rpartition(":")[2])
    if isinstance(value, Mapping) and depth > 0:
        for key, inner in value.items():
            _add(node, str(key), inner, depth - 1)
    elif isinstance(value, bool):
        node.text = "true" if value else "false"
    elif isinstance(value, str | int | float):
        node.text = str(value)
    return node


def _add(node: Node, key: str, inner: object, depth: int) -> None:
    if key == "#text":
        node.text = None if inner is None else str(inner)
    elif key.startswith("@"):
        node.attributes[key[1:].rpartition(":")[2]] = str(inner)
    elif isinstance(inner, list):
        node.children += [from_json(key, item, depth) for item in inner]
    elif inner is not None:
        node.children.append(from_json(key, inner, depth))
