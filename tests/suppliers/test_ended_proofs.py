"""Who has nothing in force any more: after the others, and never lost when an ended label is all that tells its trade."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from tests.suppliers.conftest import TODAY, House, serve
from vivier.engine.embedded.store import EmbeddedStore
from vivier.lexicon import Lexicon
from vivier.model import Label, Record
from vivier.model.place import Address
from vivier.search.snapshot import Snapshot
from vivier.suppliers.find import AnswerGroup, groups
from vivier.suppliers.judged import judged_records
from vivier.validity import holds_on

LAST = date(2025, 12, 31)
ENDED, HELD = "Toits du Passé", "Toits du Jour"


def labelled() -> Iterator[Record]:
    """Two roofers of Nantes known by a label alone, that of one ended."""
    (model,) = (record for record in judged_records() if record.source_id == "couleurs-loire")
    for name, until in ((ENDED, LAST), (HELD, date(2027, 12, 31))):
        label = Label(code="RGE", scope="qualification", domain="Toits", valid_until=until)
        proof = {"trade": "isolation-toiture", "evidence": "certified", "valid_until": until}
        yield model.model_copy(
            update={
                "source_id": name,
                "name": name,
                "siren": None,
                "siret": None,
                "agreements": (),
                "capacities": (),
                "labels": (label,),
                "offers": (model.offers[0].model_copy(update=proof),),
                "address": Address(commune="44109"),
            }
        )


@pytest.fixture
def roofers(embedded: EmbeddedStore, lexicon: Lexicon) -> House:
    return serve(embedded, labelled(), lexicon)


def answered(house: House, **parameters: str) -> dict[str, AnswerGroup]:
    return {group.code: group for group in groups(house.ask(**parameters), Snapshot(house.engine), house.lexicon)}


@pytest.mark.parametrize("place", [{}, {"territory": "commune:44109"}])
def test_who_is_known_by_an_ended_label_alone_is_to_call_and_its_last_day_is_told(
    roofers: House, place: dict[str, str]
) -> None:
    found = answered(roofers, trade="isolation-toiture", **place)
    assert (found["exact"].total, found["label_unknown"].total) == (1, 1)
    (result,) = found["label_unknown"].results
    assert result.record["name"]["value"] == ENDED
    assert found["label_unknown"].sentence == (
        "1 autre structure faisait ce métier. Son label est fini : demandez s’il est renouvelé."
    )
    assert any(reason.text.endswith("label expiré depuis le 31/12/2025") for reason in result.reasons)


@pytest.mark.slow
def test_the_same_when_the_label_is_asked(roofers: House) -> None:
    (result,) = answered(roofers, trade="isolation-toiture", label="RGE")["label_unknown"].results
    assert [reason.text for reason in result.reasons if reason.code == "label"] == [
        "Reconnu garant de l'environnement (Toits) : expiré depuis le 31/12/2025"
    ]


@pytest.mark.slow
def test_who_has_a_label_in_force_comes_before_who_had_one(roofers: House) -> None:
    assert [one.record["name"]["value"] for one in roofers.ask(territory="commune:44109").results] == [HELD, ENDED]


@pytest.mark.slow
@pytest.mark.parametrize(
    "asked", [{"trade": "nettoyage-locaux"}, {"territory": "region:84"}, {"near": "4.83,45.76", "radius_km": "150"}]
)
def test_those_in_force_come_before_the_others_when_a_trade_or_a_place_alone_is_asked(
    demo: House, asked: dict[str, str]
) -> None:
    over = []
    for result in demo.ask(**asked, per_page="100").results:
        proofs = [fact["value"] for name in ("agreements", "labels") for fact in result.record.get(name, ())]
        over.append(bool(proofs) and not any(holds_on(proof, TODAY) for proof in proofs))
    assert True in over and over == sorted(over)
