"""What holds on every page: language, title, one h1, labels, headings in order, headers, nothing from elsewhere."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import search_api.pages
from search_api.pages.state import Elsewhere, PageState, Refused, read
from tests.house.walk import ROOT
from tests.search_api.pages.conftest import Open
from tests.search_api.pages.html import Element, Page
from vivier.lexicon import Lexicon

HERE = Path(search_api.pages.__file__).parent
TOLD = ("canonical", "alternate")
"""Links of the head that tell an address, and load nothing."""
PAGES = (
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
    "/api-et-donnees?de=/fournisseurs?kind=ESAT",
    "/docs",
    "/fournisseurs",
    "/fournisseurs?need=tonte à Roubaix, 60 000 € HT sur 24 mois",
    "/fournisseurs?need=blanchisserie à Saint-Denis",
    "/fournisseurs?kind=ESAT&territory=region:53&lieu=Rennes&rayon=30",
    "/fournisseurs?q=zzyzx",
    "/fournisseurs?kind=ESAT&page=3&per_page=5",
    "/fournisseurs/pages-jardins",
    "/fournisseurs/pages-hostile",
    "/qualite",
    "/ressources",
    "/ressources?trade=blanchisserie&trade=pressing&kind=label&territory=region:53",
    "/ressources?q=zzyzx",
    "/territoire",
    "/territoire?territory=departement:35",
    "/auto-evaluation",
    "/auto-evaluation?family=proprete&family=90&answer=proprete:volume:large&answer=team:nobody&territory=commune:35238",
    "/clausier",
    "/clausier?trade=entretien-espaces-verts&object=Tonte&amount=120000&months=24",
    "/cout-global",
    "/cout-global?years=8&name-1=A&acquisition-1=10&use-1=1&maintenance-1=1&end_of_life-1=0&name-2=B&acquisition-2=9",
    "/suivi-heures",
    "/suivi-heures?object=Tonte&hours=253&months=6&start=2027-03-01&company=Alpha",
    "/filieres",
    "/filieres?trade=entretien-espaces-verts",
    "/filieres?trade=entretien-espaces-verts&by=epci&within=region:53&amount=60000&months=12",
)
REFUSED = (
    "/territoire?territory=nulle-part",
    "/ressources?q=a&kind=zz&territory=nulle-part",
    "/auto-evaluation?family=zz&answer=zz&territory=zz&x=1",
    "/fournisseurs?lieu=Saint-Denis&turnover_min=a&kindd=1",
    "/nulle-part",
    "/fournisseurs/rien",
    "/filieres?trade=tonte&by=rue",
    "/clausier?trade=zzyzx&amount=a",
    "/cout-global?years=zz&use-1=cher",
    "/suivi-heures?hours=a&months=999",
)


@pytest.fixture(scope="module", params=(*PAGES, *REFUSED))
def page(request: pytest.FixtureRequest, pages_client: TestClient) -> Page:
    response = pages_client.get(request.param, headers={"Accept": "text/html"})
    assert response.status_code == 200 if request.param in PAGES else 400 <= response.status_code < 500, request.param
    return Page(str(response.url), response.text)


def test_it_is_french_with_a_title_and_one_h1(page: Page) -> None:
    assert page.one("html").attributes["lang"] == "fr"
    assert page.one("title").text.endswith("Vivier") or page.one("title").text.startswith("Vivier")
    assert len(page.all("h1")) == 1


def test_every_page_has_its_row_in_the_documentation(pages_client: TestClient) -> None:
    rows = re.findall(r"^\| (.*?) \|", (ROOT / "docs" / "pages.md").read_text(encoding="utf8"), re.MULTILINE)
    documented = [re.sub(r"\{[^}]*\}", "[^/]+", found) for row in rows for found in re.findall(r"`(/[^`]*)`", row)]
    routes = [route for route in pages_client.app.routes if isinstance(route, APIRoute)]  # type: ignore[attr-defined]
    told = {route.path for route in routes if not route.include_in_schema and "GET" in route.methods}
    pages = {path for path in told if not re.search(r"[.{]", path)}
    left = {path for path in pages if not any(re.fullmatch(found, path) for found in documented)}
    assert pages and left == set(), "add a row to docs/pages.md, and the address to PAGES above"


def test_headings_never_skip_a_level(page: Page) -> None:
    levels = [int(one.tag[1]) for one in page.all() if re.fullmatch("h[1-6]", one.tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_landmarks_and_skip_link(page: Page) -> None:
    first = page.one("body").all("a")[0]
    assert first.attributes["href"] in ("#contenu", "#titre-liste") and page.one("main").attributes["id"] == "contenu"
    assert page.one("header") and page.one("footer")
    assert "Service non officiel" in page.one("footer").text


def test_ids_are_unique_and_references_exist(page: Page) -> None:
    ids = [one.attributes["id"] for one in page.all() if "id" in one.attributes]
    assert len(ids) == len(set(ids)), sorted(id_ for id_ in ids if ids.count(id_) > 1)
    for one in page.all():
        for name in ("for", "aria-labelledby", "aria-describedby"):
            assert set(one.attributes.get(name, "").split()) <= set(ids), one.attributes
    assert all(href[1:] in ids for href in page.links() if href.startswith("#"))


def test_every_field_has_a_label_and_no_placeholder_passes_for_one(page: Page) -> None:
    labelled = {one.attributes["for"] for one in page.all("label") if "for" in one.attributes}
    wrapped = [id(field) for label in page.all("label") for field in label.all("input")]
    for field in (*page.all("input"), *page.all("select")):
        hidden = field.attributes.get("type") == "hidden"
        assert hidden or field.attributes.get("id") in labelled or id(field) in wrapped, field.attributes
        assert "placeholder" not in field.attributes


def test_tables_have_a_caption_and_scoped_headers(page: Page) -> None:
    for table in page.all("table"):
        assert table.one("caption").text
        assert all(cell.attributes.get("scope") in ("col", "row") for cell in table.all("th"))


def test_every_link_says_something(page: Page) -> None:
    for one in page.all("a"):
        assert one.text or one.all("title"), one.attributes


def test_nothing_comes_from_elsewhere(page: Page) -> None:
    for one in page.all():
        for name in ("src", "srcset", "action", "formaction", "data"):
            assert one.attributes.get(name, "/").startswith("/"), one.attributes
    for one in page.all("link"):
        assert one.attributes["href"].startswith("/" if one.attributes["rel"] in TOLD else "/static/")
    # A resource may be a public body's, an article is read on Légifrance, a sheet links to the public registers: these are the places that name them.
    boxes = r'<li class="card resource">.*?</li>|<details class="law">.*?</details>'
    told = re.sub(boxes, "", page.source, flags=re.DOTALL).lower()
    told = told.replace('href="https://annuaire-entreprises.data.gouv.fr/', "")
    assert "dsfr" not in told and "marianne" not in told and "gouv.fr" not in told


def test_all_forms_are_get(page: Page) -> None:
    assert all(one.attributes["method"] == "get" for one in page.all("form"))


def test_static_files_are_ours_small_and_cached_for_ever(open_page: Open, pages_client: TestClient) -> None:
    page = open_page("/")
    urls = [one.attributes["href"] for one in page.all("link") if one.attributes["rel"] not in TOLD] + [
        one.attributes["src"] for one in page.all("script")
    ]
    for url in urls:
        response = pages_client.get(url)
        assert response.status_code == 200 and "immutable" in response.headers["cache-control"]
        assert len(response.content) < 30_000
        assert not re.search(rb"https?://(?!www\.w3\.org)|@import|url\(", response.content)
    assert pages_client.get("/static/style.css").status_code == 404
    assert pages_client.get("/static/..%2Frender.py").status_code == 404
    assert "dsfr" not in (HERE / "static" / "style.css").read_text(encoding="utf8").lower()


def test_the_content_policy_forbids_inline_code(pages_client: TestClient) -> None:
    policy = pages_client.get("/").headers["content-security-policy"]
    assert "unsafe" not in policy and "default-src 'none'" in policy


@pytest.mark.slow
def test_an_unchanged_page_is_not_sent_again(pages_client: TestClient) -> None:
    for url in ("/", "/fournisseurs?kind=ESAT", "/fournisseurs/pages-jardins", "/qualite"):
        first = pages_client.get(url)
        again = pages_client.get(url, headers={"If-None-Match": first.headers["etag"]})
        assert again.status_code == 304 and not again.content
        assert pages_client.get(url).content == first.content


def test_colours_are_told_apart_by_those_who_see_them_less() -> None:
    """WCAG contrast of every text colour of the style on every ground it is used on."""
    colours = dict(
        re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", (HERE / "static" / "style.css").read_text(encoding="utf8"))
    )
    grounds = ("paper", "wash", "accent-wash", "warn-wash")
    for text in ("ink", "soft", "accent", "warn"):
        for ground in grounds:
            assert _contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    assert _contrast("#ffffff", colours["accent"]) >= 4.5


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


NAMES = (
    "q",
    "need",
    "besoin",
    "lieu",
    "rayon",
    "territory",
    "seat",
    "kind",
    "near",
    "radius_km",
    "sort",
    "turnover_min",
)


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(items=st.lists(st.tuples(st.sampled_from(NAMES), st.text(max_size=20)), max_size=4))
def test_any_form_is_read_and_its_own_url_is_final(items: list[tuple[str, str]], lexicon: Lexicon) -> None:
    """Never an exception, never a second redirection."""
    found = read(items, lexicon)
    assert isinstance(found, PageState | Elsewhere | Refused)
    if isinstance(found, Elsewhere):
        again = read(parse_qsl(urlsplit(found.url).query, keep_blank_values=True), lexicon)
        assert isinstance(again, PageState), (items, found.url, again)


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=40))
def test_any_text_gives_a_page(text: str, pages_client: TestClient) -> None:
    for name in ("need", "q", "lieu", "besoin"):
        response = pages_client.get("/fournisseurs", params={name: text})
        assert response.status_code in (200, 422), response.text
        Page(str(response.url), response.text)


def test_the_tree_reader_is_strict() -> None:
    with pytest.raises(AssertionError):
        Page("", "<p><b>a</p>")
    assert isinstance(Page("", "<p>a</p>").one("p"), Element)
