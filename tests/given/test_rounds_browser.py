"""Three rounds played end to end in a browser: by links, by telephone, and on the real lists."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from search_api.app import create_app
from tests.given.conftest import House
from tests.real_home import real_home
from tests.search_api.conftest import today
from tests.search_api.pages.browser import served, tab
from vivier.engine.embedded.store import EmbeddedStore
from vivier.engine.withheld import WithheldStore
from vivier.given.rounds import rounds_of
from vivier.given.shelf import registry_of, studies_of
from vivier.lexicon import Lexicon
from vivier.names import readable_name
from vivier.privacy.opposition import Opposition

pytestmark = pytest.mark.slow


@pytest.fixture
def base(house: House) -> Iterator[str]:
    app = create_app(
        WithheldStore(house.engine, Opposition(house.settings)),
        house.lexicon,
        today=today,
        dossiers=registry_of(house.settings),
        studies=studies_of(house.settings),
        rounds=house.rounds,
    )
    with served(app) as base:
        yield base


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Iterator[str]:
    """A service on the real lists."""
    settings = real_home(tmp_path_factory.mktemp("home"))
    engine, rounds = EmbeddedStore(settings.generations), rounds_of(settings)
    kept = {"dossiers": registry_of(settings), "studies": studies_of(settings), "rounds": rounds}
    with served(create_app(engine, lexicon, today=today, **kept)) as base:
        yield base
    rounds.database.close()
    engine.close()


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def opened(page: Page, need: str, place: str, amount: str, organisation: str) -> str:
    """From a need to the page of its round; its address."""
    page.goto("/consultation")
    page.get_by_label("Le besoin, avec vos mots").fill(need)
    page.get_by_label("Lieu", exact=True).first.fill(place)
    page.get_by_label("Montant HT sur toute la durée, en euros").fill(amount)
    page.get_by_label("Durée, reconductions comprises").fill("48")
    page.get_by_role("button", name="Vérifier notre lecture").first.click()
    page.get_by_text("Autres façons").click()
    page.get_by_role("button", name="Demander aux").click()
    page.get_by_label("Organisme qui interroge").fill(organisation)
    assert fits(page)
    page.get_by_role("button", name="Ouvrir l’enquête").click()
    expect(page).to_have_url(re.compile(r"/enquetes/[0-9a-f]{40}$"))
    assert fits(page)
    return page.url


def first_called(page: Page) -> str:
    """The structure that the page says to call first."""
    rows = page.locator(".to-call li").filter(has_not=page.locator("[aria-pressed=true]"))
    return rows.locator(".who a").first.inner_text()


def answers(page: Page) -> Locator:
    """The table of who is asked, which a fold holds."""
    return page.locator("table").filter(has=page.locator("caption", has_text="interrogée"))


def link_of(page: Page, name: str) -> str:
    row = answers(page).locator("tbody tr", has_text=name).first
    return row.locator('a[href*="/r/"]').get_attribute("href") or ""


def noted(page: Page, name: str, answer: str, volume: str = "") -> None:
    """Type what a structure said by telephone."""
    if not page.get_by_role("button", name="Noter la réponse").is_visible():
        page.get_by_text("Noter une réponse par téléphone").click()
    option = page.locator("#champ-structure option", has_text=name).first
    page.get_by_label("Structure", exact=True).select_option(value=option.get_attribute("value"))
    page.get_by_label(answer, exact=True).check()
    page.get_by_label(re.compile("Quel volume")).fill(volume)
    page.get_by_role("button", name="Noter la réponse").click()


@pytest.mark.parametrize("width", [1280, 390])
def test_by_links_two_structures_confirm_and_the_lot_becomes_reservable(
    browser: Browser, base: str, width: int
) -> None:
    with (
        tab(browser, base, scripts=False, width=width) as page,
        tab(browser, base, scripts=False, width=width) as theirs,
    ):
        address = opened(page, "entretien des espaces verts", "Rennes", "240 000 €", "Ville de Rennes")
        expect(page.locator(".tally")).to_contain_text("0 réponse sur")
        for rank in (1, 2):
            name = first_called(page)
            theirs.goto(link_of(page, name))
            assert fits(theirs)
            expect(theirs.get_by_role("heading", name="Pouvez-vous faire ce lot ?")).to_be_visible()
            theirs.get_by_label("Oui, en entier").check()
            if rank == 1:
                theirs.get_by_label(re.compile("Quel volume")).fill("1 000")
                theirs.get_by_role("button", name="Envoyer ma réponse").click()
                expect(theirs.get_by_role("alert")).to_contain_text("moins que le lot")
            theirs.get_by_label(re.compile("Quel volume")).fill("80 000 €")
            theirs.get_by_role("button", name="Envoyer ma réponse").click()
            expect(theirs.get_by_role("status")).to_contain_text("Réponse enregistrée")
            assert fits(theirs)
            page.goto(address)
        expect(page.locator(".verdict").first).to_contain_text("Réservez ce lot")
        expect(page.locator(".verdict").first).to_contain_text("2 oui sur 2")
        expect(
            page.locator("ol.steps > li")
            .filter(has_text=re.compile("répondu par un lien que l.acheteur a distribué"))
            .first
        ).to_be_attached()
        assert fits(page)
        page.get_by_role("button", name="Créer le dossier avec ces réponses").click()
        expect(page.get_by_text("Empreinte exacte")).to_be_visible()


def test_by_telephone_answers_are_noted_corrected_and_deleted(browser: Browser, base: str) -> None:
    with tab(browser, base, scripts=True, width=1280) as page:
        opened(page, "entretien des espaces verts", "Rennes", "240 000 €", "")
        first = first_called(page)
        noted(page, first, "Non", volume="5 000")
        expect(page.get_by_role("alert")).to_contain_text("en partie")
        noted(page, first, "Non")
        expect(answers(page).filter(has_text="1 réponse")).to_contain_text("ne peut pas")
        second = first_called(page)
        assert second != first
        noted(page, second, "Oui, en partie", volume="20 000")
        expect(answers(page).filter(has_text="2 réponses")).to_contain_text("peut en prendre une partie")
        page.get_by_text("Qui est interrogé, qui a répondu").click()
        page.get_by_role("button", name=f"Retirer la réponse de {first}").click()
        expect(answers(page).filter(has_text="1 réponse")).not_to_contain_text("ne peut pas")
        address = page.url.partition("#")[0]
        page.get_by_text("Supprimer l’enquête", exact=True).click()
        page.get_by_role("button", name="Supprimer l’enquête et ses réponses").click()
        page.wait_for_url(lambda url: url.partition("#")[0] != address)
        assert page.request.get(address).status == 410


def test_on_the_real_lists_answers_turn_a_lot_of_cleaning_into_a_reserved_one(
    browser: Browser, real: str, tmp_path: Path
) -> None:
    with tab(browser, real, scripts=True, width=1280) as page, tab(browser, real, scripts=True, width=390) as theirs:
        address = opened(page, "nettoyage des locaux", "Finistère", "200 000 €", "Conseil départemental (essai)")
        expect(page.locator(".verdict").first).not_to_contain_text("Réservez ce lot")
        with page.expect_download() as download:
            page.get_by_role("link", name="Télécharger le publipostage (CSV)").click()
        download.value.save_as(tmp_path / "merge.csv")
        content = (tmp_path / "merge.csv").read_text(encoding="utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(content, newline=""), delimiter=";"))
        assert len(rows) > 20 and len({row["Lien personnel"] for row in rows}) == len(rows)
        noted(page, first_called(page), "Oui, en entier")
        expect(answers(page).filter(has_text="1 réponse")).to_contain_text("noté par le facilitateur")
        name = first_called(page)
        theirs.goto(next(row["Lien personnel"] for row in rows if readable_name(row["Structure"].lstrip("'")) == name))
        theirs.get_by_label("Oui, en entier").check()
        theirs.get_by_role("button", name="Envoyer ma réponse").click()
        expect(theirs.get_by_role("status")).to_contain_text("Réponse enregistrée")
        assert fits(theirs)
        page.goto(address)
        expect(page.locator(".verdict").first).to_contain_text("Réservez ce lot")
        page.get_by_role("button", name="Créer le dossier avec ces réponses").click()
        expect(page.get_by_text("Empreinte exacte")).to_be_visible()
