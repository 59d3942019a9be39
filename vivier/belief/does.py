"""Whether a structure does a trade: a prior by kind and trade, and what each clue adds to its log-odds.

The prior borrows: a trade that no text tells takes from its parent and its group, a kind seldom read from all kinds
(``mappings/tables/belief_priors.csv``, by ``python -m benchmarks belief --write``). A rung of evidence is worth its measured precision
(``trade_rungs.csv``), whatever the prior. « Ne fait pas » is a no.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from mappings import read_table
from vivier.belief.comes import OTHER
from vivier.belief.learnt import Tally
from vivier.belief.steps import LEAST, MOST, bounded, expit, logit
from vivier.french import percent
from vivier.law.kinds import lending
from vivier.law.parameters import value
from vivier.text.folding import fold
from vivier.trades.naf import supposed
from vivier.trades.near import near_trades
from vivier.trades.rungs import precision
from vivier.trades.table import STAFFING, Trades
from vivier.vocabulary import EVIDENCES, SUPPOSED

BY_LAW: Final = "rung:statute"
"""The clue of who lends people by the statute of its kind."""
ONE_SIDE: Final = 1.645
"""Standard deviations on each side of an interval of nine cases in ten."""
_LETTERS: Final = re.compile(r"[a-z]+")
_PREFIX: Final = 6
"""Letters from which a word of the table also begins longer words: « industri » begins « industrielle »."""
LEARNT: Final = "learnt"
"""The clue of the answers received, from the structure and from those like it."""
_LEARNT_TEXT: Final = "réponses reçues, d'elle ou de structures semblables du département"
Basis = Literal["source", "answers", "name", "register", "near", "kind", "broader", "never"]
BASES: Final[Mapping[Basis, str]] = {
    "source": "une source le dit",
    "answers": "des réponses reçues",
    "name": "son nom",
    "register": "son code d'activité",
    "near": "ses autres métiers",
    "kind": "son type",
    "broader": "un métier plus large",
    "never": "jamais observé",
}
"""How a probability is known, in French, from the surest. What is « never » known has no figure: it is neither a no nor a supply."""
LENT_KEEPS: Final = 0.25
"""What is left of a word of the name of a structure that only lends people or hires them for others: « Régie Intérim » is no cleaner."""


@dataclass(frozen=True)
class Known:
    """What is known of a structure. ``kinds``: codes; ``naf``: activity code; ``names``: its names; ``rungs``: the strongest evidence of
    each trade that a source gives, ``None`` when not stated; ``refused``: trades that it declares not to do; ``learnt``: answers received
    about each trade, its own and those of structures like it (:mod:`vivier.belief.learnt`)."""

    kinds: tuple[str, ...] = ()
    naf: str | None = None
    names: tuple[str, ...] = ()
    rungs: Mapping[str, str | None] = field(default_factory=dict)
    refused: frozenset[str] = frozenset()
    learnt: Mapping[str, Tally] = field(default_factory=dict)


@dataclass(frozen=True)
class Clue:
    """A fact, in French, and what it adds to the log-odds of a trade."""

    name: str
    text: str
    odds: float


@dataclass(frozen=True)
class Belief:
    """The probability that a structure does a trade, the bounds that hold nine cases in ten, and the clues whose log-odds add up to it.
    ``basis``: how it is known; of one that is « never » the three numbers are a floor, which nobody may read as a figure."""

    probability: float
    low: float
    high: float
    clues: tuple[Clue, ...]
    basis: Basis = "kind"

    @property
    def observed(self) -> bool:
        """Whether the probability is one: some source, clue or text read is for the trade, or for the broader one."""
        return self.basis != "never"


@dataclass(frozen=True)
class Prior:
    """The share of a kind that does a trade, as if ``weight`` structures had been read; ``seen``: some were."""

    kind: str
    share: float
    weight: float
    seen: bool


@lru_cache(maxsize=1)
def priors() -> Mapping[str, Mapping[str, Prior]]:
    """The table of priors, by kind then by trade."""
    found: dict[str, dict[str, Prior]] = {}
    for row in read_table("belief_priors"):
        prior = Prior(row["kind"], float(row["share"]), float(row["weight"]), row["seen"] == "yes")
        found.setdefault(row["kind"], {})[row["trade"]] = prior
    return found


@lru_cache(maxsize=1)
def strengths() -> Mapping[str, tuple[float, str]]:
    """What each clue adds to log-odds, and what it says in French (``belief_clues.csv``)."""
    return {row["clue"]: (float(row["odds"]), row["text"]) for row in read_table("belief_clues")}


@lru_cache(maxsize=1)
def words() -> Mapping[str, tuple[tuple[str, str], ...]]:
    """The trades that a word of a name lets think of, each with its strength (``belief_words.csv``), by the word without accents or plural."""
    found: dict[str, list[tuple[str, str]]] = {}
    for row in read_table("belief_words"):
        found.setdefault(_singular(fold(row["word"]).casefold()), []).append((row["trade"], row["strength"]))
    return {word: tuple(meant) for word, meant in found.items()}


def belief(known: Known, trade: str, trades: Trades) -> Belief:
    """What is believed of a structure and a trade. Raises ``NotFound`` for an unknown trade."""
    trades.get(trade)
    found = tuple(clues(known, trade, trades))
    odds = sum(clue.odds for clue in found)
    prior = _prior(known.kinds, trade)
    answers = known.learnt.get(trade, Tally()).count if found[-1].name == LEARNT else 0.0
    spread = 1 / ((prior.weight + answers) * max(prior.share * (1 - prior.share), 0.01)) ** 0.5
    measured = _measured(found[-1])
    width = 0.0 if measured else ONE_SIDE * spread
    return Belief(
        bounded(expit(odds)),
        bounded(expit(odds - width)),
        bounded(expit(odds + width)),
        found,
        _basis(known, trade, found, prior, trades),
    )


_OF_CLUES: Final[Mapping[str, Basis]] = {"word": "name", "activity": "register", "told": "near"}


def _basis(known: Known, trade: str, found: tuple[Clue, ...], prior: Prior, trades: Trades) -> Basis:
    """How a probability is known: by the surest of the clues that are for it, else by what is read of its kind."""
    if _measured(found[-1]):
        return "source"
    if found[-1].name == LEARNT:
        return "answers"
    bases = {_OF_CLUES[re.split("[:_]", clue.name)[0]] for clue in found[1:] if clue.odds > 0}
    if bases:
        return next(basis for basis in BASES if basis in bases)
    if prior.seen:
        return "kind"
    table = priors()[prior.kind]
    return "broader" if any(table[above.code].seen for above in trades.ancestors(trade)) else "never"


def beliefs(known: Known, trades: Trades, least: float) -> dict[str, float]:
    """The probability of each trade that reaches ``least``, those never observed left out. A broader trade is at least as probable as those it
    holds. Of the names only what they let think of is read: structures of which the same is known share what is computed."""
    alike = _Alike(
        tuple(sorted(known.kinds)),
        known.naf,
        tuple(sorted((trade, strength) for trade, (_, strength) in dict(_hinted(known.names)).items())),
        tuple(sorted(known.rungs.items(), key=lambda rung: rung[0])),
        known.refused,
        tuple(sorted((code, tally.yes, tally.no) for code, tally in known.learnt.items())),
    )
    return dict(_all(alike, trades, least))


class _Alike(NamedTuple):
    """What the probabilities of a structure depend on."""

    kinds: tuple[str, ...]
    naf: str | None
    hints: tuple[tuple[str, str], ...]
    rungs: tuple[tuple[str, str | None], ...]
    refused: frozenset[str]
    learnt: tuple[tuple[str, float, float], ...]


@lru_cache(maxsize=4096)
def _all(alike: _Alike, trades: Trades, least: float) -> Mapping[str, float]:
    """The probability of every trade that reaches ``least``."""
    known = Known(alike.kinds, alike.naf, rungs=dict(alike.rungs), refused=alike.refused)
    at, codes = _columns(trades)
    odds = _without_names(known.kinds, known.naf, trades).copy()
    seen = _observed(known.kinds, known.naf, trades).copy()
    share = 1.0 if doing(known.kinds) else LENT_KEEPS
    for code, strength in alike.hints:
        added_by_name = strengths()[f"word_{strength}"][0] * share
        odds[at[code]] += added_by_name
        seen[at[code]] |= added_by_name > 0
    if known.rungs:
        added = _of_rungs(known, trades)
        odds += added
        seen |= added > 0
    for code, yes, no in alike.learnt:
        if code in at:
            odds[at[code]] = logit(Tally(yes, no).updated(bounded(expit(odds[at[code]]))))
            seen[at[code]] = True
    if known.rungs:
        for code in {
            above for told in known.rungs for above in (told, *(each.code for each in trades.ancestors(told)))
        }:
            rung = _rung(known, code, trades)
            if rung is not None:
                odds[at[code]] = logit(bounded(_worth(rung[0])))
                seen[at[code]] = True
    if _lends(known.kinds):
        odds[at[STAFFING]] = logit(MOST)
        seen[at[STAFFING]] = True
    for code in known.refused:
        odds[at[code]] = logit(LEAST)
        seen[at[code]] = True
    found = np.where(seen, np.clip(1 / (1 + np.exp(-odds)), LEAST, MOST), 0.0)
    narrow, broad = _above(trades)
    if known.refused:
        done = ~np.isin(broad, [at[code] for code in known.refused])
        narrow, broad = narrow[done], broad[done]
    np.maximum.at(found, broad, found[narrow])
    reached = np.flatnonzero(found >= least)
    return {codes[at]: worth for at, worth in zip(reached.tolist(), found[reached].tolist(), strict=True)}


def _of_rungs(known: Known, trades: Trades) -> npt.NDArray[np.float64]:
    """What the trades told add to the log-odds of each trade beside them."""
    at, codes = _columns(trades)
    added = np.full(len(codes), strengths()["told_others"][0])
    for code, name in _near(known, trades).items():
        added[at[code]] = strengths()[name][0]
    for told in known.rungs:
        for trade in trades.descendants(told):
            if trade.parent == told:
                added[at[trade.code]] = _broader(known, trade.code, told).odds
    return added


@lru_cache(maxsize=1)
def _above(trades: Trades) -> npt.NDArray[np.intp]:
    """The columns of each trade and of each broader one, pair by pair."""
    at, codes = _columns(trades)
    pairs = [(at[code], at[above.code]) for code in codes for above in trades.ancestors(code)]
    return np.array(pairs, np.intp).reshape(-1, 2).T


@lru_cache(maxsize=1)
def _columns(trades: Trades) -> tuple[Mapping[str, int], tuple[str, ...]]:
    codes = tuple(trade.code for trade in trades)
    return {code: at for at, code in enumerate(codes)}, codes


@lru_cache(maxsize=4096)
def _without_names(kinds: tuple[str, ...], naf: str | None, trades: Trades) -> npt.NDArray[np.float64]:
    """The log-odds of each trade by kind and activity code alone: thousands of structures share them."""
    known = Known(kinds=kinds, naf=naf)
    return np.array([sum(clue.odds for clue in clues(known, trade.code, trades)) for trade in trades])


@lru_cache(maxsize=4096)
def _observed(kinds: tuple[str, ...], naf: str | None, trades: Trades) -> npt.NDArray[np.bool_]:
    """Whether each trade is observed by kind and activity code alone."""
    known = Known(kinds=kinds, naf=naf)
    return np.array([belief(known, trade.code, trades).observed for trade in trades])


def clues(known: Known, trade: str, trades: Trades) -> Iterator[Clue]:
    """The clues on a trade, the prior first, what answers teach last: their log-odds add up to those of the belief."""
    found = tuple(_clues(known, trade, trades, dict(_hinted(known.names)), _near(known, trades), _activity(known.naf)))
    yield from found
    tally = known.learnt.get(trade)
    if tally is not None and not _measured(found[-1]):
        odds = sum(clue.odds for clue in found)
        yield Clue(LEARNT, _LEARNT_TEXT, logit(tally.updated(bounded(expit(odds)))) - odds)


def _measured(last: Clue) -> bool:
    """Whether the last clue settles the trade: a rung, or a refusal."""
    return last.name == "refused" or last.name.startswith("rung:")


def _clues(
    known: Known,
    trade: str,
    trades: Trades,
    hinted: Mapping[str, tuple[str, str]],
    near: Mapping[str, str],
    activity: tuple[str | None, str | None],
) -> Iterator[Clue]:
    prior = _prior(known.kinds, trade)
    start = logit(prior.share)
    who = "autres entreprises" if prior.kind == OTHER else prior.kind
    share = percent(round(prior.share, 2)) if prior.share >= 0.01 else f"moins de {percent(0.01)}"
    yield Clue("prior", f"métier exercé par {share} des {who}", start)
    if trade in known.refused:
        yield Clue("refused", "déclare ne pas le faire", logit(LEAST) - start)
        return
    if trade == STAFFING and _lends(known.kinds):
        yield Clue(BY_LAW, EVIDENCES["statute"], logit(MOST) - start)
        return
    rung = _rung(known, trade, trades)
    if rung is not None:
        code, text = rung
        yield Clue(f"rung:{code or 'unstated'}", text, logit(bounded(_worth(code))) - start)
        return
    named, family = activity
    if named is not None or family is not None:
        same = named is not None and (named == trade or trade in {above.code for above in trades.ancestors(named)})
        if same:
            yield _clue("activity")
        elif trades.get(trade).group == (trades.get(named).group if named is not None else family):
            yield _clue("activity_family")
        else:
            yield _clue("activity_other")
    if trade in hinted:
        word, strength = hinted[trade]
        odds, text = strengths()[f"word_{strength}"]
        yield Clue(f"word:{word}", text.format(word=word), odds * (1.0 if doing(known.kinds) else LENT_KEEPS))
    if known.rungs:
        parent = trades.get(trade).parent
        if parent is not None and parent in known.rungs:
            yield _broader(known, trade, parent)
        else:
            yield _clue(near.get(trade, "told_others"))


def _lends(kinds: Iterable[str]) -> bool:
    """Whether the statute of one of these kinds provides that it lends people, whatever the trade."""
    return any(kind in lending("any_trade") for kind in kinds)


def _broader(known: Known, trade: str, parent: str) -> Clue:
    """The clue that the broader trade gives when it is told: the share of those who do it, whatever their kind, that do the narrower one too,
    as surely as the broader one is known."""
    narrow, broad = (_prior((), code).share for code in (trade, parent))
    share = min(0.9, narrow / max(broad, narrow)) * _worth(known.rungs[parent])
    prior = _prior(known.kinds, trade).share
    return Clue("told_broader", "fait le métier plus large", logit(share) - logit(prior))


def _worth(rung: str | None) -> float:
    """The precision of a rung; that of an evidence not stated when no rung has that name any more."""
    return precision(rung if rung in EVIDENCES else None, value("trade_unmeasured"))


def doing(kinds: Iterable[str]) -> bool:
    """Whether a structure of these kinds does the work itself, which the words of its name may then tell: one that only lends people or hires
    them for others does not."""
    return not frozenset(kinds) <= _ONLY_LENDING or not frozenset(kinds)


_ONLY_LENDING: Final = frozenset(("ETTI", "EATT", "GEIQ"))


def _clue(name: str) -> Clue:
    odds, text = strengths()[name]
    return Clue(name, text, odds)


def _activity(naf: str | None) -> tuple[str | None, str | None]:
    found = None if naf is None else supposed(naf)
    return (None, None) if found is None else (found.trade, found.family)


def _near(known: Known, trades: Trades) -> Mapping[str, str]:
    """The clue that the trades told give on each trade near them."""
    if not known.rungs:
        return {}
    near = near_trades(tuple(sorted(known.rungs)), trades)
    return {**dict.fromkeys(near.family, "told_family"), **dict.fromkeys(near.close, "told_sibling")}


def _rung(known: Known, trade: str, trades: Trades) -> tuple[str | None, str] | None:
    """The evidence of a trade, or of the surest narrower one."""
    held = (trade, *(narrower.code for narrower in trades.descendants(trade)))
    rungs = [known.rungs[code] for code in held if code in known.rungs and known.rungs[code] != SUPPOSED]
    if not rungs:
        return None
    best = next((rung for rung in EVIDENCES if rung in rungs), None)
    return best, "preuve non précisée" if best is None else EVIDENCES[best]


def _prior(kinds: Iterable[str], trade: str) -> Prior:
    """The greatest of its kinds, in whichever order they are known; of equal ones, that which a text tells."""
    table = priors()
    known = [kind for kind in kinds if kind in table] or [OTHER]
    return max((table[kind][trade] for kind in known), key=lambda prior: (prior.share, prior.seen, prior.kind))


def _hinted(names: Iterable[str]) -> Iterator[tuple[str, tuple[str, str]]]:
    """Each trade that some word of the names lets think of, with that word and its strength; the strongest comes last."""
    table, rank = words(), ("slight", "fair", "strong", "against")
    found: list[tuple[int, str, str, str]] = []
    for name in names:
        for token in _LETTERS.findall(fold(name).casefold()):
            for word in _candidates(token):
                found += [(rank.index(strength), trade, token, strength) for trade, strength in table.get(word, ())]
    yield from ((trade, (word, strength)) for _, trade, word, strength in sorted(found))


@lru_cache(maxsize=65_536)
def _candidates(token: str) -> tuple[str, ...]:
    """The words of the table that a word of a name is, or begins with."""
    own = _singular(token)
    begun = (own[:length] for length in range(_PREFIX, len(own)))
    return tuple(word for word in (own, *begun) if word in words())


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 4 and word[-1] in "sx" else word
