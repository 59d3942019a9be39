"""What is believed of a supplier of the index, from its record (:mod:`vivier.belief`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from vivier.belief import Belief, Known, belief, beliefs
from vivier.belief.does import BASES, BY_LAW
from vivier.belief.learnt import Tally
from vivier.belief.steps import DEGREES, degree, shown
from vivier.bodies import Body
from vivier.french import percent
from vivier.lexicon import Lexicon
from vivier.model.views import SupplierView
from vivier.suppliers.refused import refused_trades
from vivier.validity import holds_on
from vivier.vocabulary import EVIDENCES

POSSIBLE: Final = 0.2
"""The least probability of a trade that a sheet names."""
TOO_WIDE: Final = 0.75
"""The width of an interval from which nothing is known yet: « entre 1 % et 99 % » is no estimate."""
UNTOLD: Final = "on ne sait pas encore"
NEVER: Final = "métier inconnu : demandez"
"""What is written of a trade that nobody observed of a structure: no figure, and no word of likelihood."""
_ORDER: Final = {evidence: place for place, evidence in enumerate(reversed(EVIDENCES))}
"""The strongest evidence last."""


class BeliefCluesBody(Body):
    """A fact on a trade, and what it adds to its log-odds."""

    clue: str
    text_fr: str
    odds: float


class BeliefBody(Body):
    """A trade that a supplier probably does and that no source gives: probability (0 to 1), bounds of nine cases in ten, and the clues whose
    log-odds add up to it. ``basis``: how it is known."""

    trade: str
    label_fr: str
    probability: float
    low: float
    high: float
    degree_fr: str
    basis: str
    basis_fr: str
    clues: list[BeliefCluesBody]


def known_of(
    kinds: Iterable[str],
    naf: str | None,
    names: Iterable[str],
    offers: Iterable[tuple[str, str | None]],
    refused: frozenset[str],
    learnt: Mapping[str, Tally],
) -> Known:
    """What the belief reads of a supplier. ``offers``: trades with their evidence, of which the strongest counts; ``refused``: the trades that it
    declares not to do; ``learnt``: what answers taught of a trade."""
    rungs = dict(sorted(offers, key=lambda each: _ORDER.get(each[1] or "", -1)))
    return Known(
        kinds=tuple(dict.fromkeys(kinds)), naf=naf, names=tuple(names), rungs=rungs, refused=refused, learnt=learnt
    )


def known_of_record(record: SupplierView, lexicon: Lexicon, as_of: date) -> Known:
    """What the belief reads of a record on a day. A trade that the table no longer has is left out."""
    offers = [fact["value"] for fact in record.get("offers", ())]
    valid = [offer for offer in offers if offer.get("trade") in lexicon.trade_names and holds_on(offer, as_of)]
    return known_of(
        (fact["value"]["kind"] for fact in record.get("agreements", ())),
        record["naf"]["value"] if "naf" in record else None,
        (record["name"]["value"], *([record["brand"]["value"]] if "brand" in record else [])),
        ((offer["trade"], offer.get("evidence")) for offer in valid),
        refused_trades((fact["value"].get("trade") for fact in record.get("not_offered", ())), lexicon.trades),
        {each["trade"]: Tally(each["yes"], each["no"]) for each in record.get("learnt", ())},
    )


def likeliest(record: SupplierView, trades: Iterable[str], lexicon: Lexicon, as_of: date) -> tuple[str, Belief]:
    """The trade, among these and the narrower ones, that a supplier most probably does, and what is believed of it. ``trades`` has one at
    least."""
    known = known_of_record(record, lexicon, as_of)
    codes = dict.fromkeys(each.code for code in trades for each in lexicon.trades.descendants(code))
    return max(((code, belief(known, code, lexicon.trades)) for code in codes), key=lambda each: each[1].probability)


def probable(
    record: SupplierView, lexicon: Lexicon, as_of: date, least: float = POSSIBLE
) -> tuple[tuple[str, Belief], ...]:
    """The trades that a supplier probably does and that no source gives, the most probable first, with what is believed of each. A broader
    trade that is probable by a narrower one alone is left out, and what the statute of a kind provides."""
    known = known_of_record(record, lexicon, as_of)
    given = {
        above.code for code in known.rungs for above in (lexicon.trades.get(code), *lexicon.trades.ancestors(code))
    }
    found = beliefs(known, lexicon.trades, least)
    each = {code: belief(known, code, lexicon.trades) for code in found if code not in given}
    own = (
        code for code, made in each.items() if made.probability >= found[code] - 1e-6 and made.clues[-1].name != BY_LAW
    )
    return tuple((code, each[code]) for code in sorted(own, key=lambda code: (-found[code], code)))


def belief_body(code: str, found: Belief, lexicon: Lexicon) -> BeliefBody:
    """What is believed of a trade, as JSON: the probability is the step nearest to the sum of the log-odds of the clues."""
    return {
        "trade": code,
        "label_fr": lexicon.trades.get(code).name,
        "probability": shown(found.probability),
        "low": round(found.low, 3),
        "high": round(found.high, 3),
        "degree_fr": degree(shown(found.probability)) if is_told(found) else UNTOLD,
        "basis": found.basis,
        "basis_fr": BASES[found.basis],
        "clues": [{"clue": clue.name, "text_fr": clue.text, "odds": round(clue.odds, 2)} for clue in found.clues],
    }


def is_told(found: Belief) -> bool:
    """Whether enough is known of a trade for its probability to be told."""
    return found.high - found.low < TOO_WIDE


def is_improbable(found: Belief) -> bool:
    """Whether nobody is called for what is known of a trade: it was never observed, or its probability has the last of the degrees."""
    return not found.observed or (is_told(found) and degree(round(shown(found.probability), 2)) == DEGREES[-1][1])


def in_words(found: Belief) -> str:
    """« probable (52 %, d'après son nom) », « métier inconnu : demandez », « on ne sait pas encore »: the degree of the percentage that is
    written, with how it is known; none when nobody observed the trade, or when its interval says nothing."""
    if not found.observed:
        return NEVER
    if not is_told(found):
        return UNTOLD
    rounded = round(shown(found.probability), 2)
    return f"{degree(rounded)} ({percent(rounded)}, d'après {BASES[found.basis]})"
