"""What pages say in words: sources, organisations without a name, shares facing a target, days in full."""

from __future__ import annotations

from datetime import date

import pytest

from search_api.contracts.pages.buyers import against, period_of
from search_api.pages.words import credit, long_day
from vivier.contracts.shares import Share
from vivier.french import NO_BREAK
from vivier.names import unnamed


def test_a_source_is_named_in_a_line_by_its_acronyms() -> None:
    dila = "Direction de l'information légale et administrative (DILA)"
    assert credit({"dataset": "boamp", "producer": dila}) == "BOAMP (DILA)"
    assert credit({"dataset": "Liste d'essai", "producer": "Ville d'essai"}) == "Liste d'essai (Ville d'essai)"
    assert credit({"dataset": "Liste", "producer": "Vivier (fictif)"}) == "Liste (Vivier (fictif))"


def test_an_organisation_without_a_name_is_named_by_its_number() -> None:
    assert unnamed("Acheteur", "110014016").replace(NO_BREAK, " ") == "Acheteur au SIREN 110 014 016 (nom non publié)"
    assert "SIRET 110 014 016 00015" in unnamed("Titulaire", "11001401600015").replace(NO_BREAK, " ")
    assert unnamed("Titulaire", "FR-12") == "Titulaire au numéro FR-12 (nom non publié)"


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2024-06-26", "2024-06-26", "le 26 juin 2024"),
        ("2024-06-26", "2027-01-02", "du 26 juin 2024 au 1er décembre 2026"),
        ("2026-12-02", "2027-01-02", "le premier notifié le 2 décembre 2026"),
        (None, None, "dates inconnues"),
    ],
)
def test_the_contracts_of_a_buyer_are_of_a_period_or_of_a_day(first: str | None, last: str | None, words: str) -> None:
    assert period_of(first, last, date(2026, 12, 1)).replace(NO_BREAK, " ") == words


@pytest.mark.parametrize(
    ("yes", "no", "target", "words"),
    [
        (20, 2, 0.3, "au-dessus de la cible de 30 % (peu de marchés : fourchette de "),
        (3, 4, 0.3, "probablement au-dessus de la cible de 30 % (peu de marchés : fourchette de "),
        (1, 6, 0.3, "probablement en dessous de la cible de 30 % (peu de marchés : fourchette de "),
        (0, 60, 0.3, "en dessous de la cible de 30 % (fourchette de 0 % à "),
        (40, 0, 1.0, "à la cible de 100 % (fourchette de "),
    ],
)
def test_a_share_faces_its_target_in_words(yes: int, no: int, target: float, words: str) -> None:
    assert against(Share(yes=yes, no=no, unknown=0), target).replace(NO_BREAK, " ").startswith(words)


def test_a_day_is_written_in_full_with_its_ordinal() -> None:
    assert long_day("2019-07-01") == f"1er{NO_BREAK}juillet 2019"
    assert long_day("2026-11-26T12:00:00Z") == f"26{NO_BREAK}novembre 2026"
