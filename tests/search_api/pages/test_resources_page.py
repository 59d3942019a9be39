"""``/ressources`` and ``/auto-evaluation``: forms that keep what was typed, results that say why, texts that stay texts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search_api.pages.render import environment
from search_api.suppliers.pages.resources import resource_card
from tests.search_api.pages.conftest import Open
from tests.search_api.pages.corpus import HOSTILE_URL, RIGHT_TO_LEFT, SCRIPT
from tests.search_api.pages.html import Element, Page
from vivier.lexicon import Lexicon
from vivier.resources import KINDS, load_resources

ANSWERS = "answer=proprete:social:none&answer=proprete:renewal:soon&answer=90:social:most&answer=team:nobody"
ASSESSED = f"/auto-evaluation?family=proprete&family=90&family=textile&territory=region:53&{ANSWERS}"


def chosen(page: Page, name: str) -> list[str]:
    """The values that sending the form of the page again would send."""
    form = next(one for one in page.all("form") if one.has(class_="filters"))
    ticked = [one for one in form.all("input", name=name) if "checked" in one.attributes]
    picked = [
        one for select in form.all("select", name=name) for one in select.all("option") if "selected" in one.attributes
    ]
    return [one.attributes["value"] for one in (*ticked, *picked)]


def cards(page: Page) -> list[Element]:
    return page.all("li", class_="resource")


@pytest.mark.slow
def test_every_kind_shows_its_resources_and_the_page_says_once_that_addresses_are_to_check(
    open_page: Open,
) -> None:
    page = open_page("/ressources?" + "&".join(f"kind={kind}" for kind in KINDS))
    assert len(cards(page)) == len(load_resources())
    assert page.text.count("à vérifier") == 1
    assert "sans lien avec les organismes cités" in page.one(class_="notice").text
    links = [link for card in cards(page) for link in card.all("a")]
    assert all(link.attributes["rel"] == "nofollow noopener" for link in links)


@pytest.mark.slow
def test_the_page_opens_on_the_kinds_of_resource_and_each_leads_to_its_own(open_page: Open) -> None:
    page = open_page("/ressources")
    assert cards(page) == []
    ways = page.one("ul", class_="ways").all("li")
    assert len(ways) == len(KINDS)
    for way in ways:
        listed = open_page(way.one("a").attributes["href"])
        assert way.one(class_="quiet").text == listed.one(role="status").text


def test_filters_stay_in_place_and_empty_fields_do_not_count(open_page: Open) -> None:
    page = open_page("/ressources?q=&trade=blanchisserie&trade=&kind=label&territory=commune:35238&group=")
    assert chosen(page, "trade") == ["blanchisserie"]
    assert chosen(page, "kind") == ["label"] and chosen(page, "territory") == ["commune:35238"]
    assert "Rennes" in page.text
    total = page.one(role="status").text
    assert total == f"{len(cards(page))} ressources"


@pytest.mark.slow
def test_the_number_beside_a_value_is_what_it_gives(open_page: Open) -> None:
    page = open_page("/ressources?trade=blanchisserie")
    box = next(one for one in page.all("label") if one.all("input", name="kind", value="label"))
    count = int(box.one(class_="count").text.removeprefix(", ").partition(" ")[0])
    assert len(cards(open_page("/ressources?trade=blanchisserie&kind=label"))) == count


def test_what_is_wrong_stands_beside_its_field_and_the_rest_is_kept(open_page: Open) -> None:
    page = open_page("/ressources?q=a&kind=label&territory=nulle-part&kindd=1", 422)
    assert cards(page) == []
    summary = page.one(role="alert")
    assert "3 points à corriger" in summary.text
    assert page.one(id="champ-q").attributes["aria-invalid"] == "true"
    assert page.one(id="champ-q").attributes["value"] == "a" and chosen(page, "kind") == ["label"]


def test_no_resource_is_said_with_a_way_out(open_page: Open) -> None:
    page = open_page("/ressources?q=zzyzx")
    assert "Aucune ressource du catalogue" in page.one(class_="nothing").text


def test_a_hostile_resource_is_shown_as_text(lexicon: Lexicon) -> None:
    card = resource_card(load_resources()[0], lexicon)
    hostile = replace(
        card, title=SCRIPT, publisher=RIGHT_TO_LEFT, gives=SCRIPT, url=HOSTILE_URL, host=SCRIPT, where=SCRIPT
    )
    macro = vars(environment().get_template("resource.html").make_module())["resource_card"]
    shown = str(macro(hostile))
    assert SCRIPT not in shown and "javascript:" not in shown and "<bdi>\u202e" in shown
    assert Page("", f"<ul>{shown}</ul>").all("a") == []


@pytest.mark.slow
def test_the_first_step_asks_for_families_only(open_page: Open) -> None:
    page = open_page("/auto-evaluation")
    assert page.all("select", name="answer") == []
    assert len(page.all("input", name="family")) == 22
    assert "Passer aux questions" in page.text


def test_the_second_step_asks_each_family_its_questions(open_page: Open) -> None:
    page = open_page("/auto-evaluation?family=proprete&family=90")
    assert len(page.all("select", name="answer")) == 2 * 7 + 4
    assert "Vos priorités" not in page.text


def test_priorities_say_why_and_the_form_keeps_every_answer(open_page: Open) -> None:
    page = open_page(ASSESSED)
    rows = [row.one("th").text for row in page.one("tbody").all("tr")]
    assert rows[0] == "Propreté et hygiène" and rows[-1] == "Linge, couture et textile"
    assert "inconnue, aucune réponse" in page.one("tbody").all("tr")[-1].text
    assert "Aucune disposition sociale." in page.text and "À savoir d'abord" in page.text
    assert sorted(chosen(page, "answer")) == sorted(part.removeprefix("answer=") for part in ANSWERS.split("&"))
    assert set(chosen(page, "family")) == {"proprete", "90", "textile"} and chosen(page, "territory") == ["region:53"]


@pytest.mark.slow
def test_priorities_lead_to_suppliers_resources_and_depth(open_page: Open) -> None:
    page = open_page(ASSESSED)
    links = page.links()
    assert any(link.startswith("/fournisseurs?trade=") and "territory=region:53" in link for link in links)
    assert any(link.startswith("/ressources?group=proprete") for link in links)
    assert "/filieres" in links
    for link in {one for one in links if one.startswith(("/fournisseurs?", "/ressources?"))}:
        open_page(link)


def test_a_wrong_answer_is_told_and_no_priority_is_shown(open_page: Open) -> None:
    page = open_page("/auto-evaluation?family=proprete&answer=proprete:volume:huge&answer=proprete:social:none", 422)
    assert "réponses admises à « volume »" in page.one(role="alert").text
    assert "proprete:social:none" in chosen(page, "answer") and page.all("table") == []


@pytest.mark.slow
def test_nothing_is_kept_by_caches(pages_client: TestClient) -> None:
    assert pages_client.get(ASSESSED).headers["cache-control"] == "no-store"
    assert "set-cookie" not in pages_client.get(ASSESSED).headers


@pytest.mark.parametrize("path", ["/ressources", "/auto-evaluation"])
def test_both_are_led_to_from_the_start_page_and_from_the_page_of_their_space(open_page: Open, path: str) -> None:
    assert path in open_page("/").links()
    assert any(path in open_page(space).links() for space in ("/espace/acheteur", "/espace/facilitateur"))


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    items=st.lists(
        st.tuples(st.sampled_from(("q", "kind", "trade", "territory", "family", "answer", "x")), st.text(max_size=30)),
        max_size=4,
    ),
    path=st.sampled_from(("/ressources", "/auto-evaluation")),
)
def test_any_form_gives_a_page(items: list[tuple[str, str]], path: str, pages_client: TestClient) -> None:
    response = pages_client.get(path, params=items)
    assert response.status_code in (200, 400, 422), response.text
    Page(str(response.url), response.text) if response.status_code != 400 else None
