"""Describes what a programme owes of re-used and recycled goods, family by family: plain JSON with its French sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vivier.desk.programme.products import Family
from vivier.desk.tell.decision_shapes import FamilyBody
from vivier.french import enumerated, euros_ht, percent, plural


def family_body(family: Family) -> FamilyBody:
    """A family as plain JSON. Shares that nobody read, and what they would make, are ``null``."""
    known = family.shares is not None and bool(family.annual)
    return {
        "code": family.duty.code,
        "family": family.duty.family,
        "article": family.duty.article,
        "lines": [line.number for line in family.lines],
        "unknown_lines": list(family.unknown),
        "annual": round(family.annual, 2),
        "shares": None if family.shares is None else list(family.shares),
        "owed": [round(euros, 2) for euros in family.owed] if known else None,
        "missing": list(family.missing) if known else None,
        "ask": [{"line": ask.line, "reused": ask.reused, "recycled": ask.recycled} for ask in family.to_ask],
        "text": list(_sentences(family)),
        "source": family.duty.source,
    }


def _sentences(family: Family) -> Iterator[str]:
    """What is due, which lines to ask, and what is missing."""
    if family.shares is None:
        yield "La part de cette famille n'a pas été lue : rien n'est vérifié. Voyez l'annexe du décret 2024-134."
    elif family.annual:
        reuse, recycled = (percent(share) for share in family.shares)
        yield f"Dus par an : {reuse} en réemploi ({euros_ht(family.owed[0])}), {recycled} en recyclé ({euros_ht(family.owed[1])})."
        yield from _asks(family)
        yield from _missing(family)
    if family.unknown:
        several = len(family.unknown) > 1
        lines = plural(len(family.unknown), "ligne sans montant", "lignes sans montant")
        yield f"{lines} : {'leurs' if several else 'ses'} euros ne sont pas comptés."


def _asks(family: Family) -> Iterator[str]:
    """The lines to ask, for re-use then for recycled matter."""
    already = {line.number: (line.reused, line.recycled) for line in family.lines}
    for rank, word in enumerate(("réemploi", "matières recyclées")):
        parts = [(ask.line, (ask.reused, ask.recycled)[rank]) for ask in family.to_ask]
        wanted = [(number, euros) for number, euros in parts if euros and not already[number][rank]]
        if wanted:
            yield f"{word.capitalize()} à demander : {_where(wanted)}."


def _where(parts: Sequence[tuple[int, float]]) -> str:
    return enumerated([f"{euros_ht(euros)} à la ligne {number}" for number, euros in parts[:5]])


def _missing(family: Family) -> Iterator[str]:
    reused, recycled = family.missing
    if reused:
        why = "" if family.duty.reuse_first else " : nous ne savons pas si le marché en offre, aucun objet n'en demande"
        yield f"Il manque {euros_ht(reused)} par an en réemploi{why}."
    if recycled:
        yield f"Il manque {euros_ht(recycled)} par an en matières recyclées."
