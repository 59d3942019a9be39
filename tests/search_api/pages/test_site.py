"""Three spaces, the age of the data, the pages about the service: on a whole demonstration, as a reader without scripts meets them."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest
from fastapi.testclient import TestClient

from search_api.app import create_app
from search_api.pages.site import ABOUTS, SPACES, WHOLE, Space, Spot
from search_api.suppliers.routes.service import api_address, calls
from tests.real_home import real_home
from tests.search_api.pages.conftest import Open
from tests.search_api.pages.demo import OPERATOR, PUBLIC, demonstration
from tests.search_api.pages.html import Page
from vivier.engine import open_engine
from vivier.engine.embedded.store import EmbeddedStore
from vivier.glossary import defined
from vivier.lexicon import Lexicon
from vivier.settings import Operator

EVERY = ("/", *(space.path for space in SPACES), *(spot.path for spot in WHOLE.spots()), "/docs", "/nulle-part")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Iterator[TestClient]:
    with demonstration(tmp_path_factory.mktemp("demo"), lexicon) as app, TestClient(app) as client:
        yield client


@pytest.fixture(scope="module")
def shown(demo: TestClient) -> Open:
    def ask(url: str, status: int = 200) -> Page:
        response = demo.get(url, headers={"Accept": "text/html"})
        assert response.status_code == status, response.text[:2000]
        return Page(str(response.url), response.text)

    return ask


@pytest.mark.slow
@pytest.mark.parametrize("url", dict.fromkeys(EVERY))
def test_every_page_of_a_demonstration_says_that_all_is_invented(shown: Open, url: str) -> None:
    page = shown(url, 404 if url == "/nulle-part" else 200)
    assert page.one("p", class_="sample").text.startswith("Données fictives")


@pytest.mark.slow
def test_no_page_of_other_data_says_so(open_page: Open) -> None:
    for url in ("/", "/fournisseurs", "/aide", "/espace/acheteur"):
        assert not open_page(url).all("p", class_="sample"), url


@pytest.mark.parametrize("space", SPACES, ids=lambda space: space.name)
def test_a_space_has_three_tasks_each_a_link_with_its_sentence(shown: Open, space: Space) -> None:
    tasks = shown(space.path).all("dl")[0].all("div")
    assert len(tasks) == 3
    for task in tasks:
        assert len(task.all("a")) == 1 and task.one("dd").text.endswith(".")
        shown(task.one("a").attributes["href"])


@pytest.mark.parametrize("spot", dict.fromkeys(WHOLE.spots()), ids=lambda spot: spot.path)
def test_the_current_page_is_marked_once_in_the_menu_and_ends_the_breadcrumb(shown: Open, spot: Spot) -> None:
    path = spot.path
    page = shown(path)
    marked = [one for one in page.one("header").all("a") if one.attributes.get("aria-current") == "page"]
    told = [one.attributes["href"] for one in marked]
    assert told in ([path], []) and (told or path == "/" or path in {one.path for one in ABOUTS})
    if path not in ("/", "/fournisseurs"):  # what is searched heads the results
        steps = page.one("nav", aria_label="Fil d’Ariane").all("li")
        assert steps[0].text == "Accueil" and not steps[-1].all("a")


def test_a_sheet_marks_its_list_and_its_space_and_links_to_both(shown: Open) -> None:
    first = shown("/fournisseurs").one("li", class_="card").one("a").attributes["href"]
    page = shown(first.partition("?")[0])
    marks = {one.text: one.attributes.get("aria-current") for one in page.one("header").all("a")}
    assert marks["Acheteur"] == "true" and marks["Fournisseurs"] == "true"
    steps = page.one("nav", aria_label="Fil d’Ariane").all("a")
    assert [one.attributes["href"] for one in steps] == ["/", "/espace/acheteur", "/fournisseurs"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("url", "action", "name"),
    [
        ("/fournisseurs", "/fournisseurs", "need"),
        ("/avis", "/avis", "need"),
        ("/marches", "/marches", "need"),
        ("/acheteurs", "/acheteurs", "q"),
        ("/pistes", "/avis", "need"),
        ("/espace/structure", "/avis", "need"),
        ("/ressources", "/fournisseurs", "need"),
    ],
)
def test_the_search_of_the_header_searches_where_one_is(shown: Open, url: str, action: str, name: str) -> None:
    form = shown(url).one("header").one("form", role="search")
    assert form.attributes["action"] == action
    field = form.one("input")
    assert field.attributes["name"] == name
    label = form.one("label", **{"for": field.attributes["id"]})
    assert label.text.startswith("Chercher")
    shown(f"{action}?{name}=entretien")


def test_the_start_page_tells_the_age_of_the_data_in_a_line(shown: Open, open_page: Open) -> None:
    """What it counts is what the list that opens counts, and the sources are those of these structures."""
    text = shown("/").one("p", class_="fresh").text.replace("\xa0", " ").replace("\u202f", " ")
    listed = re.search(
        r"([\d ]+) structures", shown("/fournisseurs").one("main").text.replace("\u202f", " ").replace("\xa0", " ")
    )
    assert listed is not None and f"{listed[1].strip()} structures, 1 source, données de 2026." in text
    assert re.search(
        r"données de \d{4}( à \d{4})?(, dont \d+ sans date)?\.", open_page("/").one("p", class_="fresh").text
    )


@pytest.mark.slow
def test_every_page_has_its_own_description_and_tells_its_address(shown: Open) -> None:
    seen: dict[str, str] = {}
    for url in dict.fromkeys(EVERY[:-1]):
        page = shown(url)
        told = page.one("meta", name="description").attributes["content"]
        assert 20 < len(told) < 200
        assert seen.setdefault(told, url) == url or "/docs" in (url, seen[told])
        seen[told] = url
        assert page.one("link", rel="canonical").attributes["href"] == PUBLIC + url
        assert page.one("meta", property="og:title").attributes["content"] == page.one("title").text


def test_lists_name_their_feeds_in_the_head(shown: Open) -> None:
    for url in ("/avis", "/marches"):
        media = {one.attributes["type"] for one in shown(url).all("link", rel="alternate")}
        assert media == {"application/atom+xml", "application/feed+json", "text/calendar"}, url


@pytest.mark.slow
def test_robots_and_the_sitemap_agree_with_the_plan(demo: TestClient) -> None:
    robots = demo.get("/robots.txt").text
    assert f"Sitemap: {PUBLIC}/sitemap.xml" in robots and "Disallow: /dossiers/" in robots
    tree = ElementTree.fromstring(demo.get("/sitemap.xml").content)
    paths = [one.text or "" for one in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert len(paths) == len(set(paths)) >= 20
    for path in paths:
        assert demo.get(path.removeprefix(PUBLIC)).status_code == 200, path


def test_an_installation_without_a_public_address_names_no_sitemap(pages_client: TestClient) -> None:
    assert "Sitemap" not in pages_client.get("/robots.txt").text


def test_what_asks_for_the_usual_icon_gets_ours(demo: TestClient) -> None:
    answer = demo.get("/favicon.ico")
    assert answer.headers["content-type"] == "image/svg+xml" and answer.content.startswith(b"<svg")


def test_headers_close_what_the_pages_do_not_use(demo: TestClient) -> None:
    headers = demo.get("/").headers
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]


def test_the_legal_pages_name_the_operator_that_is_set(shown: Open) -> None:
    text = shown("/mentions-legales").text
    for told in (OPERATOR.name, OPERATOR.address, OPERATOR.contact, OPERATOR.director, OPERATOR.host):
        assert told in text
    for url in ("/donnees-personnelles", "/accessibilite", "/aide", "/a-propos"):
        assert f"mailto:{OPERATOR.contact}" in shown(url).links(), url


def test_the_civic_pages_have_what_their_models_ask(shown: Open) -> None:
    """The declaration of the RGAA; the data protection of the GDPR, article 13."""
    declared = shown("/accessibilite").text
    for words in (
        "article 47",
        "non conforme",
        "Contenus non accessibles",
        "Technologies",
        "Voies de recours",
        OPERATOR.name or "",
    ):
        assert words in declared, words
    kept = shown("/donnees-personnelles").text
    for words in ("Responsable du traitement", "Finalités", "Bases légales", "Destinataires", "limitation", "CNIL"):
        assert words in kept, words
    assert {spot.path for spot in WHOLE.spots()} <= set(shown("/plan-du-site").one("main").links())


def test_the_legal_pages_say_what_nobody_set(open_page: Open) -> None:
    assert open_page("/mentions-legales").text.count("non renseigné par l'exploitant") == 5
    assert "contact non renseigné" in open_page("/donnees-personnelles").text


@pytest.mark.slow
def test_a_contact_that_is_no_address_is_no_link(pages_engine: EmbeddedStore, lexicon: Lexicon) -> None:
    hostile = Operator(contact="javascript:alert('x')", name="<b>Nom</b>")
    with TestClient(create_app(pages_engine, lexicon, operator=hostile)) as client:
        text = client.get("/mentions-legales").text
    page = Page("/mentions-legales", text)
    assert not any(url.startswith("javascript") for url in page.links()) and "<b>Nom" not in text


def test_the_opposition_is_told_with_what_to_write(open_page: Open) -> None:
    section = open_page("/donnees-personnelles").one("section", aria_labelledby="opposition")
    assert "SIRET" in section.text and "vivier" not in section.text
    assert not section.all("form")


@pytest.mark.slow
def test_the_call_of_a_search_gives_what_its_page_shows(demo: TestClient, shown: Open) -> None:
    page = shown("/fournisseurs?kind=ESAT&need=entretien")
    link = next(url for url in page.one("header").all("a") if url.text == "API et données").attributes["href"]
    told = shown(link)
    text = told.one("code").text
    url = shlex.split(text)[-1]
    assert url.startswith(PUBLIC)
    answer = demo.get(url.removeprefix(PUBLIC)).json()
    assert page.one(role="status").text.startswith(f"{answer['total']} structure")


@pytest.mark.slow
def test_every_list_has_a_call_that_the_api_accepts(demo: TestClient) -> None:
    for page in ("/fournisseurs", "/avis", "/marches", "/acheteurs", "/indicateurs", "/ressources"):
        url = api_address(page)
        assert url is not None and demo.get(url).status_code == 200, page


@pytest.mark.parametrize(
    "page", ["https://example.org/", "//example.org/fournisseurs", "/aide", "javascript:1", "/fournisseurs/../x"]
)
def test_what_is_no_page_of_a_search_has_no_call(page: str, shown: Open) -> None:
    assert api_address(page) is None
    told = shown(f"/api-et-donnees?de={page}")
    assert "n'a pas d'appel" in told.text and page not in told.one("main").links()


def test_a_call_is_quoted_by_the_rules_of_each_language() -> None:
    url = 'https://vivier.example.org/v1/suppliers?q=l\'eau "vive" $HOME `x`'
    curl, python, r = calls(url)
    assert shlex.split(curl.text)[-1] == url
    for call in (python, r):
        assert json.loads(re.search(r'"(?:[^"\\]|\\.)*"', call.text)[0]) == url  # type: ignore[index]


@pytest.mark.slow
def test_a_page_of_an_engine_that_fails_keeps_its_menu_and_asks_nothing_more(
    empty_engine: EmbeddedStore, lexicon: Lexicon
) -> None:
    with TestClient(create_app(empty_engine, lexicon), raise_server_exceptions=False) as client:
        answer = client.get("/fournisseurs", headers={"Accept": "text/html"})
    page = Page("/fournisseurs", answer.text)
    assert answer.status_code == 503 and page.one("nav", aria_label="Navigation principale")
    assert not page.all("p", class_="sample")


@pytest.mark.slow
def test_pages_that_need_no_index_answer_without_one(empty_engine: EmbeddedStore, lexicon: Lexicon) -> None:
    with TestClient(create_app(empty_engine, lexicon)) as client:
        for url in (
            "/aide",
            "/glossaire",
            "/mentions-legales",
            "/api-et-donnees",
            "/ressources",
            "/docs",
            "/sitemap.xml",
        ):
            assert client.get(url).status_code == 200, url


def test_guillemets_never_part_from_their_words(demo: TestClient) -> None:
    for url in ("/aide", "/donnees-personnelles", "/indicateurs"):
        text = demo.get(url).text
        assert "«\N{NO-BREAK SPACE}" in text and "« " not in text and " »" not in text, url


ACRONYM = re.compile(r"\b[A-Z]{2,}[A-Z0-9]*\b")
NOT_OURS = frozenset(("CNIL", "RGAA", "WCAG", "NVDA", "JAWS", "RFC", "AA", "HTML5", "CSS", "SVG", "CEDEX"))
"""Spelt out where they stand, or names of tools."""


@pytest.mark.slow
def test_every_abbreviation_that_our_own_words_use_is_in_the_glossary() -> None:
    """Our words are those of the templates: what the data say is not ours."""
    templates = Path(__file__).parents[3] / "search_api" / "pages" / "templates"
    missing: dict[str, str] = {}
    for path in sorted(templates.glob("*.html")):
        text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", " ", path.read_text(encoding="utf8"), flags=re.DOTALL)
        for found in ACRONYM.findall(text):
            if found.lower() not in defined() and found not in NOT_OURS:
                missing.setdefault(found, path.name)
    assert missing == {}


def test_the_glossary_defines_each_term_once_in_a_sentence(open_page: Open) -> None:
    page = open_page("/glossaire")
    terms = [one.text for one in page.all("dt")]
    assert len(terms) == len(set(terms)) >= 80
    for one in page.all("dd"):
        assert one.text.endswith("."), one.text


@pytest.mark.slow
def test_real_lists_without_a_day_are_counted_beside_the_years_of_the_others(tmp_path: Path, lexicon: Lexicon) -> None:
    with closing(open_engine(real_home(tmp_path / "home"))) as engine:
        app = create_app(engine, lexicon, today=lambda: date(2026, 12, 1))
        with TestClient(app) as client:
            text = client.get("/").text.replace("\xa0", " ").replace("\u202f", " ")
            assert "5 sources, données de 2019 à 2021, dont 2 sans date." in text
            quality = client.get("/qualite").text.replace("\xa0", " ").replace("\u202f", " ")
            reasons = re.findall(r"(?:Mises de côté|Hors champ|Gardées avec un doute) : ([^<]+)\.</p>", quality)
    assert reasons and all(re.fullmatch(r"\D.* \([\d ]+\)", one) for line in reasons for one in line.split(" ; "))


def test_pages_that_follow_a_request_are_in_the_space_of_their_reader() -> None:
    spaces = {path: WHOLE.space_at(path) for path in ("/suivi/1", "/i/1", "/r/1", "/reseau", "/revue")}
    shorts = [space.short if space is not None else None for space in spaces.values()]
    assert shorts == ["structure", "structure", "structure", "facilitateur", None]
