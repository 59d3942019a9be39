"""Reads the meaning of a line of a programme: trades, place and figures, each with a confidence, so that the user can correct it
before anything is counted. No choice is silent: an uncertain reading is reported with its alternatives."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal

from vivier.desk.read.line_figures import Category, category_of, read_figures
from vivier.desk.read.programme import Row
from vivier.errors import FieldError, InvalidRequest
from vivier.french import percent
from vivier.lexicon import Lexicon
from vivier.needs import Need, resolve_need
from vivier.territory.resolve import resolve
from vivier.trades.cpv import load_cpv, parse_cpvs
from vivier.trades.table import fold

METHOD_VERSION: Final = "programme-1"
State = Literal["ready", "to_confirm", "to_correct"]
STATES: Final[dict[State, str]] = {
    "ready": "compris",
    "to_confirm": "compris, à confirmer",
    "to_correct": "à corriger : non compté",
}
_SEVERAL = re.compile(r"\s*[;,/]\s*|\s+et\s+")
LONGEST_TEXT: Final = 2_000


@dataclass(frozen=True)
class Choice:
    """A trade or a territory that a line may mean. ``confidence`` in [0, 1]."""

    code: str
    label: str
    confidence: float


@dataclass(frozen=True)
class Line:
    """The reading of one line. ``trades`` and ``territories`` are counted; ``other_trades`` and ``other_territories`` are the
    alternatives. ``partial_amount``: the amount is that of one year, and the duration is unknown."""

    row: Row
    text: str
    trades: tuple[Choice, ...]
    other_trades: tuple[Choice, ...]
    territories: tuple[Choice, ...]
    other_territories: tuple[Choice, ...]
    cpv: tuple[str, ...]
    amount: float | None
    months: int | None
    labour_share: float | None
    category: Category
    kind: Literal["marche", "concession"]
    launched: date | None
    supposed_category: bool
    errors: tuple[FieldError, ...]
    doubts: tuple[str, ...]
    partial_amount: bool = False

    @property
    def state(self) -> State:
        """Whether the line is counted as it is, counted with a reported doubt, or not counted until it is corrected."""
        if self.errors or not self.trades or not self.territories:
            return "to_correct"
        return "to_confirm" if self.doubts else "ready"

    @property
    def notes(self) -> tuple[str, ...]:
        """French notes: doubts, how several trades or places are counted, and a category that was only inferred."""
        several = (
            "Plusieurs métiers dans un lot : chacun est compté à part et tenu pour tout le montant, l'avis suit le plus faible "
            "(réponse en groupement) ; pensez à scinder."
        )
        either = "Plusieurs lieux : comptent les structures qui couvrent l'un ou l'autre."
        remarks = ((several, len(self.trades)), (either, len(self.territories)))
        supposed = self.supposed_category and self.category != "services"
        nature = f"Nature du marché supposée d'après le métier : {self.category} (seuils européens)."
        return (*self.doubts, *(text for text, count in remarks if count > 1), *((nature,) if supposed else ()))

    @property
    def name(self) -> str:
        """« lot 3 », else « ligne 7 », its line in the file."""
        return f"lot {self.row.get('lot')}" if self.row.get("lot") else f"ligne {self.row.line}"


@dataclass(frozen=True)
class _Part:
    """One part of a reading, with its errors and its doubts."""

    errors: tuple[FieldError, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Trades(_Part):
    chosen: tuple[Choice, ...] = ()
    others: tuple[Choice, ...] = ()
    cpv: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Places(_Part):
    chosen: tuple[Choice, ...] = ()
    others: tuple[Choice, ...] = ()


def understand(row: Row, lexicon: Lexicon, default_place: str = "") -> Line:
    """Reads one line. Never raises: errors are in ``errors``, by column. ``default_place`` is used when the line has no place."""
    text = row.get("text")[:LONGEST_TEXT]
    need = resolve_need(text, lexicon)
    trades, places, figures = (
        _trades(row, need, lexicon),
        _places(row, need, lexicon, default_place),
        read_figures(row, need),
    )
    parts = (trades, places, figures)
    natures = tuple(lexicon.trades.get(choice.code).nature[0] for choice in trades.chosen)
    category, supposed = category_of(row, trades.cpv, natures)
    return Line(
        row,
        text or row.get("trade") or row.get("cpv"),
        trades.chosen,
        trades.others,
        places.chosen,
        places.others,
        trades.cpv,
        figures.amount,
        figures.months,
        figures.labour_share,
        category,
        "concession" if "concession" in fold(f"{row.get('kind')} {row.get('category')}") else "marche",
        figures.launched,
        supposed,
        tuple(error for part in parts for error in part.errors),
        tuple(doubt for part in parts for doubt in part.doubts),
        figures.partial,
    )


def corrected(row: Row, changes: Mapping[str, str]) -> Row:
    """The line with the user's corrections. An empty correction changes nothing, « - » empties the cell."""
    given = {name: text.strip() for name, text in changes.items() if text.strip()}
    values = {**row.values, **{name: "" if text == "-" else text for name, text in given.items()}}
    return replace(row, values={name: text for name, text in values.items() if text})


