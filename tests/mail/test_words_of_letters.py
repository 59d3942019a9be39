"""Each letter says what it is about, links to what it names, and stops in one click unless it is the last."""

from __future__ import annotations

from datetime import date

from tests.search_api.pages.html import plain
from vivier.mail.letters import Letters
from vivier.mail.subscriptions import Followed

LETTERS = Letters("https://v.example", "Ville d'Auray")
FOLLOWED = Followed(
    "1", "a@b.example", "leads", "trade=menage", "ménage à Rennes", "STOP", "weekly", date(2026, 1, 5), None, 3
)


def test_a_subscription_is_asked_whether_it_is_useful_and_said_to_be_over() -> None:
    useful = LETTERS.useful("JETON", FOLLOWED, 7.0, date(2026, 12, 5))
    assert plain(useful.subject) == "Toujours utile ? ménage à Rennes" and "JETON" in useful.text
    assert "confirmez avant le 5 décembre 2026" in " ".join(useful.text.split())
    ended = LETTERS.ended(FOLLOWED, "Le métier n'existe plus.", 7.0)
    assert plain(ended.subject) == "Abonnement arrêté : ménage à Rennes" and "Le métier n'existe plus." in plain(
        ended.text
    )
    assert (ended.stop, useful.stop is None) == (None, False)
    assert "STOP" not in ended.text and "STOP" in useful.text


def test_news_are_counted_and_the_first_ones_are_shown() -> None:
    common = LETTERS.common(FOLLOWED)
    assert common["list"].startswith("https://v.example/") and common["list"].endswith("?trade=menage")
    assert common["stop"].startswith("https://v.example/") and common["stop"].endswith("/STOP")
    assert "?" not in LETTERS.common(Followed(**{**vars(FOLLOWED), "search": ""}))["list"]
