"""Writes the decision on a programme as plain JSON, with its French sentences: the same for the API, the page and the files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from vivier.bodies import body_of
from vivier.desk.method.lever import lever_title
from vivier.desk.programme.decide import Choice, Decision, Freed
from vivier.desk.programme.options import RESERVED, PlannedLine, month_of
from vivier.desk.programme.products import Family
from vivier.desk.read.line import STATES
from vivier.desk.tell import decision_shapes as shapes
from vivier.french import enumerated, euros_ht, integer, number, percent, plural, whole
from vivier.law.parameters import value


def family_body(family: Family) -> shapes.FamilyBody:
    """A family as plain JSON. Shares that nobody read, and what they would make, are ``null``."""
    known = family.shares is not None and bool(family.annual)
    return body_of(
        shapes.FamilyBody,
        family.duty,
        lines=[line.number for line in family.lines],
        unknown_lines=list(family.unknown),
        annual=round(family.annual, 2),
        shares=None if family.shares is None else list(family.shares),
        owed=[round(euros, 2) for euros in family.owed] if known else None,
        missing=list(family.missing) if known else None,
        ask=[body_of(shapes.AskBody, ask) for ask in family.to_ask],
        text=list(_sentences(family)),
    )


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


LIMITS: Final = (
    "Heures et euros attendus sont ceux du levier, fois la probabilité que les structures soient là.",
    "Un lot réservé compte la moitié de ses heures : c'est la part minimale des personnes visées (R2113-7).",
    "Une structure de taille inconnue ne porte qu'une ligne à la fois. Chaque capacité est comptée une seule fois.",
    "Un marché est porté par une structure, ou partagé entre plusieurs qui pourraient chacune le porter.",
    "Les noms comptés sont une supposition de calcul, jamais un choix : la consultation reste ouverte à toutes.",
    "Un lot de plusieurs métiers est jugé sur le métier qui a le moins d'offre.",
)
MOST_NAMED: Final = 5
"""Lines named in a sentence."""


def decision_body(made: Decision, as_of: date) -> shapes.DecisionBody:
    """The decision as plain JSON. ``as_of``: the day of the study, from which lines without a day of launch are counted."""
    targets, plan = made.targets, made.plan
    names = {choice.line.number: choice.line.line.name for choice in made.choices}
    return {
        "targets": {"share": targets.share, "hours": targets.hours, "rounds": targets.rounds},
        "solver": _solver(made),
        "totals": _totals(made),
        "missing": {"amount": round(plan.missing[0], 2), "hours": round(plan.missing[1], 1)},
        "line_by_line": {"useful_hours": round(made.turn.best), "gain": _gain(made)},
        "summary": list(_summary(made)),
        "lines": [_line(choice, names) for choice in made.choices],
        "freed": [_freed(freed) for freed in made.freed],
        "families": [family_body(family) for family in made.families],
        "months": _months(made.choices, as_of),
        "supposed_start": sum(choice.line.start is None for choice in made.choices),
        "waiting": [
            {"line": line.row.line, "name": line.name, "text": line.text, "state_fr": STATES[line.state]}
            for line in made.waiting
        ],
        "limits": list(LIMITS),
    }


def _solver(made: Decision) -> shapes.SolverBody:
    plan = made.plan
    text = (
        f"Aucun autre plan ne donne plus d'heures utiles que celui-ci : {integer(plan.best)}."
        if plan.optimal
        else f"Ce plan est à {percent(plan.gap)} au plus du meilleur : le calcul a été arrêté avant la preuve."
    )
    return {
        "name": "HiGHS",
        "optimal": plan.optimal,
        "best": round(plan.best, 1),
        "bound": round(plan.bound, 1),
        "gap": round(plan.gap, 6),
        "text": text,
    }


def _totals(made: Decision) -> shapes.DecisionTotalsBody:
    return {
        "lines": len(made.choices),
        "amount": round(made.amount, 2),
        "reserved_amount": round(made.reserved, 2),
        "reserved_expected": round(made.reserved_expected, 2),
        "reserved_share": round(made.reserved / made.amount, 4) if made.amount else None,
        "useful_hours": round(made.plan.best),
        "expected_hours": round(made.expected),
        "changed": sum(choice.why is not None for choice in made.choices),
        "to_confirm": sum(choice.option.lever == "reserve_if" for choice in made.choices),
        "unknown_hours": sum(choice.option.hours is None for choice in made.choices),
    }


def _gain(made: Decision) -> float | None:
    return round(made.plan.best / made.turn.best - 1, 4) if made.turn.best else None


def _summary(made: Decision) -> Iterator[str]:
    """What the programme gives, what its targets lack, and how it compares with lines decided one after the other."""
    totals = _totals(made)
    share = "part inconnue" if totals["reserved_share"] is None else percent(totals["reserved_share"])
    yield (
        f"{plural(totals['lines'], 'ligne')} : {plural(whole(made.plan.best), 'heure utile', 'heures utiles')}, "
        f"{euros_ht(made.reserved)} à confier à des structures ({share}), dont {euros_ht(made.reserved_expected)} attendus."
    )
    short_euros, short_hours = made.plan.missing
    if short_euros:
        yield f"La part visée n'est pas atteinte : il manque {euros_ht(short_euros)}, quel que soit le plan."
    if short_hours:
        yield f"Les heures visées ne sont pas atteintes : il en manque {integer(short_hours)}, quel que soit le plan."
    gain = made.plan.best - made.turn.best
    if gain >= 1 and made.turn.best:
        yield (
            f"Décidées l'une après l'autre, les mêmes lignes donneraient {plural(whole(made.turn.best), 'heure utile', 'heures utiles')} : "
            f"{integer(gain)} de moins."
        )
    changed = totals["changed"]
    leave = plural(changed, "ligne ne garde pas son conseil propre", "lignes ne gardent pas leur conseil propre")
    yield f"{leave}." if changed else "Chaque ligne garde son conseil propre."


def _line(choice: Choice, names: Mapping[int, str]) -> shapes.DecidedLineBody:
    line, option = choice.line, choice.option
    return {
        "line": line.number,
        "lot": line.line.row.get("lot") or None,
        "text": line.line.text,
        "amount": line.line.amount,
        "months": line.months,
        "start": None if line.start is None else line.start.isoformat(),
        "lever": option.lever,
        "lever_fr": lever_title(option.lever),
        "own_lever": choice.own.lever,
        "own_lever_fr": lever_title(choice.own.lever),
        "changed": choice.why is not None,
        "why": choice.why,
        "why_fr": _why(choice, names),
        "hours": None if option.hours is None else whole(option.hours),
        "probability": round(option.probability, 4),
        "expected_hours": whole(option.expected),
        "supposed": [{"name": bearer.name, "known_capacity": bearer.known} for bearer in choice.bearers],
    }


def _why(choice: Choice, names: Mapping[int, str]) -> str:
    """Why a line leaves its own lever; empty when it keeps it. ``names``: of the lines, as the page names them."""
    new, own = integer(choice.option.useful), integer(choice.own.useful)
    others = _lines([names[number] for number in choice.taken_by]) if choice.taken_by else ""
    return {
        None: "",
        "more_hours": f"Ce levier donne {new} heures utiles attendues, celui de la ligne seule {own}.",
        "spent": f"Les structures qui pourraient la porter sont comptées pour {others}."
        if others
        else "Les structures d'ici ne suffisent pas à la porter.",
        "share": "Confiée à une structure pour atteindre la part visée.",
        "hours": "Donne plus d'heures, pour atteindre le total visé.",
        "rounds": "Réserver demanderait une enquête de plus que le nombre permis.",
    }[choice.why]


def _lines(names: Sequence[str]) -> str:
    """« le lot 3 », « le lot 3, le lot 7 et la ligne 12 », « le lot 3, le lot 7, le lot 12, le lot 15, le lot 20 et 4 autres »."""
    more = len(names) - MOST_NAMED
    named = (f"{'le' if name.startswith('lot') else 'la'} {name}" for name in names[:MOST_NAMED])
    return enumerated([*named, *([plural(more, "autre")] if more > 0 else [])])


def _freed(freed: Freed) -> shapes.FreedBody:
    return {
        "what": freed.pool_name,
        "annual_amount": round(freed.annual, 2),
        "hours": round(freed.hours),
        "lines": freed.lines,
        "sure": freed.sure,
    }


def _months(choices: Sequence[Choice], as_of: date) -> list[shapes.MonthBody]:
    """Expected hours of each month, spread evenly over the duration of each line; a line without a day begins on the day of the study."""
    clause: dict[int, float] = defaultdict(float)
    reserved: dict[int, float] = defaultdict(float)
    for choice in choices:
        hours = reserved if choice.option.lever in RESERVED else clause
        for month in _running(choice.line, as_of) if choice.option.expected else ():
            hours[month] += choice.option.expected / choice.line.months
    every = clause.keys() | reserved.keys()
    span = range(min(every), max(every) + 1) if every else range(0)
    return [
        {
            "month": f"{month // 12:04d}-{month % 12 + 1:02d}",
            "clause": round(clause[month]),
            "reserved": round(reserved[month]),
        }
        for month in span
    ]


def _running(line: PlannedLine, as_of: date) -> range:
    first = month_of(line.start or as_of) or 0
    return range(first, first + line.months)


def freed_sentence(freed: shapes.FreedBody) -> str:
    """What one more structure of a trade in a place frees, in French."""
    least = "" if freed["sure"] else "au moins "
    return (
        f"Une structure de plus pour {freed['what']}, qui porte {euros_ht(freed['annual_amount'])} par an : "
        f"{least}{plural(freed['hours'], 'heure')} de plus."
    )


def mark() -> str:
    """What an hour needs to count as useful, in French."""
    return f"Une heure est utile quand sa ligne en donne au moins {number(value('useful_hours'), 0)}."
