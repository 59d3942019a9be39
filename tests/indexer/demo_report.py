"""How the fictitious suppliers are spread: counts by kind, département, zone form, label state, and what is unknown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date

from vivier.identity import fold
from vivier.model import Agreement, Label, Record, TerritoriesZone, Zone
from vivier.territory import load_gazetteer

OF_SUPPLIERS = ("Types", "Inconnus")
"""Headings whose shares are of all suppliers; the others are shares of what they count (offers, labels…)."""
FIELDS = ("siret", "description", "website", "naf", "closed", "brand", "acronym")
UNITS = {"places": "places", "persons": "effectif", "eur_year": "chiffre d'affaires"}


def state(fact: Agreement | Label, today: date) -> str:
    """``suspended``, ``undated``, ``future``, ``expired`` or ``valid`` on ``today``; both bounds are inclusive."""
    if isinstance(fact, Label) and fact.suspended:
        return "suspended"
    if fact.valid_from is None and fact.valid_until is None:
        return "undated"
    if fact.valid_from is not None and fact.valid_from > today:
        return "future"
    return "expired" if fact.valid_until is not None and fact.valid_until < today else "valid"


def zone_form(zone: Zone) -> str:
    """``undeclared``, ``country``, ``radius``, or the level of the territories listed (``epci``…)."""
    return zone.territories[0].partition(":")[0] if isinstance(zone, TerritoriesZone) else zone.type


class Report:
    """Counts over records, by heading."""

    def __init__(self, records: Iterable[Record], today: date) -> None:
        self.today = today
        self.total = 0
        self.counts: dict[str, Counter[str]] = {}
        self._gazetteer = load_gazetteer()
        self._by_post_code: dict[tuple[str, str], str] = {}
        for record in records:
            self._add(record)

    def _add(self, record: Record) -> None:
        self.total += 1
        self._count("Types", (a.kind for a in record.agreements))
        self._count("Nombre de types", [str(len(record.agreements))])
        self._count("Agréments", (state(a, self.today) for a in record.agreements))
        self._count("Départements", [self.departement(record) or "inconnu"])
        self._count("Précision du point", [record.address.precision])
        self._count("Zones des offres", (zone_form(offer.zone) for offer in record.offers))
        self._count("Preuves des métiers", (offer.evidence or "inconnue" for offer in record.offers if offer.trade))
        self._count("Labels", (label.code for label in record.labels))
        self._count("État des labels", (state(label, self.today) for label in record.labels))
        self._count("Inconnus", _unknowns(record))

    def _count(self, heading: str, values: Iterable[str]) -> None:
        self.counts.setdefault(heading, Counter()).update(values)

    def departement(self, record: Record) -> str | None:
        """The département of the seat: from the commune, else from post code and town; None when neither says."""
        communes = self._gazetteer.communes
        if record.address.commune is not None:
            return communes.departement.at(communes.index[record.address.commune])
        if not self._by_post_code:
            self._by_post_code = dict(self._post_codes())
        return self._by_post_code.get((record.address.post_code or "", fold(record.address.town or "")))

    def _post_codes(self) -> Iterator[tuple[tuple[str, str], str]]:
        communes = self._gazetteer.communes
        for row, (name, codes) in enumerate(zip(communes.names, communes.postcodes, strict=True)):
            parent = int(communes.parent[row])
            town = fold(communes.names[parent] if parent >= 0 else name)
            for code in codes.split():
                yield (code, town), communes.departement.codes[int(communes.departement.values[row])]

    def lines(self) -> Iterator[str]:
        """The report in French, a heading a paragraph."""
        yield f"{self.total} fournisseurs fictifs"
        for heading, counts in self.counts.items():
            yield f"\n{heading} ({len(counts)})"
            whole = self.total if heading in OF_SUPPLIERS else counts.total()
            yield from (f"  {value:<28}{count:>7}{count / whole:>8.1%}" for value, count in counts.most_common())


def _unknowns(record: Record) -> Iterator[str]:
    if not any(offer.trade for offer in record.offers):
        yield "métier"
    if all(zone_form(offer.zone) == "undeclared" for offer in record.offers):
        yield "zone"
    if record.address.point is None:
        yield "point"
    if record.address.commune is None:
        yield "code commune"
    if record.siren is None and record.finess is None:
        yield "tout identifiant"
    known = {capacity.unit for capacity in record.capacities}
    yield from (name for unit, name in UNITS.items() if unit not in known)
    yield from (name for name in FIELDS if getattr(record, name) is None)
