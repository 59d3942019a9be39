"""The form of the code, in a real browser: sent, wrong, signed; accessible in each state."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.mail.mailbox import Mailbox
from tests.mail.signing import made_service, wrong
from tests.search_api.pages.browser import launched, served, tab
from vivier.lexicon import Lexicon


@pytest.mark.browser
@pytest.mark.slow
def test_a_structure_signs_by_its_code(tmp_path: Path, box: Mailbox, lexicon: Lexicon) -> None:
    with made_service(tmp_path / "home", box, lexicon) as service:
        followed = service.declare()
        with served(service.client.app) as base, launched() as browser, tab(browser, base, scripts=True) as page:
            page.goto(followed)
            page.get_by_role("button", name="Envoyer le code").click()
            code = page.get_by_label("Code reçu")
            expect(code).to_be_visible()
            assert violations(page) == []
            code.fill(wrong(service.code()))
            page.get_by_role("button", name="Signer").click()
            expect(page.get_by_label("Code reçu")).to_have_attribute("aria-invalid", "true")
            assert violations(page) == []
            page.get_by_label("Code reçu").fill(service.code())
            page.get_by_role("button", name="Signer").click()
            expect(page.get_by_text("Signé le")).to_be_visible()
            assert violations(page) == []


def violations(page: Page) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    found: list[str] = []
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        said: dict[str, Any] = Axe().run(page, options={"resultTypes": ["violations"]}).response
        found += [f"{width}: {one['id']} {one['nodes'][0]['html'][:200]}" for one in said["violations"]]
    return found
