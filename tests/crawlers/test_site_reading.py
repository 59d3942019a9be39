"""What is read of a page of a site, which pages are asked after it, and what is kept of the visit: without a network."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from scrapy import Request
from scrapy.exceptions import DownloadCancelledError, DownloadTimeoutError, IgnoreRequest

from crawlers.websites.extract import Unreadable, facts, shortened
from crawlers.websites.extract import _sirens as sirens_of
from crawlers.websites.ledger import Ledger, is_fresh
from crawlers.websites.model import EXCERPT, Page, TradeMention, Visit
from crawlers.websites.settings import Refused
from crawlers.websites.spider import reason_of, reason_of_status
from crawlers.websites.trades import SiteTrades
from tests.crawlers.dry import failure_of
from tests.crawlers.sites import ACTIVITIES, WORKSHOP, WORKSHOP_HEAD, site
from vivier.lexicon import load_lexicon

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
URL = "https://lac.example/fr/"
LONG = "L'Atelier du Lac lave le linge des hôtels et entretient les parcs de la région depuis vingt ans."


@pytest.fixture(scope="module")
def trades() -> SiteTrades:
    return SiteTrades(load_lexicon())


def read(html: str, trades: SiteTrades, url: str = URL, prefix: str = "/fr/") -> Page:
    return facts(html, url, trades, NOW, prefix)


def test_a_page_gives_its_names_its_numbers_its_description_and_its_trades(trades: SiteTrades) -> None:
    page = read(site("Atelier du Lac", WORKSHOP + "<p>SIRET 999 100 100 00018</p>", WORKSHOP_HEAD), trades)
    assert (page.url, page.read_at, page.names, page.sirens) == (URL, NOW, ("Atelier du Lac",), ("999100100",))
    assert page.description == "L'Atelier du Lac lave le linge des hôtels et entretient les parcs de la région."
    told = read(site("Nos activités", ACTIVITIES), trades).told
    assert [(mention.trade, mention.excerpt, mention.heading) for mention in told] == [
        ("blanchisserie", "Blanchisserie", True),
        ("entretien-espaces-verts", "Entretien d'espaces verts", True),
    ]


def test_the_names_of_a_page_are_read_where_sites_write_them_each_once(trades: SiteTrades) -> None:
    head = """<meta property="og:site_name" content="Le site"><meta property="og:site_name" content="Autre"><meta property="og:title" content="T">
