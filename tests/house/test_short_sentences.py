"""What a page or the desk tells is written in sentences of twenty words at most, wherever a sentence is written."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("vivier/desk/method", "vivier/desk/tell", "vivier/suppliers")
MOST = 20
_END = re.compile(r"(?<=[.!?])\s+|\n| · ")
_WORD = re.compile(r"[\wÀ-ÿ{}%€'’-]+")
_FRENCH = re.compile(r"\b(?:les|des|une|est|pour|dans|vous|qui|par|sur|la|le|du|aux|votre|vos)\b")
_LEAST_FRENCH = 3
"""Little words from which a text is a French sentence."""
_UNSEEN = re.compile(r"\{#.*?#\}|<(script|style|svg)\b.*?</\1>", re.S)
_ASIDE = re.compile(
    r"\{%-? *(?:el|set|macro|call|block).*?%\}|</?(?!b\b|strong|em|a\b|bdi|span|code|abbr|time|i\b)\w[^>]*>", re.S
)
"""What ends a sentence of a template: another branch, an element that is not in a line of text."""
_VALUE = re.compile(r"\{\{.*?\}\}", re.S)
_MARK = re.compile(r"\{%.*?%\}|<[^>]*>", re.S)


def _texts(tree: ast.Module) -> Iterator[str]:
    """The texts of a module but its docstrings and descriptions of parameters, each value of an f-string as one word."""
    described = {
        id(keyword.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "description"
    }
    aside = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)} | described
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if id(node) in aside or id(node) in inside:
            continue
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{x}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


@pytest.mark.slow
@pytest.mark.parametrize("room", ROOMS)
def test_no_sentence_of_a_room_has_more_than_twenty_words(room: str) -> None:
    long = [
        f"{path.name}: {sentence}"
        for path in sorted((ROOT / room).rglob("*.py"))
        for text in _texts(ast.parse(path.read_text(encoding="utf-8")))
        if len(_FRENCH.findall(text)) >= _LEAST_FRENCH
        for sentence in _END.split(text)
        if len(_WORD.findall(sentence)) > MOST
    ]
    assert long == []


@pytest.mark.parametrize(
    "path", sorted((ROOT / "search_api/pages/templates").rglob("*.html")), ids=lambda path: path.stem
)
def test_no_sentence_of_a_page_has_more_than_twenty_words(path: Path) -> None:
    source = _UNSEEN.sub("", path.read_text(encoding="utf-8"))
    blocks = _MARK.sub(" ", _VALUE.sub("{x}", _ASIDE.sub("\0", source))).split("\0")
    sentences = (sentence for block in blocks for sentence in _END.split(" ".join(block.split())))
    assert [
        one for one in sentences if len(_WORD.findall(one)) > MOST and len(_FRENCH.findall(one)) >= _LEAST_FRENCH
    ] == []