def as_row(line: Line) -> Row:
    """The line with the codes of its trades and the ids of its places written in its cells, so that reading it again gives the
    same result. Cells that could not be read stay as they were typed."""
    values = dict(line.row.values)
    if line.trades:
        values["trade"] = "|".join(choice.code for choice in line.trades)
    if line.territories:
        values["place"] = ", ".join(choice.code for choice in line.territories)
    return replace(line.row, values=values)


# -- trades ------------------------------------------------------------------------------------------------------------


def _trades(row: Row, need: Need, lexicon: Lexicon) -> _Trades:
    cpv, doubts = _cpvs(row, need)
    others = tuple(Choice(match.id, match.label, match.confidence) for match in (*need.sectors, *need.alternatives))
    if row.get("trade"):
        return _stated_trade(row.get("trade"), cpv, doubts, others, lexicon)
    by_cpv = _by_cpv(cpv, lexicon)
    read = tuple(Choice(match.id, match.label, match.confidence) for match in need.sectors)
    if not read and by_cpv:
        noted = (*doubts, "Métier lu dans le code CPV.") if row.get("text") else doubts
        return _Trades(doubts=noted, chosen=by_cpv[:1], others=_left(by_cpv, (*by_cpv[1:], *others)), cpv=cpv)
    if not read:
        return _Trades((_no_trade(need),), doubts, (), others, cpv)
    agreed = tuple(choice for choice in read if choice.code in {other.code for other in by_cpv})
    if agreed:
        return _Trades(doubts=doubts, chosen=read, others=_left(read, (*others, *by_cpv)), cpv=cpv)
    if by_cpv:
        doubts = (*doubts, f"L'objet dit « {read[0].label} », le code CPV « {by_cpv[0].label} ».")
    if need.status != "auto":
        doubts = (*doubts, f"Métier à confirmer ({percent(read[0].confidence)}).")
    return _Trades(doubts=doubts, chosen=read, others=_left(read, (*by_cpv, *others)), cpv=cpv)


def _left(chosen: tuple[Choice, ...], others: tuple[Choice, ...]) -> tuple[Choice, ...]:
    taken = {choice.code for choice in chosen}
    return tuple({choice.code: choice for choice in others if choice.code not in taken}.values())[:6]


def _stated_trade(
    stated: str, cpv: tuple[str, ...], doubts: tuple[str, ...], others: tuple[Choice, ...], lexicon: Lexicon
) -> _Trades:
    codes = [stated] if stated in lexicon.trade_names else [word.strip() for word in stated.split("|")]
    if all(code in lexicon.trade_names for code in codes):
        chosen = tuple(Choice(code, lexicon.trade_names[code], 1.0) for code in codes)
        return _Trades(doubts=doubts, chosen=chosen, others=_left(chosen, others), cpv=cpv)
    need = resolve_need(stated, lexicon)
    chosen = tuple(Choice(match.id, match.label, match.confidence) for match in need.sectors)
    nearest = tuple(Choice(match.id, match.label, match.confidence) for match in need.alternatives)
    if not chosen:
        return _Trades((_no_trade(need),), doubts, (), _left((), (*others, *nearest)), cpv)
    unsure = () if need.status == "auto" else (f"Métier « {stated[:80]} » à confirmer.",)
    return _Trades(doubts=(*doubts, *unsure), chosen=chosen, others=_left(chosen, (*nearest, *others)), cpv=cpv)


def _no_trade(need: Need) -> FieldError:
    nearest = tuple(match.id for match in need.alternatives)
    proposed = f" Les plus proches : {', '.join(match.label for match in need.alternatives[:3])}." if nearest else ""
    message = f"Aucun métier n'est reconnu avec assez de certitude : choisissez-le.{proposed}"
    return FieldError("trade", "unresolved", message, nearest, nearest[0] if nearest else None)


