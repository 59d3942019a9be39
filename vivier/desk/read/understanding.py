"""Reads the meaning of a line of a programme: trades, place and figures, each with a confidence, so that the user can correct it
before anything is counted. No choice is silent: an uncertain reading is reported with its alternatives."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, Literal

from vivier.desk.method.duties import exception_errors
from vivier.desk.read.amounts import Amount
from vivier.desk.read.line_figures import Category, category_of, read_figures
from vivier.desk.read.lot_settings import Own, own_settings
from vivier.desk.read.programme import Row
from vivier.desk.read.quarters import has_quarter, plain_place, quarter_of
from vivier.desk.read.second_trades import SecondTrade, second_trades
from vivier.errors import FieldError, InvalidRequest
from vivier.french import percent
from vivier.lexicon import Lexicon
from vivier.needs import Need, resolve_need
from vivier.needs.resolve import OUTSIDE
from vivier.territory import Territory
from vivier.territory.resolve import resolve
from vivier.trades.cpv import load_cpv, parse_cpvs
from vivier.trades.table import fold

METHOD_VERSION: Final = "programme-2"
State = Literal["ready", "to_confirm", "to_correct", "outside"]
STATES: Final[dict[State, str]] = {
    "ready": "compris",
    "to_confirm": "compris, à confirmer",
    "to_correct": "à corriger : non compté",
    "outside": "hors du champ de l'annuaire : ni réservation, ni clause",
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
    alternatives, ``second_trades`` those that a part of the object asks for besides. ``money``: the amount over the whole duration,
    with its bounds; ``partial_amount``: it is that of one year, and the duration is unknown. ``own``: the settings that the line
    says for itself. ``remarks``: readings that are certain, and told; ``outside``: what is bought, when no trade of inclusion sells it."""

    row: Row
    text: str
    trades: tuple[Choice, ...]
    other_trades: tuple[Choice, ...]
    territories: tuple[Choice, ...]
    other_territories: tuple[Choice, ...]
    cpv: tuple[str, ...]
    money: Amount | None
    months: int | None
    category: Category
    kind: Literal["marche", "concession"]
    supposed_category: bool
    errors: tuple[FieldError, ...]
    doubts: tuple[str, ...]
    partial_amount: bool = False
    own: Own = field(default_factory=Own)
    second_trades: tuple[Choice, ...] = ()
    remarks: tuple[str, ...] = ()
    outside: str = ""

    @property
    def counted(self) -> bool:
        """Whether the line is studied: neither to correct, nor out of the scope of the directory."""
        return self.state in ("ready", "to_confirm")

    @property
    def amount(self) -> float | None:
        """The amount to which capacity and thresholds are held, euros HT: the highest that is told; ``None`` is unknown."""
        return None if self.money is None else self.money.counted

    @property
    def labour_share(self) -> float | None:
        """The share of labour that the line says, in ]0, 1]."""
        return self.own.labour_share

    @property
    def launched(self) -> date | None:
        """The day of launch that the line says."""
        return self.own.launched

    @property
    def state(self) -> State:
        """Whether the line is counted as it is, counted with a reported doubt, or not counted until it is corrected."""
        if self.outside and not self.errors:
            return "outside"
        if self.errors or not self.trades or not self.territories:
            return "to_correct"
        return "to_confirm" if self.doubts else "ready"

    @property
    def notes(self) -> tuple[str, ...]:
        """French notes: doubts, remarks, how several trades or places are counted, and a category that was only inferred."""
        several = (
            "Plusieurs métiers dans un lot : chacun est compté à part et tenu pour tout le montant, l'avis suit le plus faible "
            "(réponse en groupement) ; pensez à scinder."
        )
        either = "Plusieurs lieux : comptent les structures qui couvrent l'un ou l'autre."
        remarks = ((several, len(self.trades)), (either, len(self.territories)))
        supposed = self.supposed_category and self.category != "services"
        nature = f"Nature du marché supposée d'après le métier : {self.category} (seuils européens)."
        return (
            *self.doubts,
            *self.remarks,
            *(text for text, count in remarks if count > 1),
            *((nature,) if supposed else ()),
        )

    @property
    def name(self) -> str:
        """« lot 3 », else « ligne 7 », its line in the file; in a workbook of several sheets, with the sheet."""
        name = f"lot {self.row.get('lot')}" if self.row.get("lot") else f"ligne {self.row.line}"
        return f"{name} (feuille {self.row.get('sheet')})" if self.row.get("sheet") else name


