"""The conclusion of a lot: one line of reason, what is left to check, smaller lots when size is the only obstacle."""

from __future__ import annotations

from typing import Any

from vivier.desk.tell.conclusion import conclusion

CUT = "Lots d'au plus 240 000 € HT par an (2 au lieu d'un), que 2 structures connues peuvent chacune porter."


def lot(lever: str, **more: Any) -> dict[str, Any]:
    """The body of a studied lot, with what a conclusion reads."""
    article = {
        "article": {"code": "L2113-13"},
        "eligible": more.pop("eligible", 40),
        "capacity": {"unable": more.pop("unable", 0)},
        "prospects": {"able": {"at_least_two": 0.6}, "likely": 2, "to_ask": 3},
    }
    return {
        "studied": True,
        "understood": {"state": "ready", "errors": []},
        "advice": {"lever": lever, "lever_fr": lever, "article": {"code": "L2113-13"}},
        "called_under": "L2113-13",
        "articles": [article],
        "clause": {"lending": 5, "doing": 0, "to_ask": 2},
        "alternatives": [{"code": "smaller_lot_2", "text": CUT}],
        "first_calls": [{}, {}],
        "hours": {"central": {}},
        "duties": [
            {"duty": "environmental_condition", "state": "unknown", "state_fr": "à préciser"},
            {"duty": "environmental_criterion", "state": "unknown", "state_fr": "à préciser"},
            {"duty": "social_condition", "state": "ok", "state_fr": "prévu"},
        ],
        "notes": [],
        **more,
    }


def test_a_lot_too_large_for_everyone_is_told_how_to_be_cut() -> None:
    end = conclusion(lot("clause", unable=40))
    assert end["smaller"] == CUT
    assert end["reason"] == (
        "40 structures connues, 2 de zone ou d'agrément à confirmer, 3 de métier non publié, toutes trop petites pour un lot de cette taille."
    )
    assert conclusion(lot("clause", unable=39))["smaller"] is None


def test_what_is_left_groups_the_duties_by_state_and_leaves_out_those_settled() -> None:
    end = conclusion(lot("reserve_if"))
    assert end["left"] == [
        "deux confirmations (2 structures à appeler d'abord)",
        "condition environnementale et critère environnemental à préciser",
    ]


def test_a_lot_to_correct_says_what_and_concludes_nothing() -> None:
    understood = {"state": "to_correct", "errors": [{"message": "Lieu inconnu."}]}
    end = conclusion({"studied": False, "understood": understood})
    assert end["left"] == ["Lieu inconnu."] and end["reason"] == "" and end["article"] is None
