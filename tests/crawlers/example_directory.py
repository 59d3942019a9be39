"""An example of the directory-page family: an invented network's directory, read by selectors. Used by tests only."""

from __future__ import annotations

from crawlers.kit import Aside, FetchPlan, HtmlItems, Intake, Listing, Outcome, Row, Source
from crawlers.kit.values import description, identifiers, public_text, text
from vivier.model import Address, Agreement, Record
from vivier.runs.records import SourceCard

CARD = SourceCard(
    id="exemple",
    title="Annuaire d'exemple",
    producer="Réseau inventé",
    dataset="Annuaire du réseau",
    licence="Licence Ouverte 2.0",
    covers="Les membres du réseau inventé.",
    limits="Ni métiers ni capacité.",
    kinds=("EA",),
    tolerance=0.5,
)


def convert(row: Row, intake: Intake) -> Outcome:
    """The page of one member."""
    issues: list[str] = []
    siret, siren = identifiers(row.take("siret"), issues)
    kind = text(row.take("kind"))
    url = text(row.take("url"))
    if kind not in CARD.kinds:
        return Aside("kind_unknown", f"« kind » vaut « {kind} »")
    return Record(
        source_id=siret or str(url),
        provenance=intake.provenance(url=url),
        name=public_text(row.take("name"), issues) or "?",
        siren=siren,
        siret=siret,
        agreements=(Agreement(kind=kind),),
        address=Address(town=public_text(row.take("town"), issues)),
        description=description(row.take("about"), issues),
        networks=tuple(str(name) for name in row.take("networks") or ()),  # type: ignore[attr-defined]
        issues=tuple(issues),
    )


FAMILY = HtmlItems(
    convert=convert,
    fields={
        "name": "h1::text",
        "siret": "[data-siret]::attr(data-siret)",
        "kind": ".type::text",
        "town": ".ville::text",
        "about": ".presentation ::text",
        "networks": "ul.reseaux li::text",
    },
    required=("name", "kind"),
    several=("networks",),
)
PLAN = FetchPlan(
    what=Listing(starts=("https://annuaire.example/membres",), items="ul.membres a", following="a[rel=next]", most=50),
    hosts=("annuaire.example",),
)
SOURCE = Source(card=CARD, read=FAMILY.read, recognises=FAMILY.recognises, plan=PLAN)
