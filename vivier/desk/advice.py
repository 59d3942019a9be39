"""The lever a lot calls for: reserve, clause, criterion or none, with its article, how sure it is, what would change it.

The lever is the one of the feasibility study: it never falls when a structure is added, nor rises with the amount.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from vivier.desk.assessment import VERDICTS, Assessment
from vivier.desk.feasibility import LEVERS, Change, Feasibility, Lever
from vivier.law import LawArticle, law

METHOD_VERSION: Final = "advice-1"
ORDER: Final[tuple[Lever, ...]] = ("none", "criterion", "clause", "reserve")
"""From the weakest to the strongest."""
Confidence = Literal["high", "medium", "low"]
CONFIDENCES: Final[dict[Confidence, str]] = {"high": "élevée", "medium": "moyenne", "low": "faible"}
_ARTICLES: Final[dict[tuple[Lever, str], str]] = {
    ("clause", "marche"): "L2112-2",
    ("clause", "concession"): "L3114-2",
    ("criterion", "marche"): "R2152-7",
    ("criterion", "concession"): "L3124-5",
}
_HELD: Final = ("reservable", "reservable_avec_reserves")


@dataclass(frozen=True)
class Advice:
    """One advice. ``article`` is ``None`` when no lever is advised; ``changes``: what would change it, in French."""

    lever: Lever
    title: str
    article: LawArticle | None
    reason: str
    confidence: Confidence
    confidence_reason: str
    changes: tuple[str, ...]


def advice(made: Feasibility, *, doubtful: bool = False) -> Advice:
    """The advice of a study. ``doubtful``: the trade or the place of the lot is still to be confirmed."""
    confidence, why = _confidence(made.best, made.lot.amount, doubtful)
    return Advice(
        made.lever,
        LEVERS[made.lever],
        _article(made),
        made.reason,
        confidence,
        why,
        tuple(_would_change(made)) or ("Aucune des variations essayées ne change cet avis.",),
    )


def _article(made: Feasibility) -> LawArticle | None:
    code = made.recommended if made.lever == "reserve" else _ARTICLES.get((made.lever, made.lot.kind))
    return None if code is None else law()[code]


def _confidence(best: Assessment, amount: float | None, doubtful: bool) -> tuple[Confidence, str]:
    """The weakest of what the counts rest on: published trades and zones, known turnovers, a lot well understood."""
    n = best.supply.count
    if doubtful:
        return "low", "le métier ou le lieu est à confirmer"
    if n == 0:
        return "low", "aucune structure connue : l'annuaire n'est pas complet"
    published = sum(one.site.declared and one.trade_declared for one in best.supply.eligible) / n
    shares = [(published, f"{published:.0%} des structures ont un métier et une zone publiés")]
    if amount is None:
        shares.append((0.5, "sans montant, la capacité n'est pas comptée"))
    else:
        known = best.known / n
        shares.append((known, f"{known:.0%} ont un chiffre d'affaires connu"))
    least = min(shares)
    level: Confidence = "high" if least[0] >= 0.75 else "medium" if least[0] >= 0.5 else "low"
    return level, " ; ".join(text for _, text in shares).replace("%", "\u00a0%")


def _would_change(made: Feasibility) -> Iterator[str]:
    held = made.lever == "reserve"
    for change in made.changes:
        if change.code.startswith("article_") and change.article == "L2113-15":
            continue  # another object and another law: never a mere variation
        if (change.verdict in _HELD) != held:
            yield f"{change.text} : {VERDICTS[change.verdict]}{_more(change)}."
        elif not held and change.code == "wider" and change.more > 0:
            yield f"{change.text}{_more(change)}, sans que l'avis change."


def _more(change: Change) -> str:
    if change.more == 0:
        return ""
    plural = "s" if abs(change.more) > 1 else ""
    return f" ({change.more:+d} structure{plural})"
