"""Accessibility of every page of a whole demonstration, in a real browser: the rules of axe-core, what has the focus is seen, narrow
screens and large text never scroll sideways, be it a page or a box of it."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Page, expect
from starlette.types import Receive, Scope, Send

from search_api.app import create_app
from search_api.context import Context
from search_api.products import PRODUCTS
from tests.search_api.pages.browser import served, tab
from tests.search_api.pages.demo import DAY, REVIEW_TOKEN, demonstration, mail_pages
from tests.search_api.pages.rules import broken, script
from vivier.engine.embedded.store import EmbeddedStore
from vivier.given.queue import Queue
from vivier.lexicon import Lexicon
from vivier.settings import Settings

WIDTHS = (1280, 320)
"""A wide screen and the narrowest: what a page of 390 pixels has is on one of both; its own header has tests of its own."""
URLS = (
    "/",
    "/espace/acheteur",
    "/espace/structure",
    "/espace/facilitateur",
    "/aide",
    "/glossaire",
    "/a-propos",
    "/accessibilite",
    "/mentions-legales",
    "/licences",
    "/plan-du-site",
    "/donnees-personnelles",
    "/api-et-donnees",
    "/docs",
    "/avis",
    "/avis/{notices}",
    "/avis?x=1",
    "/marches",
    "/marches/{contracts}",
    "/marches?q=zzyzx",
    "/acheteurs",
    "/acheteurs/{buyers}",
    "/pistes",
    "/marches?missed={suppliers}",
    "/pistes?supplier={suppliers}",
    "/titulaires-a-appeler",
    "/titulaires-a-appeler?territory=FR",
    "/titulaires-a-appeler?work=subcontract&territory=FR",
    "/espace/structure?trade=entretien-espaces-verts",
    "/espace/structure?metier=zzz&lieu=Saint-Denis",
    "/pistes?trade=entretien-espaces-verts",
    "/acheteurs?trade=entretien-espaces-verts&sort=call",
    "/indicateurs",
    "/indicateurs?by=departement",
    "/filieres",
    "/filieres?trade=entretien-espaces-verts",
    "/filieres?trade=entretien-espaces-verts&by=epci&within=region:53",
    "/filieres?trade=entretien-espaces-verts&by=epci",
    "/ressources",
    "/ressources?q=a",
    "/territoire?territory=departement:35",
    "/auto-evaluation",
    "/auto-evaluation?family=proprete&answer=team:nobody",
    "/qualite",
    "/consultation",
    "/consultation/verifier",
    "/mes-fournisseurs",
    "{board}",
    "{board}/lots/2",
    "{board}/lots/2/appels",
    "{dossier}",
    "/v1{dossier}.html",
    "{round}",
    "{round}/publipostage.csv?avec=rien",
    "{reply}",
    "{declared_sheet}",
    "{declared_sheet}/completer",
    "{declared_sheet}/signaler",
    "{declared_sheet}/s-opposer",
    "{follow}",
    "/reseau",
    "/reseau/{network}",
    "{list_follow}",
    "{invited}",
    "/revue",
    "/revue/service",
    "/revue/1",
    "/revue/zz",
    "/clausier",
    "/clausier?trade=nettoyage-locaux&amount=190000&months=48",
    "/clausier?trade=zzyzx",
    "/cout-global",
    "/cout-global?years=8&name-1=A&acquisition-1=10&use-1=1&maintenance-1=1&end_of_life-1=0&name-2=B&acquisition-2=9",
    "/cout-global?years=zz&use-1=cher",
    "/suivi-heures",
    "/suivi-heures?object=Nettoyage&hours=253&months=6&start=2027-03-01&company=Alpha",
    "/fournisseurs",
    "/fournisseurs?q=zzyzx&territory=commune:93066",
    "/fournisseurs?trade=entretien-espaces-verts&near=-1.68000,48.11000&radius_km=40&choix={suppliers}",
    "/fournisseurs/{suppliers}",
    "/fournisseurs/{suppliers}?choix={suppliers}",
    "/comparer",
    "/comparer?choix={three}",
    "/comparer?choix={five}",
    "/fournisseurs?lieu=Saint-Denis&turnover_min=a",
    "/courriel/leads?trade=entretien-espaces-verts",
    "/courriel/suppliers?kind=ESAT",
    "{list_confirm}",
    "{list_stop}",
    "{list_question}",
    "{list_refuse}",
    "/ecrire",
    "/ecrire?text=Nettoyage&place=Rennes&choix={suppliers}",
    "{round}/ecrire",
    "{write_confirm}",
    "{write_follow}",
    "{write_stop}",
    "/nulle-part",
)
BOTH = (
    "/",
    "/fournisseurs",
    "/fournisseurs/{suppliers}",
    "/marches",
    "/pistes",
    "{board}",
    "{board}/lots/2",
    "/filieres",
)
"""Pages whose rules are checked on both screens; the others, one on each, in turn."""
STICKY = ("/avis", "/marches", "/acheteurs", "/pistes", "/indicateurs", "/auto-evaluation")
OPERATOR_SAYS = {"Authorization": f"Basic {base64.b64encode(f':{REVIEW_TOKEN}'.encode()).decode()}"}
PAPER = ("/v1{dossier}.html", "/suivi-heures")
"""What is made to be printed keeps its tables as they are on paper: they scroll in a box of their own."""
NO_PAGE = re.compile(
    r"^/suivi-heures/\{id\}$|^/(v1|carte|static)/|^/revue/(entrer|retour)$|\.(xlsx|csv|txt|docx|xml|ico)$|^/(health|ready)$"
)
"""Addresses that are not pages: the API, files, what the map asks for, the way to and from a provider of identities."""


@pytest.fixture(scope="module")
def ids() -> dict[str, str]:
    """The id of a document of each collection, filled by the service."""
    return {}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon, ids: dict[str, str]) -> Iterator[str]:
    with demonstration(tmp_path_factory.mktemp("demo"), lexicon, keeps=True) as app:
        with TestClient(app) as client:
            client.get("/v1/openapi.json")  # made once a process, in some seconds: /docs then opens at once
            ids |= kept_pages(client) | mail_pages(app.state.office) | network_pages(client, app.state.queue)
            for name in ("suppliers", "contracts", "notices", "buyers"):
                first = client.get(f"/v1/{name}", params={"per_page": 1}).json()["results"][0]
                ids[name] = first["siren"] if name == "buyers" else first["id"]
            some = client.get("/v1/suppliers", params={"per_page": 5, "kind": "ESAT"}).json()["results"]
            ids["three"], ids["five"] = (",".join(one["id"] for one in some[:count]) for count in (3, 5))
            (invited,) = app.state.queue.invite([some[0]["siret"]["value"]], "Réseau fictif", DAY, 30).values()
            ids["invited"] = f"/i/{invited}"
        with served(app) as base:
            yield base


def kept_pages(client: TestClient) -> dict[str, str]:
    """The addresses of a study, a dossier, a round and the page of a structure, opened as a facilitator would."""
    rows = "lot;objet;lieu;montant;durée\n1;Nettoyage des locaux;Rennes;190000;48\n2;Espaces verts;Nord;240000;36\n"
    study = client.post("/consultation", data={"step": "study", "programme": rows}, follow_redirects=False)
    lot = {"text": "nettoyage des locaux", "place": "Rennes", "amount": 190000, "months": 48}
    dossier = client.post("/v1/dossiers", json={"lots": [lot], "reference": "2027-014"}).json()
    first = client.post("/v1/rounds", json={"lots": [lot], "title": "Un"}).json()
    invited = client.get(first["links"]["self"]).json()["invited"]
    client.post(first["links"]["answers"], json={"answers": [{"structure": invited[0]["id"], "can": "yes"}]})
    return {
        "board": study.headers["location"],
        "dossier": f"/dossiers/{dossier['dossier_id']}",
        "round": first["links"]["page"],
        "reply": invited[-1]["link"],
        **reported(client),
    }


def reported(client: TestClient) -> dict[str, str]:
    """The sheet of a structure that declared its trades, and the follow-up of an error reported on it."""
    pages = (client.get("/v1/suppliers", params={"per_page": 100, "page": page}).json() for page in (1, 2, 3))
    every = (supplier for page in pages for supplier in page["results"])
    declared = next(each for each in every if "declared" in [source["source_id"] for source in each["sources"]])
    sheet = f"/fournisseurs/{declared['id']}"
    error = {"fact": "name", "right": "Un autre nom (fictif)", "source": "https://registre.example"}
    sent = client.post(f"{sheet}/signaler", data=error, follow_redirects=False)
    return {"declared_sheet": sheet, "follow": sent.headers["location"]}


def network_pages(client: TestClient, queue: Queue) -> dict[str, str]:
    """The token of the link of a network, and the follow-up of its list, of which every row is set aside."""
    token = queue.invite_network("Réseau fictif", DAY, 60)
    file = {"file": ("membres.csv", "Nom;SIRET;Métiers\nAtelier;12;blanchisserie\n".encode(), "text/csv")}
    sent = client.post(f"/reseau/{token}", files=file, follow_redirects=False)
    return {"network": token, "list_follow": sent.headers["location"]}


_SIDEWAYS = """() => {
  for (const one of document.querySelectorAll("main details:not([name]), header details:not(.tools)")) one.open = true;
  const boxes = [document.documentElement, ...document.querySelectorAll("body *:not(svg *, input, select, textarea)")];
  return boxes.filter((box) => box === document.documentElement || ["auto", "scroll"].includes(getComputedStyle(box).overflowX))
    .filter((box) => box.scrollWidth > box.clientWidth + 1)
    .map((box) => `${box.outerHTML.slice(0, 120)}: ${box.scrollWidth} in ${box.clientWidth}`);
}"""


@pytest.fixture(scope="module")
def one_tab(browser: Browser, base: str) -> Iterator[Page]:
    """The tab where pages are opened one after the other: it reads the script of axe-core once."""
    with tab(browser, base, scripts=True, refused=True) as page:
        page.add_init_script(script())
        page.set_extra_http_headers(OPERATOR_SAYS)
        yield page


NARROW = ((320, "100%"), (640, "100%"), (1280, "200%"))


@pytest.mark.parametrize("url", URLS)
def test_a_page_breaks_no_rule_and_scrolls_sideways_neither_on_a_narrow_screen_nor_in_a_text_twice_as_large(
    one_tab: Page, ids: dict[str, str], url: str
) -> None:
    page = one_tab
    page.context.clear_cookies()
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    page.goto(url.format(**ids))
    page.evaluate("localStorage.clear(), sessionStorage.clear()")
    for width in WIDTHS if url in BOTH else (WIDTHS[URLS.index(url) % 2],):
        page.set_viewport_size({"width": width, "height": 900})
        _unfold(page)
        assert broken(page) == [], width
    for width, text in NARROW if not url.startswith(PAPER) else ():
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate("(size) => { document.documentElement.style.fontSize = size }", text)
        assert page.evaluate(_SIDEWAYS) == [], (width, text)


LEDGER = "Tiers;SIRET;Montant HT (k€);Famille\nA;73282932000074;12;Espaces verts\nB;;3;Nettoyage\nC;73282932000074;-1;Nettoyage\n"


def test_axe_finds_no_violation_in_what_is_said_of_a_ledger(browser: Browser, base: str) -> None:
    with tab(browser, base, scripts=True) as page:
        page.goto("/mes-fournisseurs")
        page.get_by_label("Ou un tableau collé").fill(LEDGER)
        page.locator("#champ-place").fill("Rennes")
        page.get_by_role("button", name="Mesurer").click()
        page.get_by_role("heading", name="Ce que disent vos achats").wait_for()
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            _unfold(page)
            assert broken(page) == [], width
            assert page.evaluate("document.documentElement.scrollWidth") <= width


LIVING = ("/fournisseurs", "/fournisseurs?near=-1.68000,48.11000&radius_km=60")


@pytest.mark.parametrize("url", LIVING)
def test_axe_finds_no_violation_on_the_living_map(browser: Browser, base: str, url: str) -> None:
    with tab(browser, base, scripts=True) as page:
        page.goto(url)
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            if width < 960:
                page.locator("label", has_text="Carte").click()
            page.locator(".pane-map.alive .pin").first.wait_for()
            assert broken(page) == [], width
            page.locator(".pin.single").first.dispatch_event("click")
            page.locator(".leaflet-popup a[href^='/fournisseurs/']").first.wait_for()
            expect(page.locator(".leaflet-popup")).to_have_css("opacity", "1")
            assert broken(page) == [], width
            page.get_by_role("button", name="Fermer").click()
            expect(page.locator(".leaflet-popup")).to_have_count(0)


def _unfold(page: Page) -> None:
    """Open what is folded, so that it is checked too; on a narrow screen the menu and the search box cover each other, on a wide one the tools cover
    the page."""
    page.evaluate(
        """() => {
          for (const one of document.querySelectorAll("main details")) one.open = true;
          for (const one of document.querySelectorAll("header details:not(.tools)")) one.open = innerWidth > 960;
        }"""
    )


@pytest.mark.parametrize("folded", [".menu", ".find"])
def test_what_the_header_unfolds_on_a_phone_passes_too(browser: Browser, base: str, folded: str) -> None:
    with tab(browser, base, scripts=True, width=390) as page:
        page.goto("/avis")
        assert page.locator("header.top .top-line").bounding_box()["height"] <= 57  # type: ignore[index]
        page.locator(f"{folded} > summary").click()
        assert broken(page) == []


@pytest.mark.parametrize("url", ["/", "/avis"])
def test_what_the_tools_unfold_passes_too(browser: Browser, base: str, url: str) -> None:
    with tab(browser, base, scripts=True) as page:
        page.goto(url)
        page.locator(".tools > summary").click()
        page.locator(".tools-of").wait_for()
        assert broken(page, "header") == []


_HIDDEN = """() => {
  const one = document.activeElement, box = one.getBoundingClientRect();
  if (one === document.body) return "the end";
  if (box.width < 2 || box.height < 2) return null;
  const seen = document.elementFromPoint(box.left + Math.min(box.width, 8) / 2, box.top + box.height / 2);
  const kin = seen && (one.contains(seen) || seen.contains(one) || (one.labels && [...one.labels].some((label) => label.contains(seen))));
  return kin ? null : `${one.outerHTML.slice(0, 120)} under ${seen && seen.outerHTML.slice(0, 80)}`;
}"""


@pytest.mark.parametrize("width", (*WIDTHS, 390))
@pytest.mark.parametrize("url", STICKY)
def test_what_has_the_focus_is_never_under_a_bar(browser: Browser, base: str, url: str, width: int) -> None:
    with tab(browser, base, scripts=True, width=width) as page:
        page.goto(url)
        hidden = []
        for _ in range(140):
            page.keyboard.press("Tab")
            seen = page.evaluate(_HIDDEN)
            if seen == "the end":
                break
            hidden.append(seen)
        assert [one for one in hidden if one is not None] == []


PRINTED = (
    "/fournisseurs?trade=entretien-espaces-verts&near=-1.68000,48.11000&radius_km=40&choix={suppliers}",
    "/fournisseurs/{suppliers}",
    "/comparer?choix={five}",
    "/indicateurs",
    "/acheteurs/{buyers}",
    "/filieres?trade=entretien-espaces-verts",
    "/qualite",
)
PAPER_WIDTH = 680
"""Pixels between the margins of an A4 page."""
_CONTROLS = """() => [...document.querySelectorAll("nav, button, select, a.button, input:not([type=hidden]), .pane-filters, .leaflet-control")]
  .filter((one) => one.checkVisibility({ visibilityProperty: true })).map((one) => one.outerHTML.slice(0, 100))"""


def test_a_printed_sheet_shows_what_the_screen_folds(browser: Browser, base: str, ids: dict[str, str]) -> None:
    with tab(browser, base, scripts=False) as page:
        page.goto("/fournisseurs/{suppliers}".format(**ids))
        folded = page.locator("details.fold:not([open]) .facts dd").first
        expect(folded).to_be_hidden()
        page.emulate_media(media="print")
        expect(folded).to_be_visible()


@pytest.mark.parametrize("url", PRINTED)
def test_a_printed_page_is_whole_and_has_no_control(browser: Browser, base: str, ids: dict[str, str], url: str) -> None:
    with tab(browser, base, scripts=True, width=PAPER_WIDTH) as page:
        page.goto(url.format(**ids))
        page.emulate_media(media="print")
        assert page.evaluate(_CONTROLS) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= PAPER_WIDTH
        cut = "(box) => box.scrollWidth > box.parentElement.clientWidth + 1"
        assert (
            page.evaluate(f"[...document.querySelectorAll('main table')].filter({cut}).map((one) => one.className)")
            == []
        )


@pytest.mark.slow
def test_every_page_of_the_application_is_looked_at(
    ids: dict[str, str], base: str, lexicon: Lexicon, tmp_path: Path
) -> None:
    asked = [urlsplit(url.format(**ids)).path for url in URLS]
    context = Context(EmbeddedStore(tmp_path), lexicon, lambda: DAY)
    routers = (router(context) for product in PRODUCTS for router in product.routers)
    routes = [route for router in routers for route in router.routes if isinstance(route, APIRoute)]
    paths = {route.path for route in routes if "GET" in route.methods and not NO_PAGE.search(route.path)}
    assert len(paths) > 50
    assert [path for path in sorted(paths) if not any(re.fullmatch(_pattern(path), one) for one in asked)] == []


def _pattern(path: str) -> str:
    """The expression of the addresses of a route."""
    return re.sub(r"\{\w+\}", "[^/]+", path)


def test_axe_finds_no_violation_in_what_a_service_that_cannot_answer_says(
    browser: Browser, lexicon: Lexicon, tmp_path: Path
) -> None:
    """503: nothing is indexed; 429: the client asked too often; 404: no such page."""
    app = create_app(EmbeddedStore(tmp_path), lexicon, settings=Settings(home=tmp_path, rate=60))

    async def from_elsewhere(scope: Scope, receive: Receive, send: Send) -> None:
        """Clients of this very machine are not counted."""
        await app({**scope, "client": ("192.0.2.1", 1)}, receive, send)

    seen = set()
    with served(from_elsewhere) as base, tab(browser, base, scripts=True, refused=True, fails=True) as page:
        for url in ("/fournisseurs", "/nulle-part", *["/fournisseurs"] * 70):
            answer = page.goto(url)
            assert answer is not None
            if answer.status not in seen:
                seen.add(answer.status)
                assert broken(page) == [] and page.evaluate(_SIDEWAYS) == []
    assert seen == {404, 429, 503}


def test_the_doors_of_the_three_spaces_are_seen_at_once_on_a_phone(browser: Browser, base: str) -> None:
    with tab(browser, base, scripts=False, width=390) as page:
        page.set_viewport_size({"width": 390, "height": 844})
        page.goto("/")
        for name in ("acheteur", "structure", "facilitateur"):
            box = page.locator(f'.ways a[href="/espace/{name}"]').bounding_box()
            assert box is not None and box["y"] + box["height"] <= 844, name


def test_without_a_script_the_menu_and_the_search_unfold(browser: Browser, base: str) -> None:
    with tab(browser, base, scripts=False, width=390) as page:
        page.goto("/marches")
        page.get_by_text("Menu", exact=True).click()
        page.get_by_role("link", name="Opportunités").first.click()
        page.wait_for_url("**/pistes")
        page.get_by_text("Rechercher", exact=True).first.click()
        page.get_by_label("Chercher dans les avis").fill("entretien")
        page.keyboard.press("Enter")
        page.wait_for_url("**/avis?*entretien*")