def _cpvs(row: Row, need: Need) -> tuple[tuple[str, ...], tuple[str, ...]]:
    written = row.get("cpv")
    if not written:
        return tuple(match.code for match in need.cpv if match.spans), ()
    try:
        found = parse_cpvs(written)
    except InvalidRequest:
        found = ()
    if not found:
        return (), (f"Code CPV « {written[:40]} » illisible : laissé de côté.",)
    known = {code: load_cpv().nearest(code) for code in found}
    doubts = tuple(
        f"Le code CPV {code} n'existe pas : " + ("laissé de côté." if near is None else f"lu comme {near}.")
        for code, near in known.items()
        if near != code
    )
    return tuple(dict.fromkeys(near for near in known.values() if near is not None)), doubts


def _by_cpv(codes: tuple[str, ...], lexicon: Lexicon) -> tuple[Choice, ...]:
    best: dict[str, Choice] = {}
    for code in codes:
        for trade, weight in lexicon.trades.by_cpv(code):
            best.setdefault(trade.code, Choice(trade.code, trade.name, weight))
    return tuple(best.values())


# -- place -------------------------------------------------------------------------------------------------------------


def _places(row: Row, need: Need, lexicon: Lexicon, default: str) -> _Places:
    if row.get("place"):
        return _stated_place(row.get("place"), lexicon)
    places = sorted(need.territory.places, key=lambda place: place.territory is None and not place.together)
    for place in (place for place in places if not (place.doubtful and default)):
        near = tuple(Choice(candidate.id, candidate.label, candidate.score) for candidate in place.candidates)
        if place.territory is not None or place.together:
            chosen = near if place.together else tuple(choice for choice in near if choice.code == place.territory)
            return _Places(chosen=chosen, others=_left(chosen, near), doubts=_distances(need))
        return _Places((_which(place.text, near),), (), (), near)
    if default:
        return _stated_place(default, lexicon)
    message = "Aucun lieu : donnez une commune, un département ou une région."
    return _Places((FieldError("place", "missing", message),))


def _distances(need: Need) -> tuple[str, ...]:
    """French notes on distances and travel times, which are not applied: an advice counts the structures that serve a territory."""
    spans = (*(span for distance in need.distances for span in distance.spans), *need.travel_times)
    return tuple(
        f"« {span.text} » n'est pas appliqué : l'étude compte les structures qui servent le lieu." for span in spans
    )


def _stated_place(text: str, lexicon: Lexicon) -> _Places:
    whole = _one_place(text, lexicon)
    names = [name for name in _SEVERAL.split(text) if name]
    if not whole.errors or len(names) < 2:
        return whole
    read = [_one_place(name, lexicon) for name in names[:20]]
    if any(place.errors for place in read):
        return whole if whole.others else next(place for place in read if place.errors)
    chosen = tuple({choice.code: choice for place in read for choice in place.chosen}.values())
    return _Places(chosen=chosen, doubts=tuple(doubt for place in read for doubt in place.doubts))


def _one_place(text: str, lexicon: Lexicon) -> _Places:
    found = resolve(text, lexicon.gazetteer)
    near = tuple(Choice(candidate.territory.id, candidate.label_fr, candidate.score) for candidate in found.candidates)
    if found.territory is not None:
        chosen = tuple(choice for choice in near if choice.code == found.territory.id)
        chosen = chosen or (Choice(found.territory.id, found.territory.name, 1.0),)
        doubt = () if found.via not in ("alike", "prefix") else (f"Lieu « {text[:80]} » lu « {chosen[0].label} ».",)
        return _Places(doubts=doubt, chosen=chosen, others=_left(chosen, near))
    if found.together:
        return _Places(chosen=near)
    return _Places((_which(text, near),), (), (), near)


def _which(text: str, near: tuple[Choice, ...]) -> FieldError:
    codes = tuple(choice.code for choice in near[:8])
    if not near:
        return FieldError("place", "unknown_place", f"Lieu « {text[:80]} » inconnu : corrigez-le.")
    listed = ", ".join(choice.label for choice in near[:4])
    message = f"Lieu « {text[:80]} » ambigu : lequel ? {listed}{'…' if len(near) > 4 else ''}."
    return FieldError("place", "ambiguous_place", message, codes, codes[0])