@dataclass(frozen=True)
class _Part:
    """One part of a reading, with its errors and its doubts."""

    errors: tuple[FieldError, ...] = ()
    doubts: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Trades(_Part):
    chosen: tuple[Choice, ...] = ()
    others: tuple[Choice, ...] = ()
    cpv: tuple[str, ...] = ()
    second: tuple[Choice, ...] = ()


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
    own, wrong, mentions = own_settings(row.values)
    outside = "" if trades.chosen else next((text for text in need.warnings if text.startswith(OUTSIDE)), "")
    if outside:
        trades, places = replace(trades, errors=()), replace(places, errors=())
    natures = tuple(lexicon.trades.get(choice.code).nature[0] for choice in trades.chosen)
    category, supposed = category_of(row, trades.cpv, natures)
    parts = (trades, places, figures, _Part((*wrong, *exception_errors(own.exception, category)), (), mentions))
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
        category,
        "concession" if "concession" in fold(f"{row.get('kind')} {row.get('category')}") else "marche",
        supposed,
        tuple(error for part in parts for error in part.errors),
        tuple(doubt for part in parts for doubt in part.doubts),
        figures.partial,
        own,
        trades.second,
        tuple(remark for part in parts for remark in part.remarks),
        outside,
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
        stated = _stated_trade(row.get("trade"), cpv, doubts, others, lexicon)
        more = second_trades(row.get("text")[:LONGEST_TEXT], [choice.code for choice in stated.chosen], lexicon)
        second = tuple(Choice(found.code, found.label, found.confidence) for found in more)
        others = _left(stated.chosen, (*second, *stated.others))
        return replace(stated, remarks=tuple(map(_second, more)), others=others, second=second)
    by_cpv = _by_cpv(cpv, lexicon)
    read = tuple(Choice(match.id, match.label, match.confidence) for match in need.sectors)
    if not read and by_cpv:
        noted = (*doubts, "Métier lu dans le code CPV.") if row.get("text") else doubts
        return _Trades(doubts=noted, chosen=by_cpv[:1], others=_left(by_cpv, (*by_cpv[1:], *others)), cpv=cpv)
    if not read:
        return _Trades((_no_trade(need),), doubts, others=others, cpv=cpv)
    agreed = any(choice.code in {other.code for other in by_cpv} for choice in read)
    if by_cpv and not agreed:
        doubts = (*doubts, f"L'objet dit « {read[0].label} », le code CPV « {by_cpv[0].label} ».")
    if need.status != "auto" and not agreed:
        doubts = (*doubts, f"Métier à confirmer ({percent(read[0].confidence)}).")
    more = second_trades(row.get("text")[:LONGEST_TEXT], [choice.code for choice in read], lexicon)
    doubts = (*doubts, *(_second(found) for found in more if found.sure))
    second = tuple(Choice(found.code, found.label, found.confidence) for found in more)
    known = (*second, *others, *by_cpv) if agreed else (*second, *by_cpv, *others)
    return _Trades(
        doubts=doubts,
        remarks=tuple(_second(found) for found in more if not found.sure),
        chosen=read,
        others=_left(read, known),
        cpv=cpv,
        second=second,
    )


def _second(found: SecondTrade) -> str:
    """What is told of a trade that a part of the object asks for."""
    sure = "" if found.sure else " peut-être"
    return f"« {found.part[:80]} » demande{sure} aussi un autre métier, non compté : {found.label}. Ajoutez-le, ou scindez le lot."


def _left(chosen: tuple[Choice, ...], others: tuple[Choice, ...]) -> tuple[Choice, ...]:
    taken = {choice.code for choice in chosen}
    return tuple({choice.code: choice for choice in others if choice.code not in taken}.values())[:6]


def _stated_trade(
    stated: str, cpv: tuple[str, ...], doubts: tuple[str, ...], others: tuple[Choice, ...], lexicon: Lexicon
) -> _Trades:
    codes = [_trade_code(word.strip(), lexicon) for word in stated.split("|")]
    if all(codes):
        chosen = tuple(Choice(code, lexicon.trade_names[code], 1.0) for code in dict.fromkeys(filter(None, codes)))
        return _Trades(doubts=doubts, chosen=chosen, others=_left(chosen, others), cpv=cpv)
    need = resolve_need(stated, lexicon)
    chosen = tuple(Choice(match.id, match.label, match.confidence) for match in need.sectors)
    nearest = tuple(Choice(match.id, match.label, match.confidence) for match in need.alternatives)
    if not chosen:
        return _Trades((_no_trade(need),), doubts, others=_left((), (*others, *nearest)), cpv=cpv)
    unsure = () if need.status == "auto" else (f"Métier « {stated[:80]} » à confirmer.",)
    return _Trades(doubts=(*doubts, *unsure), chosen=chosen, others=_left(chosen, (*nearest, *others)), cpv=cpv)


def _trade_code(word: str, lexicon: Lexicon) -> str | None:
    """The trade of a code or of its exact name, as a list of a page writes it; ``None`` for other words."""
    if word in lexicon.trade_names:
        return word
    return next((code for code, name in lexicon.trade_names.items() if name.casefold() == word.casefold()), None)


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
        read = _stated_place(row.get("place"), lexicon)
        quarter = has_quarter(row.get("text")) and not has_quarter(row.get("place"))
        return replace(read, remarks=(*read.remarks, _QUARTER)) if quarter else read
    places = sorted(need.territory.places, key=lambda place: place.territory is None and not place.together)
    for place in (place for place in places if not (place.doubtful and default)):
        near = tuple(Choice(candidate.id, candidate.label, candidate.score) for candidate in place.candidates)
        if place.territory is not None or place.together:
            chosen = near if place.together else tuple(choice for choice in near if choice.code == place.territory)
            return _Places(chosen=chosen, others=_left(chosen, near), doubts=_distances(need))
        return _Places((_which(place.text, near),), others=near)
    if default:
        return _stated_place(default, lexicon)
    message = "Aucun lieu : donnez une commune, un département ou une région."
    return _Places((FieldError("place", "missing", message),))


