"""Writes the figures of a ledger as plain JSON and in French sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from vivier.bodies import body_of
from vivier.desk.facts.alternatives import Alternatives, alternatives
from vivier.desk.facts.bought import bought
from vivier.desk.facts.standings import standings
from vivier.desk.method.ledger import (
    METHOD_VERSION,
    UNKNOWN,
    UNREAD,
    Entry,
    Figures,
    Row,
    Share,
    Standing,
    State,
    figures,
)
from vivier.desk.read.ledger import Ledger
from vivier.desk.read.repairs import lines_of
from vivier.desk.tell import ledger_shapes as shapes
from vivier.desk.tell.green import duties_body
from vivier.french import euros, integer, percent, plural
from vivier.law.kinds import KINDS
from vivier.law.labels import LABELS
from vivier.lexicon import Lexicon
from vivier.search.snapshot import Snapshot
from vivier.suppliers.groups import TITLES
from vivier.suppliers.result import SupplierResult
from vivier.vocabulary import ZONES

MOST_FAMILIES: Final = 200
"""Families listed; the others are counted together."""
FAMILIES: Final = 5
"""Families, the heaviest first, for which alternatives are looked for."""
_SHORT: Final[Mapping[State, str]] = {
    "old_proof": "à vérifier (preuve ancienne)",
    "other_site": "à vérifier (autre établissement du même SIREN)",
    "not_valid": "hors validité à cette date",
}
LIMITS: Final = (
    "Un fournisseur absent de l'index est « inconnu », jamais « non inclusif ». Aucune liste n'est complète, et celle des "
    "entreprises adaptées n'est pas publiée.",
    "« Au moins » compte ce qui est connu. « Au plus » y ajoute ce qui est à vérifier ou inconnu.",
    "« À vérifier » : un autre établissement du même SIREN est connu, ou la preuve de l'agrément est trop ancienne.",
    "Les avoirs (montants négatifs, colonne « crédit ») sont déduits du montant de leur fournisseur.",
    "Agréments et labels se chevauchent : leurs montants ne s'additionnent pas. Une entreprise de l'économie sociale et solidaire n'est pas "
    "comptée comme inclusive par ce seul statut.",
    "Le territoire est celui du siège connu de l'établissement payé, sinon le code postal du fichier. Une zone prioritaire n'est dite que "
    "d'un siège situé.",
)


@dataclass(frozen=True)
class LedgerStudy:
    """A ledger read against the index at a date. ``territories``: typed ids where alternatives are looked for."""

    ledger: Ledger
    figures: Figures
    standings: Mapping[str, Standing]
    alternatives: tuple[Alternatives, ...]
    territories: tuple[str, ...]
    as_of: date


def study_ledger(
    ledger: Ledger, territories: Sequence[str], snapshot: Snapshot, lexicon: Lexicon, as_of: date
) -> LedgerStudy:
    """Reads a ledger against the index. Without a territory, no alternative is looked for."""
    found = standings((entry.number for entry in ledger.entries if entry.number), snapshot, lexicon, as_of)
    counted = figures(ledger.entries, found)
    heaviest = [row for row in counted.families if row.key is not None and row.total > 0][:FAMILIES]
    near = alternatives(heaviest, territories, snapshot, lexicon, as_of) if territories else ()
    return LedgerStudy(ledger, counted, found, near, tuple(territories), as_of)


def ledger_body(read: LedgerStudy, lexicon: Lexicon, *, lines: bool = True) -> shapes.LedgerBody:
    """The figures, amounts in euros, shares in [0, 1]; ``null`` is unknown. ``lines``: with what is known of each line."""
    made = read.figures
    each: shapes.LinesBody = {"lines": [line_body(entry, read) for entry in read.ledger.entries]} if lines else {}
    return {
        "summary": list(summary(made)),
        "whole": _row_body(made.whole, ""),
        "families": [_row_body(row, row.key or "Famille non dite") for row in made.families[:MOST_FAMILIES]],
        "families_left": _left(made.families),
        "territories": [_row_body(row, _place(row.key, lexicon)) for row in made.departements],
        "kinds": [{"code": code, "name": KINDS[code].name, "amount": net} for code, net in made.kinds.items()],
        "labels": [{"code": code, "name": LABELS[code].name, "amount": net} for code, net in made.labels.items()],
        "zones": {
            "known": [{"code": code, "name": ZONES.get(code, code), "amount": net} for code, net in made.zones.items()],
            "none_known": made.no_zone,
            "unknown": made.zone_unknown,
        },
        "suppliers": {axis: dict(counts) for axis, counts in made.suppliers.items()},
        "product_duties": _duties_body(read, lexicon),
        "alternatives": [_alternatives_body(family, read, lexicon) for family in read.alternatives],
        "read": _read_body(read),
        **each,
        "limits": list(LIMITS),
        "meta": {"as_of": read.as_of.isoformat(), "method_versions": {"ledger": METHOD_VERSION}},
    }


def _duties_body(read: LedgerStudy, lexicon: Lexicon) -> shapes.LedgerDutiesBody:
    """What is bought under the duties on products."""
    found, whole = bought(read.ledger.entries, read.as_of, lexicon), read.figures.whole.total
    bodies = duties_body(tuple(duty for duty, _ in found.amounts), read.as_of)
    rows: list[shapes.LedgerDutyBody] = [
        {**body, "amount": amount, "share": round(amount / whole, 4) if whole > 0 and amount >= 0 else None}
        for body, (_, amount) in zip(bodies, found.amounts, strict=True)
    ]
    text = "La part réemployée ou recyclée n'est pas dans ce fichier : elle reste inconnue."
    return {"rows": rows, "unread": found.unread, "text": text}


def summary(made: Figures) -> Iterator[str]:
    """The conclusion first: the inclusive share, the labelled share, and what is not known."""
    whole = made.whole
    counted = f"{euros(whole.total)} chez {plural(whole.suppliers, 'fournisseur')}, en {plural(whole.lines, 'ligne')}"
    yield f"Achats lus : {counted}."
    for axis, words in (("inclusive", "structures inclusives"), ("labelled", "fournisseurs à label environnemental")):
        yield _share_words(whole.shares[axis], words)  # type: ignore[index]
    count, net = made.credit_notes
    if count:
        yield f"{plural(count, 'avoir déduit', 'avoirs déduits')}, pour {euros(-net)}."
    for why, (count, net) in made.unread.items():
        yield (
            f"{plural(count, 'ligne')} ({euros(net)}) {UNREAD[why]} : comptées dans l'inconnu."
            if count > 1
            else (f"1 ligne ({euros(net)}) {UNREAD[why]} : comptée dans l'inconnu.")
        )
    if made.without_amount:
        yield f"{plural(len(made.without_amount), 'ligne')} sans montant : {lines_of(made.without_amount)}, hors des sommes."
    if made.wrong_amounts:
        first = " ; ".join(f"ligne {line} « {cell} »" for line, cell in made.wrong_amounts[:3])
        yield f"{plural(len(made.wrong_amounts), 'montant illisible', 'montants illisibles')}, hors des sommes : {first}."


def _share_words(share: Share, words: str) -> str:
    if share.least is None or share.most is None:
        return f"Part des {words} : sans sens ici, les avoirs dépassent les factures ou rien n'est payé."
    parts = [f"{percent(share.least)} connus ({euros(share.amounts['yes'])})"]
    for state in ("old_proof", "other_site", "not_valid"):
        if share.amounts[state]:
            parts.append(f"{percent(share.part(state) or 0)} {_SHORT[state]}")
    parts.append(f"{percent(share.part('unknown') or 0)} inconnus")
    return f"Chez des {words} : {', '.join(parts)}."


def _left(rows: Sequence[Row]) -> shapes.LeftBody:
    """How many families the list leaves out, and what they weigh."""
    left = rows[MOST_FAMILIES:]
    return {"families": len(left), "amount": round(sum(row.total for row in left), 2)}


def _row_body(row: Row, name: str) -> shapes.LedgerRowBody:
    shares = {axis: _share_body(share) for axis, share in row.shares.items()}
    return body_of(shapes.LedgerRowBody, row, name=name, amount=row.total, **shares)


def _share_body(share: Share) -> shapes.LedgerShareBody:
    return {
        "amounts": dict(share.amounts),
        "least": None if share.least is None else round(share.least, 4),
        "most": None if share.most is None else round(share.most, 4),
    }


def _place(key: str | None, lexicon: Lexicon) -> str:
    return "Territoire inconnu" if key is None else lexicon.gazetteer.get(key).name


def _alternatives_body(found: Alternatives, read: LedgerStudy, lexicon: Lexicon) -> shapes.AlternativesBody:
    paid = {standing.supplier for standing in read.standings.values() if standing.match == "siret"}
    return {
        "family": found.family,
        "amount": found.total,
        "trades": [{"code": code, "name": lexicon.trades.get(code).name} for code in found.trades],
        "said": _found_words(found, lexicon),
        "groups": [{"title": title, "total": total} for title, total in found.totals],
        "structures": [_structure(result, result.id in paid) for result in found.results],
        "url": found.url or None,
    }


def _found_words(found: Alternatives, lexicon: Lexicon) -> str:
    if not found.trades:
        return "Aucun métier lu dans le nom de cette famille : cherchez-le avec vos mots."
    names = ", ".join(lexicon.trades.get(code).name for code in found.trades)
    doubt = "" if found.sure else " (à confirmer)"
    totals = ", ".join(f"{title.lower()} : {integer(total)}" for title, total in found.totals)
    return f"Lu comme : {names}{doubt}. {totals[:1].upper()}{totals[1:]}."


def _structure(result: SupplierResult, already: bool) -> shapes.OtherStructureBody:
    record = result.record
    address = record["address"]["value"] if "address" in record else {}
    return {
        "id": result.id,
        "name": record["name"]["value"],
        "town": address.get("town"),
        "kinds": list(dict.fromkeys(fact["value"]["kind"] for fact in record.get("agreements", ()))),
        "group": result.group,
        "group_fr": TITLES[result.group],
        "distance_km": result.distance_km,
        "already": already,
        "producer": record["name"]["provenance"]["producer"],
        "updated_at": record["name"]["provenance"].get("updated_at"),
    }


def _read_body(read: LedgerStudy) -> shapes.LedgerReadBody:
    return {
        "lines": len(read.ledger.entries),
        "columns": dict(read.ledger.table.columns),
        "ignored_columns": list(read.ledger.table.ignored),
        "remarks": list(read.ledger.remarks),
        "credit_notes": {"lines": read.figures.credit_notes[0], "amount": read.figures.credit_notes[1]},
        "without_amount": list(read.figures.without_amount),
        "wrong_amounts": [{"line": line, "cell": cell} for line, cell in read.figures.wrong_amounts],
        "unread": {why: {"lines": count, "amount": net} for why, (count, net) in read.figures.unread.items()},
        "place": list(read.territories),
    }


def line_body(entry: Entry, read: LedgerStudy) -> shapes.LedgerLineBody:
    """A line with what is known of its supplier, and who says it."""
    known = read.standings.get(entry.number, UNKNOWN)
    return body_of(
        shapes.LedgerLineBody,
        known,
        line=entry.line,
        number=entry.number or None,
        unread=entry.unread,
        amount=entry.amount,
        family=entry.family or None,
        inclusive=known.states["inclusive"],
        labelled=known.states["labelled"],
        ess=known.states["ess"],
        departement=known.departement or entry.departement,
        sources=[{"producer": producer, "updated_at": updated} for producer, updated in known.proofs],
    )
