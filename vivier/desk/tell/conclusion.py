"""Writes the conclusion of a lot for the first page of a dossier: the decision, its reason in one line, what is left to check.

It reads the body of a study, as the API gives it, and decides nothing itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from vivier.bodies import Body
from vivier.french import capital, chance, plural

METHOD_VERSION: Final = "conclusion-2"
DUTIES: Final[Mapping[str, str]] = {
    "spaser": "SPASER",
    "specifications": "spécifications techniques",
    "environmental_condition": "condition environnementale",
    "environmental_criterion": "critère environnemental",
    "social_condition": "condition sociale",
}
_SETTLED: Final = ("ok", "not_applicable")
_TO_CORRECT: Final = "à corriger, non étudié"


class ConclusionBody(Body):
    decision: Any
    article: Any | None
    reason: str
    left: list[str]
    smaller: str | None


def conclusion(lot: Mapping[str, Any]) -> ConclusionBody:
    """The conclusion of a lot. ``left``: French words for what is left to check, in order; ``smaller``: the sentence that proposes smaller
    lots when structures exist and none is large enough, else ``None``."""
    if not lot["studied"]:
        errors = [error["message"] for error in lot["understood"]["errors"]]
        if lot["understood"]["state"] == "outside":
            words = lot["understood"]["state_fr"]
            return {"decision": words, "article": None, "reason": "", "left": list(lot["notes"]), "smaller": None}
        return {"decision": _TO_CORRECT, "article": None, "reason": "", "left": errors, "smaller": None}
    advice = lot["advice"]
    return {
        "decision": advice["lever_fr"],
        "article": (advice["article"] or {}).get("code"),
        "reason": capital(_reason(lot)),
        "left": list(_left(lot)),
        "smaller": _smaller(lot),
    }


def _reason(lot: Mapping[str, Any]) -> str:
    """One line: how many structures there are, and what they make likely."""
    lever = lot["advice"]["lever"]
    best = _best(lot)
    if lever == "direct":
        return f"Sous le seuil de l'achat direct : {plural(len(lot['first_calls']), 'structure')} à appeler d'abord."
    if lever in ("reserve", "reserve_if"):
        two = chance(_two(best), supposed=lot["advice"].get("confidence") == "low")
        return f"{_supply(best)} ; deux au moins peuvent faire le lot dans {two} des cas."
    if _smaller(lot) is not None:
        return f"{_supply(best)}, toutes trop petites pour un lot de cette taille."
    if lever == "clause":
        return f"{_carriers(lot)} ; trop peu pour réserver ({_supply(best)})."
    if lever == "condition":
        return f"Condition sociale obligatoire au-dessus du seuil européen ; trop peu pour réserver ({_supply(best)})."
    if lever == "criterion":
        return f"Trop peu pour réserver ou poser une clause ({_supply(best)}) : un critère laisse le choix des moyens."
    return f"Offre connue insuffisante : {_supply(best)}."


def _best(lot: Mapping[str, Any]) -> Mapping[str, Any]:
    """The article that a lot is judged by: the one advised, else the one asked under, else that of the most structures."""
    code = lot.get("recommended") or lot.get("to_confirm") or lot.get("called_under")
    articles: list[Mapping[str, Any]] = lot["articles"]
    named = [row for row in articles if row["article"]["code"] == code]
    return named[0] if named else max(articles, key=lambda row: int(row["eligible"]))


def _supply(best: Mapping[str, Any]) -> str:
    """« 3 structures connues, 2 de zone ou d'agrément à confirmer, 4 de métier non publié »: as the board counts them."""
    known, (likely, to_ask) = best["eligible"], _doubtful(best)
    counts = (likely, "de zone ou d'agrément à confirmer"), (to_ask, "de métier non publié")
    first = f"{plural(known, 'structure')} connue{'s' if known > 1 else ''}" if known else "aucune structure connue"
    return ", ".join((first, *(f"{n} {what}" for n, what in counts if n)))


def _doubtful(best: Mapping[str, Any]) -> tuple[int, int]:
    """How many structures are to confirm, and how many publish no trade."""
    made = best.get("prospects", {})
    return made.get("likely", 0), made.get("to_ask", 0)


def _two(best: Mapping[str, Any]) -> float:
    if "prospects" in best:
        return float(best["prospects"]["able"]["at_least_two"])
    return float(best["competition"][1]["at_least_two"]["low"])


def _carriers(lot: Mapping[str, Any]) -> str:
    """« 15 structures peuvent porter les heures »."""
    found = lot["clause"]
    n = found["lending"] + found["doing"]
    if n:
        return f"{plural(n, 'structure')} peu{'ven' if n > 1 else ''}t porter les heures"
    return f"{plural(found['to_ask'], 'structure')} à appeler pour porter les heures"


def _smaller(lot: Mapping[str, Any]) -> str | None:
    """The other way that cuts the lot, when nobody known is large enough."""
    best = _best(lot)
    if not best["eligible"] or best["capacity"]["unable"] < best["eligible"]:
        return None
    return next((str(row["text"]) for row in lot["alternatives"] if row["code"].startswith("smaller_lot")), None)


def _left(lot: Mapping[str, Any]) -> Iterator[str]:
    """What is left to check, the supply first, then the hours, then the duties."""
    lever, best = lot["advice"]["lever"], _best(lot)
    if lot["understood"]["state"] == "to_confirm":
        yield "métier et lieu lus, à confirmer"
    if lever == "reserve_if":
        yield f"deux confirmations ({plural(len(lot.get('first_calls', ())), 'structure')} à appeler d'abord)"
    elif lever == "clause" and not lot["clause"]["lending"] + lot["clause"]["doing"]:
        yield "qui porterait les heures"
    elif lever in ("condition", "none") and any(_doubtful(best)):
        yield "les structures à appeler"
    if lever == "clause" and lot["hours"] is None:
        yield "la part de main-d'œuvre"
    elif lever == "clause" and _taken_over_unknown(lot):
        yield "le personnel repris"
    open_duties = [
        (DUTIES.get(row["duty"], row["duty"]), row["state_fr"]) for row in lot["duties"] if row["state"] not in _SETTLED
    ]
    for state in dict.fromkeys(state for _, state in open_duties):
        yield f"{' et '.join(name for name, its in open_duties if its == state)} {state}"


def _taken_over_unknown(lot: Mapping[str, Any]) -> bool:
    """Whether the lot says that its hours are a ceiling, for want of the staff taken over."""
    return any(note.startswith("Personnel repris inconnu") for note in lot["notes"])
