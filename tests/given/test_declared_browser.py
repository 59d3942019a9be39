"""A structure completes its sheet in a browser, the operator decides, buyers read it; with scripts and without, wide and narrow."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pydantic import SecretStr

from search_api.app import create_app
from tests.given.conftest import REVIEW_TOKEN, House
from tests.given.declaring import structures
from tests.search_api.conftest import today
from tests.search_api.pages.browser import served, tab
from vivier.engine.withheld import WithheldStore
from vivier.privacy.opposition import Opposition

pytestmark = pytest.mark.slow


@pytest.fixture
def base(house: House) -> Iterator[str]:
    store = WithheldStore(house.engine, Opposition(house.settings))
    token = SecretStr(REVIEW_TOKEN)
    with served(create_app(store, house.lexicon, today=today, queue=house.queue, review_token=token)) as base:
        yield base


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (390, False)])
def test_a_structure_completes_its_sheet_and_the_operator_accepts(
    browser: Browser, base: str, house: House, width: int, scripts: bool
) -> None:
    id_, siret = structures(house)[0]
    with tab(browser, base, scripts=scripts, width=width) as page:
        page.goto(f"/fournisseurs/{id_}")
        page.get_by_role("link", name="Compléter ma fiche").click()
        expect(page.get_by_label("SIRET de votre structure")).to_be_visible()
        assert fits(page)
        page.get_by_label("SIRET de votre structure").fill("12345678901234")
        page.get_by_label("Métier 1", exact=True).fill("Blanchisserie, entretien et location de linge")
        page.get_by_role("group", name="Prestation du métier 1").get_by_label("Prestation de service").check()
        page.get_by_label("Des communes, départements ou régions").check()
        page.get_by_label(re.compile("Lieux, un par ligne")).fill("Rennes\nFinistère")
        page.get_by_text("Taille, références, contact : facultatif").click()
        page.get_by_label(re.compile("Volume que vous pouvez prendre")).fill("80 000 €")
        page.get_by_label(re.compile("Le reste, en vos mots")).fill("Pas de linge hospitalier")
        page.get_by_label("Métier que vous ne faites pas 1", exact=True).fill("Traiteur, buffets et cocktails")
        page.get_by_label(re.compile("Courriel de l.organisation")).fill("claire.dubois@linge.example")
        page.get_by_role("button", name="Envoyer").click()
        expect(page.get_by_role("alert")).to_contain_text("ne sont pas un SIRET")
        expect(page.get_by_role("alert")).to_contain_text("jamais celle d’une personne")
        assert fits(page)
        page.get_by_label("SIRET de votre structure").fill(siret)
        page.get_by_label(re.compile("Courriel de l.organisation")).fill("contact@linge.example")
        page.get_by_role("button", name="Envoyer").click()
        expect(page).to_have_url(re.compile(r"/suivi/[0-9a-f]{40}$"))
        expect(page.get_by_role("heading", level=1)).to_contain_text("à décider")
        assert fits(page)
        decide(browser, base)
        read_then_withdraw(page, page.url, f"/fournisseurs/{id_}")


def read_then_withdraw(page: Page, follow: str, sheet: str) -> None:
    """Reads the sheet as a buyer does, withdraws the declaration by its follow-up, and reads the sheet again."""
    page.goto(sheet)
    section = page.get_by_role("region", name=re.compile("Déclaré par la structure le 24.novembre 2026"))
    expect(section).to_be_visible()
    refused = page.get_by_role("region", name="Ne fait pas")
    expect(refused).to_contain_text("Pas de linge hospitalier")
    expect(refused).to_contain_text("Traiteur")
    page.get_by_role("heading", name="Taille").click()
    expect(page.get_by_text(re.compile("80.000")).last).to_be_visible()
    page.get_by_role("heading", name=re.compile("Métiers et zones")).click()
    expect(page.get_by_role("heading", name=re.compile("Blanchisserie"))).to_be_visible()
    assert fits(page)
    page.goto(follow)
    page.get_by_role("button", name="Retirer cette demande").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("retirée")
    page.goto(sheet)
    expect(page.get_by_text("Déclaré par la structure le")).to_have_count(0)


def decide(browser: Browser, base: str) -> None:
    """Accept the request, as an operator whose browser knows the password."""
    context = browser.new_context(
        base_url=base, http_credentials={"username": "operateur", "password": REVIEW_TOKEN, "origin": base}
    )
    page = context.new_page()
    page.goto("/revue")
    page.get_by_role("link", name=re.compile("lire et décider")).first.click()
    expect(page.get_by_text("Pas de linge hospitalier")).to_be_visible()
    page.get_by_role("button", name="Refuser").click()
    expect(page.get_by_role("alert")).to_contain_text("pourquoi")
    page.get_by_role("button", name="Accepter").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("acceptée")
    assert fits(page)
    context.close()


def test_an_invited_structure_and_one_that_opposes(browser: Browser, base: str, house: House) -> None:
    (id_, siret), (other, number) = structures(house)[:2]
    (token,) = house.queue.invite([siret], "Réseau fictif", today(), 30).values()
    with tab(browser, base, scripts=True, width=390) as page:
        page.goto(f"/i/{token}")
        expect(page.get_by_text("Vous venez par une invitation de Réseau fictif")).to_be_visible()
        page.get_by_label("Métier 1", exact=True).fill("traiteur, buffets et cocktails")
        page.get_by_role("button", name="Envoyer").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("acceptée")
        page.goto(f"/fournisseurs/{id_}")
        expect(page.get_by_text("Déclaré par la structure le")).to_be_visible()
        page.goto(f"/fournisseurs/{other}")
        page.get_by_role("link", name="S’opposer").click()
        page.get_by_label("SIRET de votre structure").fill(number)
        page.get_by_label(re.compile("À quel titre")).fill("Direction")
        page.get_by_role("button", name="Envoyer").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("à décider")
        house.queue.accept(2, today())
        page.reload()
        expect(page.get_by_role("status")).to_contain_text("ne paraît plus")
        assert page.request.get(f"{base}/fournisseurs/{other}").status == 404


def test_a_circle_drawn_on_the_map_is_the_one_that_is_sent(browser: Browser, base: str, house: House) -> None:
    id_, siret = structures(house)[0]
    with tab(browser, base, scripts=True, width=1280) as page:
        page.goto(f"/fournisseurs/{id_}/completer")
        box, field = page.locator("#carte-zone"), page.get_by_label(re.compile("^Rayon, en kilomètres"))
        expect(box).to_be_hidden()
        page.get_by_label("SIRET de votre structure").fill(siret)
        page.get_by_label("Métier 1", exact=True).fill("Blanchisserie, entretien et location de linge")
        page.get_by_label("Autour de notre siège, ou d’une commune").check()
        expect(page.get_by_role("region", name=re.compile("Carte de votre zone"))).to_be_visible()
        expect(box).to_contain_text("écrivez une commune")
        town = page.get_by_label(re.compile("Autour d.une autre commune"))
        town.fill("Vitré")
        town.blur()
        field.fill("30")
        slider = page.get_by_role("slider", name="Rayon de la zone")
        expect(slider).to_have_attribute("aria-valuenow", "30")
        slider.press("ArrowRight")
        expect(field).to_have_value("31")
        before = slider.bounding_box()
        assert before is not None
        page.mouse.move(before["x"] + 14, before["y"] + 14)
        page.mouse.down()
        page.mouse.move(before["x"] + 60, before["y"] + 14, steps=5)
        page.mouse.up()
        drawn = int(field.input_value())
        assert drawn > 31
        expect(slider).to_have_attribute("aria-valuenow", str(drawn))
        assert fits(page)
        page.get_by_role("button", name="Envoyer").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("à décider")
        expect(page.get_by_text(re.compile(f"{drawn}.km autour de Vitré"))).to_be_visible()
    zone = house.queue.waiting()[0].declared.zone
    assert zone.model_dump() == {"type": "radius", "km": drawn, "around": "35360"}


@pytest.mark.parametrize("width", [1280, 390])
def test_a_network_sends_its_list_reads_what_to_correct_and_withdraws(
    browser: Browser, base: str, house: House, width: int
) -> None:
    id_, siret = structures(house)[0]
    token = house.queue.invite_network("Réseau fictif", today(), 30)
    rows = f"Nom;SIRET;Métiers\nAtelier;{siret};blanchisserie\nInconnu;91000000900019;blanchisserie\n"
    with tab(browser, base, scripts=False, width=width) as page:
        page.goto(f"/reseau/{token}")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Réseau fictif")
        assert fits(page)
        page.get_by_label(re.compile("Fichier CSV")).set_input_files(
            {"name": "membres.csv", "mimeType": "text/csv", "buffer": rows.encode()}
        )
        page.get_by_role("button", name="Envoyer la liste").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("à décider")
        expect(page.get_by_role("row", name=re.compile("^3 .*sans fiche"))).to_be_visible()
        expect(page.get_by_role("link", name="Toutes ces lignes en CSV")).to_be_visible()
        assert fits(page)
        house.queue.accept(1, today())
        follow = page.url
        page.goto(f"/fournisseurs/{id_}")
        expect(page.get_by_role("heading", name=re.compile("Déclaré par Réseau fictif le"))).to_be_visible()
        page.goto(follow)
        page.get_by_role("button", name="Retirer cette demande").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("retirée")
        page.goto(f"/fournisseurs/{id_}")
        expect(page.get_by_text("Réseau fictif")).to_have_count(0)


def test_an_error_is_reported_then_shown_once_retained(browser: Browser, base: str, house: House) -> None:
    id_, _ = structures(house)[0]
    with tab(browser, base, scripts=False, width=390) as page:
        page.goto(f"/fournisseurs/{id_}")
        page.get_by_role("link", name="Signaler une erreur").first.click()
        page.get_by_label(re.compile("Ce qui est faux")).select_option("address")
        page.get_by_label(re.compile("Ce qui est vrai")).fill("Elle a déménagé à Vitré en 2025")
        page.get_by_label(re.compile("Où le vérifier")).fill("https://vitre.example")
        page.get_by_role("button", name="Envoyer").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("à décider")
        assert fits(page)
        page.goto(f"/fournisseurs/{id_}")
        expect(page.get_by_text("Elle a déménagé à Vitré")).to_have_count(0)
        house.queue.accept(1, today())
        page.goto(f"/fournisseurs/{id_}")
        expect(page.get_by_text("Elle a déménagé à Vitré")).to_be_visible()


def test_back_after_two_refusals_shows_the_form_as_it_was_typed(browser: Browser, base: str, house: House) -> None:
    """The answer to a form that is refused has a history: it is not « no-store », of which a browser keeps nothing to go back to."""
    id_, siret = structures(house)[0]
    with tab(browser, base, scripts=False) as page:
        page.goto(f"/fournisseurs/{id_}/completer")
        for typed in ("12345678901234", siret):
            page.get_by_label("SIRET de votre structure").fill(typed)
            if not page.get_by_role("alert").count():  # what is to correct is unfolded
                page.get_by_text("Taille, références, contact : facultatif").click()
            page.get_by_label(re.compile("Courriel de l.organisation")).fill("claire.dubois@linge.example")
            page.get_by_role("button", name="Envoyer").click()
            expect(page.get_by_role("alert")).to_contain_text("jamais celle d’une personne")
        page.go_back()
        expect(page.get_by_role("alert")).to_contain_text("ne sont pas un SIRET")
        expect(page.get_by_label("SIRET de votre structure")).to_have_value("12345678901234")
        page.go_back()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Compléter la fiche")
