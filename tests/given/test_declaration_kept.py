"""What a structure may declare, and what it becomes: a record of the next build, and its sheet at once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from vivier.errors import InvalidRequest
from vivier.given.declaration import Declaration, Declared, Refusal, Report, checked_declaration, checked_text
from vivier.given.declared import provenance_of, record_of, with_declared
from vivier.given.requests import Request, Subject
from vivier.lexicon import Lexicon
from vivier.model import Capacity, NotOffered, Offer, Reference
from vivier.model.place import RadiusZone, TerritoriesZone, UndeclaredZone

DAY = date(2026, 11, 24)
TRADE: dict[str, Any] = {"trade": "traiteur"}


@pytest.mark.parametrize(
    ("fields", "read"),
    [
        ({"staff": 0}, {"staff": 0}),
        ({"staff": 20_000, "volume": "80 000 €"}, {"staff": 20_000, "volume": 80_000}),
        ({"volume": "80 k€"}, {"volume": 80_000}),
        ({"volume": "", "staff": 1}, {"volume": None}),
        ({"mailbox": "contact@atelier.example", "phone": "02 99 00 00 00"}, {"mailbox": "contact@atelier.example"}),
        ({"mailbox": "", "staff": 1}, {"mailbox": None}),
        ({"website": "https://www.atelier.example"}, {"website": "https://www.atelier.example"}),
        (
            {"trades": [TRADE], "zone": {"type": "radius", "km": 30, "around": "35238"}},
            {"zone": RadiusZone(km=30, around="35238")},
        ),
        ({"cannot": "pas de nettoyage de vitres\ntraiteur ; autre chose"}, {"refused": ("traiteur",)}),
        ({"refused": ["traiteur", "traiteur"]}, {"refused": ("traiteur",)}),
        ({"references": ["ab"]}, {"references": ("ab",)}),
    ],
)
def test_what_a_structure_declares_is_read(fields: dict[str, Any], read: dict[str, Any], lexicon: Lexicon) -> None:
    made = checked_declaration(fields, lexicon)
    found = {name: getattr(made, name) for name in read}
    assert found == read or ("refused" in read and {*read["refused"]} <= {*found["refused"]}), found


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({}, "query", "remplissez au moins une case"),
        ({"zone": {"type": "undeclared"}}, "query", "remplissez au moins une case"),
        ({"zone": {"type": "country"}}, "zone", "au moins un métier pour cette zone"),
        ({"trades": [TRADE, TRADE]}, "trades", "un métier y est deux fois"),
        ({"trades": [{"trade": "zzz"}]}, "trades", "n'est pas un métier de la table"),
        ({"trades": [{"trade": str(number)} for number in range(9)]}, "trades", ""),
        ({"refused": ["zzz"]}, "refused", "n'est pas un métier de la table"),
        ({"trades": [TRADE], "refused": ["traiteur"]}, "refused", "vous déclarez faire"),
        ({"trades": [TRADE], "cannot": "Pas de traiteur."}, "refused", "vous déclarez faire"),
        ({"staff": -1}, "staff", ""),
        ({"staff": 20_001}, "staff", ""),
        ({"volume": 0}, "volume", ""),
        ({"volume": "beaucoup"}, "volume", ""),
        ({"cannot": "voir Mme Martin"}, "cannot", "ne nommez personne"),
        ({"references": ["jean.dupont@example.org"]}, "references", "ne nommez personne"),
        ({"references": ["a"]}, "references", ""),
        ({"references": ["y" * 121]}, "references", ""),
        ({"references": [f"Ville {rank}" for rank in range(9)]}, "references", ""),
        ({"references": ["Claire Martin"]}, "references", "ne nommez personne"),
        ({"cannot": "x" * 301}, "cannot", ""),
        ({"mailbox": "contact@atelier"}, "mailbox", "la boîte de l'organisation"),
        ({"phone": "12"}, "phone", "le numéro fixe du standard"),
        ({"website": "http://127.0.0.1/"}, "website", "une adresse comme"),
        ({"mailbox": "jean.dupont@atelier.example"}, "mailbox", "la boîte de l'organisation"),
        ({"phone": "06 12 34 56 78"}, "phone", "le numéro fixe du standard"),
        ({"website": "javascript:a"}, "website", "une adresse comme"),
        ({"trades": [TRADE], "zone": {"type": "radius", "km": 30, "around": "00000"}}, "zone", ""),
        (
            {"trades": [TRADE], "zone": {"type": "territories", "territories": ["commune:35238"] * 41}},
            "zone",
            "40 lieux au plus",
        ),
        ({"trades": [TRADE], "zone": {"type": "territories", "territories": ["commune:99999"]}}, "zone", ""),
    ],
)
def test_what_cannot_be_declared_is_refused_by_its_field(
    fields: dict[str, Any], field: str, words: str, lexicon: Lexicon
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        checked_declaration(fields, lexicon)
    errors = refused.value.errors
    assert {error.field.partition(".")[0] for error in errors} <= {field, "trades"} and len(errors) >= 1, errors
    assert any(words in error.message for error in errors), errors


def test_territories_are_those_of_today_each_once(lexicon: Lexicon) -> None:
    places = ["commune:35238", "departement:35", "commune:35238"]
    made = checked_declaration({"trades": [TRADE], "zone": {"type": "territories", "territories": places}}, lexicon)
    assert made.zone == TerritoriesZone(territories=("commune:35238", "departement:35"))
    assert made.as_json() == {
        "trades": [{"trade": "traiteur", "service_types": []}],
        "zone": {"type": "territories", "territories": ["commune:35238", "departement:35"]},
        "refused": [],
        "cannot": "",
        "references": [],
    }


def test_a_report_and_a_refusal_name_nobody() -> None:
    report = {"fact": "website", "right": "Le site a changé", "source": "registre"}
    assert checked_text(report, Report) == Report(fact="website", right="Le site a changé", source="registre")
    assert checked_text({"role": "Direction"}, Refusal) == Refusal(role="Direction")
    for fields, model, wrong in (
        ({**report, "right": "voir Mme Martin"}, Report, ["right"]),
        ({"role": "jean.dupont@example.org", "why": "06 12 34 56 78"}, Refusal, ["role", "why"]),
        ({"role": "ab"}, Refusal, ["role"]),
    ):
        with pytest.raises(InvalidRequest) as refused:
            checked_text(fields, model)  # type: ignore[arg-type]
        assert [error.field for error in refused.value.errors] == wrong


SAID: dict[str, Any] = {
    "trades": [TRADE],
    "staff": 12,
    "volume": 80_000,
    "refused": ["impression"],
    "cannot": "rien le soir",
    "references": ["Ville de Lens"],
    "website": "https://a.example",
    "mailbox": "contact@a.example",
    "phone": "02 99 00 00 00",
}


def request(network: str = "", **said: Any) -> Request:
    subject = Subject("s1", "90000000100017", "Atelier" * 60, "590000001")
    return Request(7, "declaration", "accepted", subject, said or SAID, "form", DAY, DAY, DAY, "", network)


def test_a_declaration_is_a_record_of_who_declares() -> None:
    record = record_of(request())
    assert (record.source_id, record.siret, record.siren, record.finess) == (
        "90000000100017-7",
        "90000000100017",
        "900000001",
        "590000001",
    )
    assert len(record.name or "") == 300 and record.phone == "0299000000" and record.mailbox == "contact@a.example"
    assert record.offers == (Offer(trade="traiteur", zone=UndeclaredZone(), evidence="declared"),)
    assert record.not_offered == (NotOffered(trade="impression"), NotOffered(words="rien le soir"))
    assert record.capacities == (
        Capacity(value=12, unit="persons", year=2026),
        Capacity(value=80_000, unit="volume_eur_year", year=2026),
    )
    assert record.references == (Reference(client="Ville de Lens"),) and record.website == "https://a.example"
    own, listed = provenance_of(request()), provenance_of(request("Réseau"))
    assert (own.source_id, own.producer, own.updated_at, own.basis) == ("declared", "Atelier" * 60, DAY, "declared")
    assert (listed.source_id != own.source_id, listed.producer) == (True, "Réseau")
    bare = record_of(request(staff=0))
    assert (bare.offers, bare.not_offered, bare.phone) == ((), (), None) and len(bare.capacities) == 1


def test_a_sheet_has_what_is_declared_today_and_not_what_was_before() -> None:
    former, listed = {"source_id": "declared"}, {"source_id": "siae"}
    zone = {"type": "country"}
    record: Any = {
        "id": "s1",
        "name": {"value": "A", "provenance": listed},
        "offers": [
            {"value": {"trade": "couture"}, "provenance": former},
            {"value": {"trade": "impression"}, "provenance": listed},
            {"value": {"trade": "impression", "zone": zone}, "provenance": listed},
            {"value": {"supposed_trade": "menage"}, "provenance": listed},
        ],
        "capacities": [{"value": {"unit": "persons", "value": 1}, "provenance": listed}],
        "phone": {"value": "01", "provenance": listed},
        "website": {"value": "w", "provenance": former},
        "sources": [former, listed],
    }
    made: Any = with_declared(record, request())
    values = [fact["value"] for fact in made["offers"]]
    assert [value.get("trade") for value in values[:1]] == ["traiteur"]
    assert values[1:] == [{"zone": zone}, {"supposed_trade": "menage"}]
    assert [fact["value"].get("trade") for fact in made["not_offered"]] == ["impression", None]
    assert [fact["value"]["unit"] for fact in made["capacities"]] == ["persons", "persons", "volume_eur_year"]
    assert (made["phone"]["value"], made["website"]["value"]) == ("0299000000", "https://a.example")
    assert made["others"] == [{"field": "phone", "value": "01", "provenance": listed}]
    assert [source["source_id"] for source in made["sources"]] == ["siae", "declared"]
    hidden: Any = with_declared(record, request(), contacts=False)
    assert (
        hidden["phone"]["value"] == "01"
        and "mailbox" not in hidden
        and hidden["website"]["value"] == "https://a.example"
    )
    none: Any = with_declared(record)
    assert [fact["value"] for fact in none["offers"]] == [offer["value"] for offer in record["offers"][1:]]
    assert "website" not in none and none["sources"] == [listed] and record["offers"][0]["provenance"] == former
    assert Declared.model_validate(Declaration(staff=3).as_json()).staff == 3