<script type="application/ld+json">/* c */ [{"@type": ["x", "NGO"], "name": "Asso", "legalName": "Titre", "alternateName": "A", "offers": [{"@type": "Offer", "name": "Repassage"}]},
{"@type": "Person", "name": "Personne"}, {"@type": 3, "name": "Rien"}]</script>
<script type="application/ld+json">{broken</script>"""
    page = read(site("Titre", "<h1>Gros &amp; titre</h1>" + "<style>h1 {}</style>", head), trades)
    assert page.names == ("Titre", "Le site", "T", "Gros & titre", "Asso", "A")
    assert page.told == (TradeMention(trade="repassage", excerpt="Repassage", heading=True),)
    many = "".join(
        f'<script type="application/ld+json">{{"@type": "Store", "name": "N{n}"}}</script>' for n in range(12)
    )
    assert read(site("x" * 151, "", many), trades).names == ("x" * 150, *(f"N{n}" for n in range(9)))


@pytest.mark.parametrize(("depth", "found"), [(4, True), (5, False)])
def test_objects_of_a_page_are_read_five_levels_deep(trades: SiteTrades, depth: int, found: bool) -> None:
    nested = '{"a": ' * depth + '{"@type": "Store", "name": "Fond"}' + "}" * depth
    page = read(site("T", "", f'<script type="application/ld+json">{nested}</script>'), trades)
    assert ("Fond" in page.names) is found


def organisation(description: str) -> str:
    return f'<script type="application/ld+json">{{"@type": "Store", "description": "{description}"}}</script>'


@pytest.mark.parametrize(
    ("head", "body", "description"),
    [
        (organisation(LONG) + '<meta property="og:description" content="' + "o" * 50 + '">', "", LONG),
        (
            organisation("x" * 39)
            + f'<meta name="DESCRIPTION" content="{"m" * 40}"><meta property="og:description" content="{"o" * 40}">',
            "",
            "o" * 40,
        ),
        (f'<meta name="DESCRIPTION" content="{"m" * 40}"><meta name="description" content="{"n" * 50}">', "", "m" * 40),
        ('<meta name="description" content="' + "m" * 39 + '">', f"<p>{LONG}</p>", LONG),
        ("", f"<p>{LONG[:-1]}</p>", None),
        ("", f"<p>{'Mot ' * 19}fin.</p>", None),
        (LONG, "", None),
    ],
)
def test_the_description_is_the_first_long_enough_of_those_that_a_page_gives(
    trades: SiteTrades, head: str, body: str, description: str | None
) -> None:
    head = head if head.startswith("<") else ""
    assert read(site("Titre", body, head), trades).description == description


def test_an_excerpt_ends_after_a_sentence_of_its_second_half_else_after_a_word() -> None:
    assert shortened("x" * EXCERPT) == "x" * EXCERPT
    half = "a" * (EXCERPT // 2)
    assert shortened(f"{half}b! {'b ' * 200}") == f"{half}b!"
    for end in (half[:-1], half):
        short = shortened(f"{end}. {'mot ' * 200}")
        assert short.startswith(f"{end}. mot") and short.endswith("mot …") and EXCERPT - 6 < len(short) <= EXCERPT
    assert shortened(f"a {'x' * 297} yy") == "a …" and shortened(f"a {'x' * 295} yyyy") == f"a {'x' * 295} …"


def test_links_are_followed_on_the_site_alone_the_legal_notice_first(trades: SiteTrades) -> None:
    body = """<a href="/fr/a">Nos activités</a><a href="/fr/legal">Mentions légales</a><a href="/fr/b">Nos métiers</a>
<a href="/fr/a#x">encore</a><a href="/fr/legal">Nos services</a><a href="#top">Services</a><a href="/fr/">Nos services</a><a href="/fr/c">Contact</a>
<a href="/fr/emploi">Offres d'emploi, nos services</a><a name="x">Services</a>"""
    found = read(site("T", body), trades).links
    assert found == ("https://lac.example/fr/legal", "https://lac.example/fr/a", "https://lac.example/fr/b")


ADDRESSES = [
    ("services", "https://lac.example/fr/services"),
    (" /fr/x/ ", "https://lac.example/fr/x/"),
    ("/en/x", None),
    ("https://autre.example/fr/x", None),
    ("https://lac.example:81/fr/x", None),
    ("http://lac.example/fr/x", "http://lac.example/fr/x"),
    ("mailto:x@lac.example", None),
    ("ftp://lac.example/fr/x", None),
    ("http://[broken/fr/x", None),
    ("/fr/x?page=2", None),
    ("/fr/x@y", None),
    ("/fr/a/b/c", "https://lac.example/fr/a/b/c"),
    ("/fr/a/b/c/d", None),
    ("/fr/a/a", None),
    ("/fr/plaquette.PDF", None),
    ("/fr/pdf", "https://lac.example/fr/pdf"),
    ("/fr/" + "x" * 177, "https://lac.example/fr/" + "x" * 177),
    ("/fr/" + "x" * 178, None),
]


def test_an_address_is_followed_or_not(trades: SiteTrades) -> None:
    body = "".join(f'<a href="{href}">Nos services</a>' for href, _ in ADDRESSES)
    assert list(read(site("T", body), trades).links) == [followed for _, followed in ADDRESSES if followed is not None]


def test_forty_links_are_kept_at_most(trades: SiteTrades) -> None:
    body = "".join(f"<a href=/fr/p{n}>Nos services</a>" for n in range(41))
    assert read(site("T", body), trades).links == tuple(f"https://lac.example/fr/p{n}" for n in range(40))


@pytest.mark.parametrize(
    ("written", "sirens"),
    [
        ("RCS 999 100 100", ("999100100",)),
        ("999.100.100.00018", ("999100100",)),
        ("999 100 101", ()),
        ("+999100100", ()),
        ("1999100100", ()),
        ("999100100 000 18 et 732 829 320", ("732829320", "999100100")),
    ],
)
def test_the_numbers_of_companies_are_read_in_the_text_of_a_page(written: str, sirens: tuple[str, ...]) -> None:
    assert sirens_of(f"<p title='443 061 841'>{written}</p>") == {*sirens}


@pytest.mark.parametrize("html", ["", "<!-- x -->", "   "])
def test_bytes_that_are_no_page_are_refused(trades: SiteTrades, html: str) -> None:
    with pytest.raises(Unreadable):
        read(html, trades)


def test_a_page_with_a_declaration_and_control_characters_is_read(trades: SiteTrades) -> None:
    page = read('<?xml version="1.0" encoding="utf-8"?><html><title>A\x00telier</title></html>', trades)
    assert page.names == ("Atelier",)


def test_a_heading_is_short_and_a_scripts_words_are_no_text(trades: SiteTrades) -> None:
    for text, told in ((f"Blanchisserie | {'x' * 64}", ("blanchisserie",)), (f"Blanchisserie | {'x' * 65}", ())):
        body = f"<h4>{text}</h4><template><h2>Repassage</h2></template><noscript><h2>Traiteur</h2></noscript>"
        assert tuple(mention.trade for mention in read(site("T", body), trades).told) == told


@pytest.mark.parametrize(
    ("heading", "told"),
    [
        ("Blanchisserie", ["blanchisserie"]),
        ("Espaces verts | ESAT du Lac", ["entretien-espaces-verts"]),
        ("Blanchisserie - Repassage", ["blanchisserie", "repassage"]),
        ("Blanchisserie et menuiserie", ["blanchisserie", "menuiserie"]),
        ("ESAT du Lac", []),
        ("Épicerie solidaire", []),
        ("Le site web de la blanchisserie", []),
        ("Notre blanchisserie du lac lave tout le linge plat", []),
        ("Agenda", []),
        ("Nettoyage", ["nettoyage-locaux"]),
        ("", []),
    ],
)
def test_a_heading_tells_a_trade_when_the_whole_of_it_does(trades: SiteTrades, heading: str, told: list[str]) -> None:
    assert [(each.trade, each.excerpt, each.heading) for each in trades.mentions([heading], "")] == [
        (trade, heading, True) for trade in told
    ]


def test_the_body_tells_a_trade_by_two_phrases_and_a_heading_goes_before_it(trades: SiteTrades) -> None:
    text = "Bienvenue.\nTonte de pelouses et taille de haies." + " Merci." * 60
    [mention] = trades.mentions([], text)
    assert (mention.trade, mention.heading) == ("entretien-espaces-verts", False)
    assert mention.excerpt == text.splitlines()[1][:EXCERPT]
    assert trades.mentions([], "Tonte de pelouses. Tonte de pelouses.") == ()
    assert [each.heading for each in trades.mentions(["Espaces verts", "Entretien d'espaces verts"], text)] == [True]


def visit(site: str = "lac.example/", **more: Any) -> Visit:
    return Visit.model_validate({"site": site, "visited_at": NOW, "method": "m"} | more)


def test_a_ledger_keeps_the_last_visit_of_each_site_and_forgets_those_of_nobody(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "er" / "ledger.sqlite"
    with Ledger(path) as ledger:
        ledger.put(visit(reason="site_error"))
        ledger.put(visit())
        ledger.put(visit("rive.example/"))
        assert ledger.get("lac.example/") == visit() and ledger.get("none.example/") is None
    with Ledger(path) as again:
        assert again.keep_only(iter(("lac.example/", "lac.example/"))) == 1
        assert again.get("rive.example/") is None and again.get("lac.example/") == visit()
        assert again.keep_only(["lac.example/"]) == 0
    with pytest.raises(sqlite3.ProgrammingError):
        again.get("lac.example/")
    with sqlite3.connect(path) as base:
        base.execute("UPDATE visits SET visit = '{}'")
    with Ledger(path) as old:
        assert old.get("lac.example/") is None


@pytest.mark.parametrize(
    ("former", "age", "fresh"),
    [
        (visit(), timedelta(days=3) - timedelta(seconds=1), True),
        (visit(), timedelta(days=3), False),
        (visit(reason="site_error"), timedelta(days=1) - timedelta(seconds=1), True),
        (visit(reason="site_error"), timedelta(days=1), False),
        (visit(reason="robots_forbidden"), timedelta(days=2), True),
        (visit(method="old"), timedelta(0), False),
        (None, timedelta(0), False),
    ],
)
def test_a_site_is_left_alone_some_days_and_a_day_when_it_was_down(
    former: Visit | None, age: timedelta, fresh: bool
) -> None:
    assert is_fresh(former, NOW + age, 3, "m") is fresh


ASKED = Request("https://lac.example/x")


@pytest.mark.parametrize(
    ("error", "meta", "reason"),
    [
        (Refused("site_elsewhere", "ailleurs"), {}, ("site_elsewhere", "ailleurs")),
        (DownloadCancelledError("x"), {"stopped": "site_not_html"}, ("site_not_html", ASKED.url)),
        (IgnoreRequest("Forbidden by robots.txt"), {}, ("robots_forbidden", ASKED.url)),
        (IgnoreRequest("max redirections reached"), {}, ("site_redirects", ASKED.url)),
        (IgnoreRequest("larger than DOWNLOAD_MAXSIZE"), {}, ("site_too_large", ASKED.url)),
        (IgnoreRequest("other"), {}, ("site_unreachable", ASKED.url)),
        (DownloadCancelledError("x"), {}, ("site_too_large", ASKED.url)),
        (DownloadTimeoutError("x"), {}, ("site_too_slow", ASKED.url)),
        (OSError("x"), {}, ("site_unreachable", f"OSError : {ASKED.url}")),
    ],
)
def test_why_an_address_gave_no_page(error: Exception, meta: dict[str, str], reason: tuple[str, str]) -> None:
    request = ASKED.replace(meta=meta)
    assert reason_of(failure_of(error, request), request) == reason


def test_why_a_status_is_no_page() -> None:
    statuses = (299, 300, 399, 400, 404, 429, 499, 500, 503, 504)
    reasons = ["refused", "redirects", "redirects", "refused", "refused", "waits", "refused", "error", "waits", "error"]
    assert [reason_of_status(status, "u") for status in statuses] == [
        (f"site_{reason}", f"réponse {status} : u") for status, reason in zip(statuses, reasons, strict=True)
    ]
