"""Answers are noted on the page of a lot, one tap a call: the verdict follows, without opening a round first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from playwright.sync_api import Browser, expect

from search_api.app import create_app
from tests.given.conftest import House
from tests.search_api.conftest import today
from tests.search_api.pages.browser import served, tab
from vivier.given.shelf import studies_of

PROGRAMME = "objet;lieu;montant;durée\nentretien des espaces verts;Rennes;240000;48\n"
TWO = PROGRAMME + "nettoyage des locaux;Rennes;60000;12\n"


def study(house: House, programme: str = PROGRAMME) -> str:
    sent = {"step": "study", "programme": programme}
    answer = house.client.post("/consultation", data=sent, follow_redirects=False)
    assert answer.status_code == 303
    return answer.headers["location"]


def to_call(house: House, address: str) -> list[str]:
    """The structures of the page, in the order of the calls."""
    return re.findall(r'name="structure" value="([^"]+)"', house.client.get(address).text)


def tap(house: House, address: str, structure: str, line: int = 2, **call: str) -> str:
    """Notes a call; the page that comes back."""
    answer = house.client.post(f"{address}/lots/{line}/appels", data={"structure": structure, **call})
    assert answer.status_code == 200, answer.text[:500]
    return re.sub(r"\s+", " ", unescape(answer.text))


def test_two_yes_make_a_lot_reservable_and_a_second_tap_takes_an_answer_back(house: House) -> None:
    address = study(house)
    first, second = to_call(house, address)[:2]
    assert "1 oui sur 2" in tap(house, address, first, can="yes")
    page = tap(house, address, second, can="yes")
    assert "2 oui sur 2" in page and "<strong>Réservez ce lot</strong>" in page
    assert page.count('aria-pressed="true">Oui') == 2
    assert "1 oui sur 2" in tap(house, address, first, action="withdraw")


def test_the_answers_of_a_lot_move_its_line_of_the_board_and_leave_the_other_lots(house: House) -> None:
    address = study(house, TWO)
    before = house.client.get(address).text
    other = house.client.get(f"{address}/lots/3").text
    for structure in to_call(house, f"{address}/lots/2")[:2]:
        tap(house, address, structure, can="yes")
    after = house.client.get(address).text
    levers = [re.findall(r'class="lever (\w+)"', page) for page in (before, after)]
    assert sorted(levers[1]) != sorted(levers[0]) and "reserve" in levers[1]
    assert house.client.get(f"{address}/lots/3").text == other


def test_calls_are_noted_in_one_round_whose_page_has_them(house: House) -> None:
    address = study(house)
    first, second = to_call(house, address)[:2]
    pages = [tap(house, address, first, can="no"), tap(house, address, second, can="part")]
    rounds = {re.search(r'href="(/enquetes/[0-9a-f]{40})"', page).group(1) for page in pages}  # type: ignore[union-attr]
    assert len(rounds) == 1 and all("enquête les dit" in page for page in pages)
    assert "enquête les dit" not in house.client.get(study(house)).text
    assert "2 réponses" in house.client.get(rounds.pop()).text


def test_a_lot_whose_round_was_deleted_takes_new_calls(house: House) -> None:
    address = study(house)
    first = to_call(house, address)[0]
    found = re.search(r"/enquetes/[0-9a-f]{40}", tap(house, address, first, can="yes"))
    assert found is not None
    house.client.post(found[0], data={"action": "delete"})
    assert "0 oui sur 2" in unescape(house.client.get(address).text)
    assert "1 oui sur 2" in tap(house, address, first, can="yes")


@pytest.mark.parametrize(
    "call", [{"structure": "x", "can": "yes"}, {"structure": "", "can": "yes"}, {"can": "peut-être"}]
)
def test_a_call_that_is_not_one_is_refused(house: House, call: dict[str, str]) -> None:
    address = study(house)
    sent = {"structure": to_call(house, address)[0], **call}
    assert house.client.post(f"{address}/lots/2/appels", data=sent).status_code == 422
    assert "0 oui sur 2" in unescape(house.client.get(address).text)


def test_the_sheet_of_calls_writes_numbers_script_and_boxes_out(house: House) -> None:
    address = study(house)
    page = re.sub(r"\s+", " ", unescape(house.client.get(f"{address}/lots/2/appels").text))
    assert "Pourriez-vous le faire" in page and page.count("☐ Oui") == len(to_call(house, address))
    assert "<form" not in page.partition("<main")[2]
    tap(house, address, to_call(house, address)[0], can="part")
    page = house.client.get(f"{address}/lots/2/appels").text
    assert page.count("☒ En partie") == 1 and "☒ Oui" not in page


@pytest.fixture
def base(house: House) -> Iterator[str]:
    kept = {"studies": studies_of(house.settings), "rounds": house.rounds}
    with served(create_app(house.engine, house.lexicon, today=today, **kept)) as base:
        yield base


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False], ids=("with scripts", "without scripts"))
def test_a_tap_moves_the_verdict_in_place(browser: Browser, base: str, house: House, scripts: bool) -> None:
    address = study(house)
    with tab(browser, base, scripts=scripts, width=390) as page:
        page.goto(address)
        for count in (1, 2):
            page.locator(".to-call form:not(:has([aria-pressed=true]))").first.get_by_role("button", name="Oui").click()
            expect(page.locator(".verdict-number")).to_contain_text(f"{count} oui sur 2")
            expect(page.locator(".verdict")).to_be_in_viewport()
        expect(page.locator(".verdict-words strong")).to_have_text("Réservez ce lot")
        expect(page.locator(".to-call [aria-pressed=true]")).to_have_count(2)
