"""The labels that a supplier holds and that a contract may ask for: the trades they bear on, and the purchases for which they are a reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final

from vivier.contracts.objects import has_words, object_title, objects_with, trades_of
from vivier.french import enumerated, quoted
from vivier.law.labels import LABELS
from vivier.lexicon import Lexicon
from vivier.model.views import SupplierView
from vivier.search.find import Reason
from vivier.search.operators import Collection, Operator, Terms
from vivier.trades.table import Trade
from vivier.validity import holds_on

GREEN: Final = Terms("provisions", ("environmental",))
"""The purchase bears an environmental provision: a criterion, a condition of performance or a specification."""


@cache
def label_words() -> Mapping[str, tuple[str, ...]]:
    """Phrases by which an object asks for each label [ours]: contracts publish no other requirement."""
    return {label.code: label.words for label in LABELS.values() if label.words}


@dataclass(frozen=True)
class HeldLabel:
    """A label, with the domain of its qualification or certificate when a source gives one."""

    code: str
    domain: str | None = None


def held_labels(record: SupplierView, as_of: date) -> tuple[HeldLabel, ...]:
    """The labels of a supplier in force on a day that a contract may ask for."""
    values = (fact["value"] for fact in record.get("labels", ()))
    found = (HeldLabel(value["code"], value.get("domain")) for value in values if holds_on(value, as_of))
    return given_labels(found)


def given_labels(labels: Iterable[HeldLabel]) -> tuple[HeldLabel, ...]:
    """Those that a contract may ask for, each once."""
    fitting = (label for label in labels if label.code in LABELS and LABELS[label.code].asks != "nothing")
    return tuple(dict.fromkeys(fitting))


def is_ordinary(codes: Iterable[str], kinds: Iterable[str]) -> bool:
    """Whether labels, in force or ended, are those of an ordinary company: no kind is known, and no label lets suppose one (ESUS, RSEi)."""
    known = [LABELS[code] for code in codes if code in LABELS]
    return (
        bool(known) and not any(kinds) and all(label.family != "social" or label.asks != "nothing" for label in known)
    )


def trades_of_labels(labels: Iterable[HeldLabel], lexicon: Lexicon) -> tuple[str, ...]:
    """Codes of the trades that labels bear on: those of the domain when it names some, else all those of the label."""
    return tuple(dict.fromkeys(trade.code for label in labels for trade in _trades_of(label, lexicon)))


def _trades_of(label: HeldLabel, lexicon: Lexicon) -> Iterable[Trade]:
    by_domain = {"RGE": lexicon.trades.by_rge, "BIO": lexicon.trades.by_bio}.get(label.code)
    places = set(LABELS[label.code].trades)
    every = (trade for trade in lexicon.trades if {trade.code, trade.group} & places)
    return (by_domain(label.domain) if by_domain and label.domain else ()) or every


def names_label(code: str, lexicon: Lexicon, collection: Collection) -> Operator:
    """The objects that name a label, one of :func:`label_words`."""
    return objects_with(label_words()[code], lexicon, collection)


def label_reason(
    record: Mapping[str, Any], labels: tuple[HeldLabel, ...], wanted: Iterable[str], lexicon: Lexicon
) -> Iterator[Reason]:
    """Why a purchase suits who holds labels: its object names one, or it bears an environmental provision in a trade that one bears on.
    ``wanted``: trades of the profile, that its words mean when its CPV does not."""
    named = [label for label in labels if has_words(label_words().get(label.code, ()), object_title(record), lexicon)]
    if named:
        yield Reason("label", f"label nommé dans l'objet, que vous détenez : {_names(named)}")
        return
    if not any(piece["provision"] == "environmental" for piece in record.get("evidence", ())):
        return
    meant = set(trades_of(record, lexicon))
    if meant.isdisjoint(below.code for code in wanted for below in lexicon.trades.descendants(code)):
        meant.update(wanted)
    bearing = [label for label in labels if meant.intersection(trades_of_labels((label,), lexicon))]
    if bearing:
        yield Reason("label", f"votre label répond à la considération environnementale : {_names(bearing)}", True)


def _names(labels: Iterable[HeldLabel]) -> str:
    return enumerated([quoted(LABELS[code].name) for code in dict.fromkeys(label.code for label in labels)], "et")
