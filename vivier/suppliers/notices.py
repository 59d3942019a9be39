"""Words in French the notices that a reader needs to understand an answer."""

from __future__ import annotations

from collections.abc import Iterator

from vivier.french import and_others, plural, quoted
from vivier.law.labels import LABELS
from vivier.search.query import unknowns
from vivier.suppliers.find import SupplierFound
from vivier.suppliers.group_words import MOST_NAMED
from vivier.suppliers.unlisted import gap_text, unlisted

_UNKNOWN = {
    "trade": "métier",
    "service_type": "type de prestation",
    "turnover": "chiffre d'affaires",
    "staff": "effectif",
    "location": "adresse",
}
"""The French name of an unknown figure, by its key in ``Found.unknown_excluded``."""


def notices(found: SupplierFound) -> list[str]:
    """French notices: how the query was read, of which départements the lists have nobody, and for which labels a count of zero does not
    mean that no supplier has them."""
    return [*found.plan.notices, *_gap(found), *_to_check(found.to_check), *_unconnected(found)]


def unconnected(found: SupplierFound) -> tuple[str, ...]:
    """The labels of a query of which no source loaded names a holder, by their code."""
    tally = found.generation.meta.get("tally", {})
    return tuple(code for code in found.plan.query.label if not tally.get(f"label:{code}"))


def _unconnected(found: SupplierFound) -> Iterator[str]:
    names = [quoted(LABELS[code].name) for code in unconnected(found)]
    more = and_others(len(names), MOST_NAMED)
    if names:
        labels = f"Label{'s' if len(names) > 1 else ''} {', '.join(names[:MOST_NAMED])}{more}"
        yield f"{labels} : source non connectée, zéro ne veut pas dire qu'aucun fournisseur ne le détient."


def _gap(found: SupplierFound) -> Iterator[str]:
    reading = found.plan.reading
    places = (place for places in reading.territories.values() for place in places)
    text = gap_text(unlisted(places, found.generation, reading.lexicon.gazetteer))
    if text is not None:
        yield text


def _to_check(count: int) -> Iterator[str]:
    if count:
        have = plural(count, "structure trouvée a", "structures trouvées ont")
        yield (
            f"{have} un agrément à vérifier : sa dernière preuve est plus ancienne que sa durée légale. "
            f"{'Elle reste' if count == 1 else 'Elles restent'} dans la liste, hors des comptes par type de structure."
        )


def excluded(found: SupplierFound, *, grouped: bool = False) -> Iterator[str]:
    """French sentences: how many suppliers are excluded only because one of their figures is unknown. ``grouped``: groups follow, which count
    those of unknown trade."""
    figures = unknowns(type(found.plan.query))
    for name, count in found.unknown_excluded.items():
        if count and not (grouped and name == "trade"):
            of = _UNKNOWN.get(name) or figures.get(name, name)
            yield f"{plural(count, 'fournisseur écarté', 'fournisseurs écartés')} faute d'information sur « {of} »."
