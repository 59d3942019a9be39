"""What is read follows the rules of the Imprimerie nationale: apostrophes, spaces that do not break; what is copied stays as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from tests.search_api.pages.demo import demonstration
from tests.search_api.pages.html import Element, Page
from tests.search_api.pages.test_accessible import URLS
from vivier.french import NO_BREAK, THIN, typographic
from vivier.lexicon import Lexicon
from vivier.typography import typeset

AS_IT_IS = ("textarea", "pre", "code", "script", "style", "title", "desc")
WRONG = {
    "a straight apostrophe": re.compile(r"[^\W\d_]'[^\W\d_]"),
    "a space that breaks before a sign": re.compile(r"[^\s:;!?] [:;!?»](\s|$)"),
    "a space that breaks after a guillemet": re.compile("« "),
    "a figure that breaks": re.compile(r"\d [€%]"),
}


def read(element: Element) -> Iterator[str]:
    """The texts that a person reads, each as it is written."""
    for child in element.children:
        if isinstance(child, str):
            yield child
        elif child.tag not in AS_IT_IS:
            yield from read(child)


@pytest.fixture(scope="module")
def demo(lexicon: Lexicon, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, dict[str, str]]]:
    with demonstration(tmp_path_factory.mktemp("typography") / "home", lexicon) as app, TestClient(app) as client:
        ids = {
            name: client.get(f"/v1/{name}?per_page=1").json()["results"][0]
            for name in ("suppliers", "contracts", "notices", "buyers")
        }
        yield client, {name: str(found.get("id") or found.get("siren")) for name, found in ids.items()}


LISTED = frozenset(("suppliers", "contracts", "notices", "buyers"))
READ = tuple(url for url in URLS if LISTED.issuperset(re.findall(r"\{(\w+)\}", url)))
"""The pages that a list leads to; studies, dossiers and rounds have addresses of their own."""


@pytest.mark.slow
def test_every_page_is_set_by_the_rules(demo: tuple[TestClient, dict[str, str]]) -> None:
    client, ids = demo
    for url in READ:
        response = client.get(url.format(**ids), headers={"Accept": "text/html"})
        texts = list(read(Page(str(response.url), response.text)))
        wrong = [f"{what}: {text.strip()[:120]}" for text in texts for what, rule in WRONG.items() if rule.search(text)]
        assert wrong == [], url


@pytest.mark.parametrize(
    ("typed", "set_"),
    [
        ("l'offre d'été", "l’offre d’été"),
        ("Qui ? Moi ; vous : « nous » !", f"Qui{THIN}? Moi{THIN}; vous{NO_BREAK}: «{NO_BREAK}nous{NO_BREAK}»{THIN}!"),
        ("5' et 3'' de 10:30", "5' et 3'' de 10:30"),
        ("https://example.org/?a=1;b", "https://example.org/?a=1;b"),
    ],
)
def test_a_text_is_set(typed: str, set_: str) -> None:
    assert typographic(typed) == set_


@pytest.mark.slow
@given(st.text(st.sampled_from("aé1 ':;!?«»"), max_size=30))
def test_a_text_is_set_once_and_loses_nothing(text: str) -> None:
    once = typographic(text)
    assert typographic(once) == once
    assert once.replace("’", "'").replace(NO_BREAK, " ").replace(THIN, " ") == text


@pytest.mark.parametrize(
    "kept", ["<textarea>l&#39;a : b</textarea>", "<pre>d'un ;</pre>", '<input value="l&#39;a : b">']
)
def test_what_is_sent_or_copied_stays_as_it_is(kept: str) -> None:
    assert kept in typeset(f"<p>l&#39;eau</p>{kept}<p>l'air</p>")