_QUARTER: Final = (
    "Le quartier que nomme l'objet n'est pas délimité ici : les structures sont comptées pour le lieu de la ligne."
)


def place_of(text: str, lexicon: Lexicon) -> tuple[Choice, ...]:
    """The territories that a place as typed means: « Rennes », « 35 », « Ille-et-Vilaine et Morbihan ». Raises ``InvalidRequest`` naming
    « place » when it is unknown or may be several."""
    found = _stated_place(text, lexicon)
    if found.errors:
        raise InvalidRequest(found.errors)
    return found.chosen


def _distances(need: Need) -> tuple[str, ...]:
    """French notes on distances and travel times, which are not applied: an advice counts the structures that serve a territory."""
    spans = (*(span for distance in need.distances for span in distance.spans), *need.travel_times)
    return tuple(
        f"« {span.text} » n'est pas appliqué : l'étude compte les structures qui servent le lieu." for span in spans
    )


def _stated_place(text: str, lexicon: Lexicon) -> _Places:
    whole = _one_place(text, lexicon)
    if has_quarter(text) and not _sole(text, lexicon) and (finer := _finer_place(text, whole, lexicon)) is not None:
        return finer
    names = [name for name in _SEVERAL.split(text) if name]
    if not whole.errors:
        return whole
    read = [_one_place(name, lexicon) for name in names[:20]] if len(names) > 1 else []
    if not read or any(place.errors for place in read):
        wrong = whole if whole.others or not read else next(place for place in read if place.errors)
        return _finer_place(text, wrong, lexicon) or wrong
    chosen = tuple({choice.code: choice for place in read for choice in place.chosen}.values())
    return _Places(chosen=chosen, doubts=tuple(doubt for place in read for doubt in place.doubts))


def _finer_place(text: str, wrong: _Places, lexicon: Lexicon) -> _Places | None:
    """The commune of a place that names a quarter; ``None`` when there is none, or when what is left may be another place."""
    bare = plain_place(text)
    if bare != text and not (read := _one_place(bare, lexicon)).errors:
        return read
    found = quarter_of(text, lambda name: _sole(name, lexicon))
    if found is None:
        if not has_quarter(text):
            return None
        message = f"Quartier « {text[:80]} » : donnez aussi sa commune, par exemple « quartier de Maurepas à Rennes »."
        return replace(wrong, errors=(FieldError("place", "unknown_place", message),))
    if not found.named and wrong.others:
        return None
    read = _one_place(found.place, lexicon)
    where = read.chosen[0].label
    if found.named:
        described = f"« {found.rest[:60]} » : les quartiers ne sont pas délimités ici, les structures sont comptées pour {where}."
        return replace(read, remarks=(*read.remarks, described))
    doubt = f"« {found.rest[:60]} » n'est pas un lieu connu ici (un quartier ?) : les structures sont comptées pour {where}."
    return replace(read, doubts=(*read.doubts, doubt))


def _sole(name: str, lexicon: Lexicon) -> bool:
    """Whether a name is that of one territory and no other, as written."""
    found = resolve(name, lexicon.gazetteer)
    return found.territory is not None and found.via not in ("alike", "prefix", "epci_name")


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
    meant = _meant(text, [candidate.territory for candidate in found.candidates])
    if meant is not None:
        chosen = tuple(choice for choice in near if choice.code == meant.id)
        message = f"Lieu « {text[:80]} » lu « {chosen[0].label} », de loin le plus peuplé des lieux possibles."
        return _Places(doubts=(message,), chosen=chosen, others=_left(chosen, near))
    return _Places((_which(text, near),), others=near)


def _meant(text: str, candidates: Sequence[Territory]) -> Territory | None:
    """The place that a name alone most likely means: its name begins with these words, and it has ten times the people of any other
    that does. ``None`` when several are as likely."""
    words = _words(text)
    named = [place for place in candidates if words and _words(place.name)[: len(words)] == words]
    people = sorted(((place.population or 0, place.id) for place in named), reverse=True)
    if not people or people[0][0] < 10 * max(people[1][0] if len(people) > 1 else 0, 1):
        return None
    return next(place for place in named if place.id == people[0][1])


def _words(name: str) -> list[str]:
    return fold(name).replace("-", " ").split()


def _which(text: str, near: tuple[Choice, ...]) -> FieldError:
    codes = tuple(choice.code for choice in near[:8])
    if not near:
        return FieldError("place", "unknown_place", f"Lieu « {text[:80]} » inconnu : corrigez-le.")
    listed = ", ".join(choice.label for choice in near[:4])
    message = f"Lieu « {text[:80]} » ambigu : lequel ? {listed}{'…' if len(near) > 4 else ''}."
    return FieldError("place", "ambiguous_place", message, codes, codes[0])
