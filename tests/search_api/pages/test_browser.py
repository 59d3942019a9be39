"""The pages in a real browser: three journeys with scripts and without, one by keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from search_api.app import create_app
from tests.search_api.conftest import today
from tests.search_api.pages.browser import served, tab
from tests.search_api.pages.corpus import GARDENS_SHOWN
from vivier.engine.embedded.store import EmbeddedStore
from vivier.lexicon import Lexicon

NEED = "tonte des pelouses du lycée à Roubaix"


@pytest.fixture(scope="module")
def base(pages_engine: EmbeddedStore, lexicon: Lexicon) -> Iterator[str]:
    with served(create_app(pages_engine, lexicon, today=today)) as base:
        yield base


@pytest.fixture(params=(True, False), ids=("with scripts", "without scripts"))
def page(request: pytest.FixtureRequest, browser: Browser, base: str) -> Iterator[Page]:
    with tab(browser, base, scripts=request.param) as page:
        yield page


def test_from_a_need_to_a_supplier_and_back(page: Page) -> None:
    page.goto("/")
    page.get_by_label("De quoi avez-vous besoin ?").fill(NEED)
    page.get_by_role("button", name="Rechercher").click()
    expect(page).to_have_url(re.compile("territory=commune:59512&trade=entretien-espaces-verts"))
    expect(page.get_by_text("Comment avons-nous lu votre besoin ?")).to_be_visible()
    total = page.get_by_role("status").inner_text()
    page.get_by_role("link", name="Retirer le filtre Métier").click()
    expect(page.get_by_role("status")).not_to_have_text(total)
    page.go_back()
    expect(page.get_by_role("status")).to_have_text(total)
    page.get_by_role("link", name=GARDENS_SHOWN, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(GARDENS_SHOWN)
    page.get_by_role("heading", name="Labels").click()
    expect(page.get_by_text("expiré depuis le 31/03/2025")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("status")).to_have_text(total)
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Trouvez un fournisseur")


def test_a_tab_has_nothing_of_those_before(browser: Browser, base: str) -> None:
    with tab(browser, base, scripts=True) as page:
        page.goto("/")
        page.evaluate("localStorage.kept = sessionStorage.kept = 'x'; document.cookie = 'kept=x'")
        page.emulate_media(media="print")
    with tab(browser, base, scripts=True) as page:
        page.goto("/")
        assert page.evaluate("[localStorage.kept, sessionStorage.kept, document.cookie]") == [None, None, ""]
        assert page.evaluate("matchMedia('screen').matches")


HIDDEN = """() => {
  const one = document.activeElement, box = one.getBoundingClientRect();
  if (one === document.body || !box.width || !box.height || getComputedStyle(one).opacity === "0") return null;
  const at = [[.5, .5], [.1, .5], [.9, .5]].map(([x, y]) => document.elementFromPoint(box.left + x * box.width, box.top + y * box.height));
  return at.some((met) => met && (met === one || one.contains(met) || met.contains(one) || met.closest("label")?.control === one)) ? null : one.outerHTML.slice(0, 120);
}"""
"""What has the focus and is covered by something else; ``null`` when it is seen."""


@pytest.mark.parametrize("path", ["/pistes", "/auto-evaluation"])
@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_covers_what_has_the_focus(path: str, width: int, browser: Browser, base: str) -> None:
    """WCAG 2.4.11: no bar lies over a field that the keyboard reaches."""
    with tab(browser, base, scripts=False, width=width) as page:
        page.set_viewport_size({"width": width, "height": 420})
        page.goto(path)
        page.evaluate("for (const one of document.querySelectorAll('main details')) one.open = true")
        assert page.evaluate(
            "[...document.querySelectorAll('.apply')].every((bar) => getComputedStyle(bar).position === 'static')"
        )
        hidden = []
        for _ in range(60):
            page.keyboard.press("Tab")
            hidden.append(page.evaluate(HIDDEN))
        assert not any(hidden), [found for found in hidden if found]


def test_criteria_a_doubtful_place_and_its_choice(page: Page) -> None:
    page.goto("/fournisseurs")
    page.goto("/fournisseurs?kind=EI")
    _open(page, "Lieu")
    page.get_by_label("Commune, code postal").fill("Saint-Denis")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Recherche à corriger")
    expect(page.get_by_label("Commune, code postal")).to_have_value("Saint-Denis")
    expect(page.locator("form.filters input[name=kind][value=EI]")).to_be_checked()
    page.get_by_role("link", name="Saint-Denis (974, La Réunion)").click()
    expect(page).to_have_url(re.compile(r"\?territory=commune:97411&kind=EI$"))
    chips = page.locator("form.criteria")
    expect(chips).to_contain_text("Saint-Denis (974, La Réunion)")
    chips.get_by_role("link", name="Retirer le filtre Lieu").click()
    expect(page).to_have_url(re.compile(r"\?kind=EI$"))
    chips.get_by_role("link", name="Retirer le filtre Type").click()
    expect(page).to_have_url(re.compile("/fournisseurs$"))
    page.locator(".pane-filters > summary").click()
    page.get_by_label("Ordre").select_option("name")
    if not page.locator("[data-suggest][role=combobox]").count():  # a script needs no button
        page.get_by_role("button", name="Appliquer").last.click()
    expect(page).to_have_url(re.compile("\\?sort=name$"))
    page.get_by_role("link", name="Page suivante").click()
    expect(page).to_have_title(re.compile("– page 2 – "))


def test_from_nothing_to_what_one_change_would_give(page: Page) -> None:
    page.goto("/fournisseurs?kind=ESAT&q=zzyzx")
    expect(page.get_by_role("status")).to_have_text("0 structure")
    offered = page.get_by_role("link", name="Sans le filtre « Mots cherchés »")
    count = offered.inner_text().rpartition(":")[2].split()[0]
    offered.click()
    expect(page.get_by_role("status")).to_contain_text(f"{count} structures")


def test_how_good_the_data_are_is_one_link_away(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Qualité des données").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Qualité des données")
    for title in ("Métiers, par niveau de preuve", "Départements"):
        page.locator("details.fold > summary", has_text=title).click()
    sources = page.get_by_role("region", name="Tableau des sources")
    expect(sources.get_by_role("row")).to_have_count(3)
    expect(sources).to_contain_text("attendues tous les 7 jours : en retard")
    evidence = page.get_by_role("region", name="Tableau : Métiers, par niveau de preuve")
    expect(evidence.get_by_role("row", name=re.compile("^Métier inconnu"))).to_contain_text("%")
    expect(page.get_by_role("rowheader", name="Nord (59)")).to_be_visible()


def test_by_keyboard_alone(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("De quoi avez-vous besoin ?")).to_be_focused()
    page.keyboard.type(NEED)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("territory=commune:59512"))
    _tab_to(page, GARDENS_SHOWN)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(GARDENS_SHOWN)


def _open(page: Page, criterion: str) -> None:
    """Open the control of a criterion."""
    page.locator("form.criteria summary", has_text=criterion).click()


def _tab_to(page: Page, name: str) -> None:
    """Press Tab until a link of that name has the focus, which must show."""
    link = page.get_by_role("link", name=name, exact=True)
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.locator(":focus").count() and page.locator(":focus").inner_text() == link.inner_text():
            return
    pytest.fail(f"« {name} » is not reached by Tab")


def test_places_are_suggested_while_one_types(browser: Browser, base: str) -> None:
    with tab(browser, base, scripts=True) as page:
        page.goto("/fournisseurs")
        _open(page, "Lieu")
        page.get_by_label("Commune, code postal").press_sequentially("roub")
        first = page.locator("datalist option").first
        expect(first).to_have_attribute("value", "Roubaix (59, Nord)")
        page.get_by_label("Commune, code postal").fill("Roubaix (59, Nord)")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(r"\?territory=commune:59512$"))


@pytest.mark.parametrize("width", (320, 360, 768, 1280))
@pytest.mark.parametrize(
    "url",
    (
        "/",
        f"/fournisseurs?need={NEED}",
        "/fournisseurs",
        "/fournisseurs?lieu=Saint-Denis&turnover_min=a",
        "/fournisseurs/pages-jardins",
        "/fournisseurs/pages-hostile",
        "/qualite",
    ),
)
def test_nothing_overflows_a_narrow_screen(browser: Browser, base: str, url: str, width: int) -> None:
    with tab(browser, base, scripts=True, width=width) as page:
        page.goto(url)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
