"""The page of a lot and the dossier name no count of comparable contracts that is zero."""

from __future__ import annotations

import pytest

from search_api.pages.render import environment

OFFERS = {"known": 2, "median": 3, "one_only": 0}


def text(social_unknown: int, size: int | None, counts: tuple[int, int], reserved: tuple[int, int]) -> str:
    provisions = [{"count": count, "label_fr": name} for count, name in zip(counts, ("réservé", "clause"), strict=True)]
    past = {"total": 2, "basis": "même CPV", "alike_in_size": size, "provisions": provisions, "offers": OFFERS}
    history = {"total": reserved[0], "in_trade": reserved[1]}
    made = environment().get_template("lot.html").module.bought(past | {"social_unknown": social_unknown}, history)  # type: ignore[attr-defined]
    return " ".join(str(made).split())


@pytest.mark.slow
def test_a_part_of_zero_is_not_said() -> None:
    assert text(0, 0, (0, 0), (0, 0)) == (
        "2 marchés (même CPV). Offres reçues, connues pour 2 : 3 en médiane. Aucun marché réservé autour du lieu."
    )


@pytest.mark.slow
def test_the_parts_that_are_some_are_said() -> None:
    assert text(1, 1, (0, 2), (3, 0)).replace("\u202f", " ") == (
        "2 marchés (même CPV), dont 1 de taille proche : 2 clause ; considération sociale inconnue pour 1. "
        "Offres reçues, connues pour 2 : 3 en médiane. Marchés réservés autour du lieu : 3, dont aucun dans ce métier."
    )
