"""A structure completes its sheet by the link that is written to the mailbox of its register, read in the test mailbox; buyers then find it by search."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from crawlers.run import import_files
from indexer.publish import publish
from search_api.app import create_app
from tests.mail.conftest import posting, settings_for
from tests.mail.mailbox import Mailbox, link_in
from tests.mail.test_invitations import HEADER, ITS, ROWS
from tests.search_api.corpus import TODAY
from tests.search_api.pages.browser import served, tab
from vivier.engine import open_engine
from vivier.given.declared import write_runs
from vivier.given.queue import queue_of
from vivier.lexicon import Lexicon

pytestmark = pytest.mark.slow
SIRET = "73282932000074"


def declare(page: Page, link: str) -> None:
    """Completes a sheet by its link."""
    page.goto(link)
    page.get_by_label("Métier 1", exact=True).fill("Traiteur, buffets et cocktails")
    page.get_by_label("Des communes, départements ou régions").check()
    page.get_by_label(re.compile("Lieux, un par ligne")).fill("Ille-et-Vilaine")
    page.get_by_role("button", name="Envoyer").click()


@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (390, False)])
def test_from_the_mailbox_of_the_register_to_the_answer_of_a_search(
    browser: Browser, tmp_path: Path, box: Mailbox, lexicon: Lexicon, width: int, scripts: bool
) -> None:
    settings, file = settings_for(tmp_path / "home", box), tmp_path / "geiq.csv"
    file.write_text(HEADER + ROWS, encoding="utf8")
    import_files("geiq", [file], settings)
    engine, queue = open_engine(settings), queue_of(settings)
    publish(engine, settings, lexicon, sources=["geiq"], skip_judged=True)

    def build() -> None:
        write_runs(settings, queue, TODAY)
        publish(engine, settings, lexicon, sources=["geiq", "declared"], skip_judged=True)

    app = create_app(engine, lexicon, today=lambda: TODAY, queue=queue, **posting(settings))
    search = "/fournisseurs?trade=traiteur&territory=departement:35"
    with served(app) as base, tab(browser, base, scripts=scripts, width=width) as page:
        page.goto(search)
        expect(page.get_by_text("métier non publié", exact=False).first).to_be_visible()
        page.goto(f"/fournisseurs?q={SIRET}")
        page.get_by_role("link", name=re.compile("GEIQ FICTIF UN", re.IGNORECASE)).first.click()
        page.get_by_role("link", name="Compléter ma fiche").click()
        page.get_by_role("button", name="Recevoir un lien à cette adresse").click()
        expect(page.get_by_role("status")).to_contain_text("Un lien est parti")
        (letter,) = box.to(ITS)
        declare(page, link_in(letter, "/i"))
        expect(page.get_by_role("heading", level=1)).to_contain_text("acceptée")
        follow = page.url
        page.get_by_role("link", name=re.compile("GEIQ FICTIF UN", re.IGNORECASE)).first.click()
        expect(page.get_by_role("region", name=re.compile("Déclaré par la structure le"))).to_be_visible()
        with ThreadPoolExecutor(1) as pool:  # the browser's loop runs in this thread
            pool.submit(build).result()
        page.goto(search)
        page.reload()  # a browser keeps a page of results for a while
        expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile("Traiteur.*1 structure fait ce métier"))
        expect(page.get_by_role("link", name=re.compile("GEIQ FICTIF UN", re.IGNORECASE)).first).to_be_visible()
        page.goto(follow)
        page.get_by_role("button", name="Retirer cette demande").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("retirée")
    queue.database.close()
    engine.close()
