"""Two journeys in a browser, with the letters read in the test mailbox: follow a list then stop, write to structures then follow."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from search_api.app import create_app
from tests.mail.conftest import PUBLIC, READER, AtOnce, House
from tests.mail.mailbox import Mailbox, html_of, link_in, text_of
from tests.mail.test_writing import round_of
from tests.search_api.conftest import publish
from tests.search_api.contracts.conftest import serve_contracts
from tests.search_api.contracts.corpus import TODAY, contract_of, contracts
from tests.search_api.pages.browser import served, tab
from tests.search_api.pages.corpus import pages_suppliers
from vivier.engine.embedded.store import EmbeddedStore
from vivier.given.rounds import rounds_of

pytestmark = pytest.mark.slow
BUYER = "achats@exemple.gouv.fr"
DRAFT = re.compile(r"Ville d'essai prépare un achat.*Besoin : Tonte des parcs", re.DOTALL)


@pytest.fixture
def base(house: House) -> Iterator[str]:
    sender = AtOnce(house.office, house.clock.today, house.clock.now)
    rounds = rounds_of(house.settings)
    app = create_app(
        house.engine,
        house.lexicon,
        today=house.clock.today,
        rounds=rounds,
        mail=house.office,
        sender=sender,
        public_url=PUBLIC,
    )
    with served(app) as base:
        yield base
    rounds.database.close()


def apart(work: Callable[[], object]) -> None:
    """Do it in a thread: the browser's loop runs in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(work).result()


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


@pytest.mark.parametrize("width", [1280, 390])
def test_a_list_is_followed_read_and_stopped(
    browser: Browser, base: str, house: House, width: int, tmp_path: Path
) -> None:
    with tab(browser, base, scripts=False, width=width) as page:
        page.goto("/marches?q=tonte")
        page.get_by_text("Suivre cette recherche", exact=True).click()
        page.get_by_role("link", name="Recevoir par courriel").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Recevoir par courriel")
        assert fits(page)
        page.get_by_label("Votre adresse électronique").fill(READER)
        page.get_by_role("button", name="Recevoir le message de confirmation").click()
        expect(page.get_by_role("status")).to_contain_text("Un message vient de partir")
        page.goto(link_in(house.box.to(READER)[0], "/courriel/confirmer"))
        page.get_by_role("button", name="Confirmer l’abonnement").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Abonnement confirmé")
        assert fits(page)
        engine = EmbeddedStore(tmp_path / "next")
        publish(engine, pages_suppliers(house.lexicon), house.lexicon)
        new = contract_of("cneuf", "Tonte des stades", notified=TODAY, published=TODAY + timedelta(days=1))
        serve_contracts(engine, [*contracts(), new], house.lexicon)
        house.engine = engine
        house.clock.later(1)
        apart(house.notify)
        engine.close()
        letter = house.box.to(READER)[1]
        assert "Tonte des stades" in text_of(letter)
        shown = browser.new_page(viewport={"width": width, "height": 900})
        shown.set_content(html_of(letter))
        assert fits(shown), "a letter is read on a phone"
        shown.close()
        page.goto(link_in(letter, "/courriel/arreter"))
        page.get_by_role("button", name="Arrêter ces messages").click()
        expect(page.get_by_role("status")).to_contain_text("Vous ne recevrez plus")
    assert house.office.subscriptions.counts() == (0, 0)


def test_a_buyer_writes_by_their_own_mail_to_the_structures_compared(browser: Browser, base: str) -> None:
    with tab(browser, base, scripts=False, width=390) as page:
        page.goto("/comparer?choix=pages-jardins,pages-linge")
        page.get_by_role("link", name="Écrire à ces structures").click()
        page.get_by_label("Organisme qui écrit").fill("Ville d'essai")
        page.get_by_label("Besoin", exact=True).fill("Tonte des parcs")
        page.get_by_role("button", name="Refaire le brouillon").click()
        expect(page.get_by_label("Message", exact=True)).to_have_value(DRAFT)
        mine = page.get_by_role("link", name="Ouvrir dans ma messagerie").get_attribute("href")
        assert mine is not None and mine.startswith("mailto:?subject=") and "Tonte%20des%20parcs" in mine
        expect(page.get_by_role("button", name="Recevoir le lien qui envoie")).to_have_count(0)


def test_a_buyer_writes_to_the_structures_of_a_round_and_follows_what_became_of_it(
    browser: Browser, base: str, box: Mailbox, house: House
) -> None:
    with tab(browser, base, scripts=False, width=390) as page:
        page.goto(round_of(house))
        page.get_by_label("Boîte de Les Jardins d'Essai de Roubaix").fill("contact@jardins.example")
        page.get_by_label("Votre adresse professionnelle").fill(BUYER)
        page.get_by_role("button", name="Recevoir le lien qui envoie").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Confirmez dans votre boîte")
        page.goto(link_in(box.to(BUYER)[0], "/ecrire/confirmer"))
        page.get_by_role("button", name="Envoyer 1 message").click()
        expect(page.get_by_role("cell", name="En attente")).to_be_visible()
        apart(house.notify)
        page.reload()
        expect(page.get_by_role("cell", name="Remis au relais")).to_be_visible()
        assert fits(page)
    (message,) = box.to("contact@jardins.example")
    assert message["Reply-To"] == BUYER
    assert "Besoin : entretien des espaces verts" in text_of(message)
