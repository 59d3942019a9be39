"""A page that tells one notion with two values is refused: forty lots, twenty maps, forty searches."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, Final

import pytest
from starlette.testclient import TestClient

from vivier.desk.method.lever import LEVERS

TRADES: Final = (
    *("entretien-espaces-verts", "nettoyage-locaux", "blanchisserie", "traiteur", "nettoyage-vitres"),
    *("conditionnement", "peinture-batiment", "restauration-collective", "impression", "menuiserie"),
)
PLACES: Final = ("departement:35", "departement:69", "departement:59", "departement:974")
AMOUNTS: Final = ("20000", "400000")
LOTS: Final = tuple(product(TRADES, PLACES[:2], AMOUNTS))
HTML: Final = {"Accept": "text/html"}
_CHANCE: Final = r"((?:plus de |moins de )?\d[\d,]* %)"
NOTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "chance that two can do the lot": (
        rf"au moins (?:2|deux)(?: peuvent faire ce lot)? dans {_CHANCE} des cas",
        rf"nous estimons à {_CHANCE} la probabilité que deux puissent faire ce lot",
    ),
    "chance of two offers, nobody called": (
        rf"sans appeler personne, [^:.]*: une offre au moins dans {_CHANCE} des cas, 2 dans {_CHANCE}",
    ),
    "chance of two offers of those known": (
        r"seules structures connues, sans appeler personne : au moins deux offres dans ([^,(]*?\d[^,(]*%) des cas",
    ),
    "structures of the trade": (
        r"Métier, zone et agrément connus, article L2113-\d+ : (\d+) structures?",
        r"(\d+) structures? relevant de l'article",
        r"Structures qui font ce métier ici (\d+) ",
        r"si 2 structures confirment qu'elles peuvent faire ce lot\. À interroger : (\d+) de métier connu",
    ),
    "of unpublished trade": (
        r"(\d+) structures? d'ici ne publi(?:e|ent) pas (?:son|leur) métier \(article L2113-\d+\)",
    ),
    "response rate": (r"Réponse supposée de (\d+ %)", r"Ce calcul suppose que (\d+ %) des structures"),
    "insertion hours": (r"Heures d'insertion : (\d+) h, de", r"Heures d'insertion (\d+) de \d+ à"),
    "labour share": (r"Part de main-d'œuvre : ([\d,]+ %) du prix",),
}
"""How pages tell a notion: whatever each of these patterns finds on one page of a lot is one value."""


def words(source: str) -> str:
    """The words of a page, or of a text, as one line with plain spaces and apostrophes."""
    text = html.unescape(re.sub(r"<[^>]+>", " ", source)).replace("’", "'")
    return re.sub(r"\s+", " ", text)


def values(text: str) -> dict[str, set[str]]:
    """The values that a page tells of each notion."""
    plain = words(text)
    return {
        notion: {
            found if isinstance(found, str) else "|".join(found) for way in ways for found in re.findall(way, plain)
        }
        for notion, ways in NOTIONS.items()
    }


def contradictions(text: str) -> list[str]:
    """The notions told with two values."""
    return [f"{notion}: {sorted(found)}" for notion, found in values(text).items() if len(found) > 1]


def test_a_page_that_tells_a_notion_twice_is_refused() -> None:
    one = "au moins 2 peuvent faire ce lot dans 65 % des cas"
    assert contradictions(one) == [] and contradictions(f"{one}. {one}.") == []
    other = "nous estimons à 14 % la probabilité que deux puissent faire ce lot"
    assert contradictions(f"{one} ; {other}") == ["chance that two can do the lot: ['14 %', '65 %']"]


@pytest.mark.slow
def test_forty_lots_tell_each_notion_once_on_their_page_their_board_and_their_answer(service: TestClient) -> None:
    lines = [f"{trade};{place};{amount};12" for trade, place, amount in LOTS]
    programme = "\n".join(("Métier;Lieu;Montant HT;Durée (mois)", *lines))
    board = service.post("/consultation", data={"step": "study", "programme": programme})
    address, found, told = str(board.url), list[str](), set[str]()
    lots = [dict(zip(("trade", "place", "amount", "months"), (*lot, "12"), strict=True)) for lot in LOTS]
    answers = service.post("/v1/consultations", json={"lots": lots}).json()["lots"]
    glances = service.post("/v1/consultations", json={"lots": lots, "detail": "board"}).json()["lots"]
    for number, (lot, answer, glance) in enumerate(zip(LOTS, answers, glances, strict=True), 2):
        page = service.get(f"{address}/lots/{number}", headers=HTML).text
        found += [f"{lot}: {text}" for text in contradictions(page)]
        told |= {notion for notion, some in values(page).items() if some}
        asked = {"trade": lot[0], "territory": lot[1], "amount": lot[2], "months": "12"}
        alone = service.get("/v1/feasibility", params=asked).json()
        levers = {answer["advice"]["lever"], glance["lever"]}
        # a lot alone does not say the value of the whole need, above which the law asks for a social condition
        levers |= {alone["advice"]["lever"]} if levers != {"condition"} else set()
        if len(levers) > 1 or words(answer["advice"]["lever_fr"]) not in words(page):
            found.append(f"{lot}: levers {levers}")
        found += [f"{lot}: {text}" for text in _articles(answer, alone)]
        found += [f"{lot}: {text}" for text in _people(answer)]
    assert found == []
    assert len(LOTS) == 40 and told >= set(NOTIONS) - {"labour share"}, set(NOTIONS) - told


def _articles(answer: Mapping[str, Any], alone: Mapping[str, Any]) -> Iterator[str]:
    """What the study of a lot of a programme and that of a lot alone say differently."""
    for one, other in zip(answer["articles"], alone["articles"], strict=True):
        for name in ("eligible", "verdict", "prospects", "trade_unknown"):
            if one.get(name) != other.get(name):
                yield f"{one['article']['code']}, {name}: {one.get(name)}, {other.get(name)}"


def _people(answer: Mapping[str, Any]) -> Iterator[str]:
    """The structures that one answer tells with two probabilities to be able."""
    known: dict[str, float] = {}
    for call in answer["first_calls"]:
        product_of = 1.0
        for factor in call["factors"].values():
            product_of *= factor
        if abs(product_of - call["probability"]) > 0.005:
            yield f"{call['id']}: {call['factors']} make {product_of:.3f}, told {call['probability']}"
        if known.setdefault(call["id"], call["probability"]) != call["probability"]:
            yield f"{call['id']}: {known[call['id']]}, {call['probability']}"


@pytest.mark.parametrize("trade", TRADES)
def test_twenty_maps_tell_what_their_answer_tells(service: TestClient, trade: str) -> None:
    for by in ("departement", "region"):
        body = service.get("/v1/depth", params={"trade": trade, "by": by}).json()
        page = service.get("/filieres", params={"trade": trade, "by": by}, headers=HTML)
        counts = set(re.findall(r"(\d+) structures? en France pour ce métier", words(page.text)))
        assert counts <= {str(body["country"]["structures"])}, counts


@pytest.mark.slow
@pytest.mark.parametrize(("trade", "place"), list(product(TRADES, PLACES)))
def test_forty_searches_count_and_value_alike_on_the_page_in_the_answer_and_on_sheets(
    service: TestClient, trade: str, place: str
) -> None:
    asked = {"trade": trade, "territory": place}
    body = service.get("/v1/suppliers", params=asked).json()
    text = words(service.get("/fournisseurs", params=asked, headers=HTML).text)
    assert len(set(re.findall(r"(\d+) structures? à consulter", text))) <= 1
    to_ask = service.get("/v1/suppliers", params={**asked, "group": "to_ask"}).json()
    assert set(re.findall(r"(\d+) (?:font|fait) «", text)) <= {str(body["total"])}
    assert set(re.findall(r"(\d+) n'(?:a|ont) pas publié", text)) <= {str(to_ask["total"])}
    for result in to_ask["results"]:
        sheet = service.get(f"/v1/suppliers/{result['id']}").json()
        probable = {each["trade"]: each["probability"] for each in sheet["beliefs"]}
        for percent in _percents(result):
            assert trade not in probable or abs(probable[trade] - percent / 100) <= 0.0051


def _percents(result: Mapping[str, Any]) -> list[int]:
    reasons = [reason["text"] for reason in result["reasons"] if reason["code"] == "trade_unknown"]
    return [int(found) for text in reasons for found in re.findall(r"\((\d+)", text)]


def test_the_titles_of_levers_are_all_different() -> None:
    assert len(set(LEVERS.values())) == len(LEVERS)
