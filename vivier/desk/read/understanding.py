"""Reads the meaning of a line of a programme: trades, place and figures, each with a confidence, so that the user can correct it
before anything is counted. No choice is silent: an uncertain reading is reported with its alternatives.

Finds the trades that an object asks for beside those that its reading retained: « curage et débroussaillage des fossés ».

A need is read as a whole, which is right for a search and may drop half of a lot. Here each part of the object is read by itself;
a trade that only a part gives is proposed to the user, never added for them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from vivier.desk.method.duties import exception_errors
from vivier.desk.read.cells import launch_in
from vivier.desk.read.line import Choice, Line, Part, left
from vivier.desk.read.line_figures import category_of, is_built, kind_of, read_figures, without_money
from vivier.desk.read.line_places import read_places
from vivier.desk.read.lot_settings import own_settings
from vivier.desk.read.programme import Row
from vivier.desk.read.reserved import reserved_in
from vivier.desk.read.site import made_on_site
from vivier.errors import FieldError, InvalidRequest
from vivier.french import percent
from vivier.law.regulated import outside_of
from vivier.law.vat import vat_rates
from vivier.lexicon import Lexicon
from vivier.needs import Need, resolve_need
from vivier.needs.boilerplate import design, studies
from vivier.needs.folded import folded
from vivier.needs.query import likely_trades
from vivier.needs.resolve import DESIGN, OUTSIDE
from vivier.trades.cpv import load_cpv, parse_cpvs

LEAST: Final = 0.6
"""Least confidence of a part read by itself."""
LEAST_EVIDENCE: Final = 1.5
"""Least bits of the words that speak for the trade of a part: « travaux d'extension », « fourniture » alone name none."""
MOST_PARTS: Final = 6
_BREAK: Final = re.compile(r"\s*(?:[,;/+]|\bet\b|\bainsi que\b)\s*", re.IGNORECASE)
_COMPLEMENT: Final = re.compile(r"\s((?:des|du|de la|de l'|d'|de|pour|dans)\b.*)$", re.IGNORECASE)


@dataclass(frozen=True)
class SecondTrade:
    """A trade that a part of the object asks for. ``part``: its words. ``sure``: read with enough certainty to be a doubt on the line."""

    code: str
    label: str
    confidence: float
    part: str
    sure: bool


def second_trades(text: str, chosen: Collection[str], lexicon: Lexicon) -> tuple[SecondTrade, ...]:
    """The trades of the parts of ``text`` that are neither among ``chosen`` nor in their families, each once."""
    kin = {code for trade in chosen for code in _family(trade, lexicon)}
    found: dict[str, SecondTrade] = {}
    plain = folded(text)
    begins = min((at for trades, at in studies(plain.text) if trades.intersection(chosen)), default=len(plain.text))
    designs = DESIGN in chosen and design().search(plain.text) is not None
    for start, part in _parts(text):
        need = resolve_need(part, lexicon)
        if not need.sectors or not chosen or (need.amounts and not _sure(need)):
            continue  # « environ 90 000 € » is a price, and no outing in the surroundings
        match = need.sectors[0]
        if sum(why.weight for why in match.why) < LEAST_EVIDENCE:
            continue
        if plain.starts[min(begins, len(plain.starts) - 1)] <= start or (
            designs and lexicon.trades.get(match.id).nature[0] == "works"
        ):
            continue  # what is studied, taught or designed is not bought
        if match.id not in kin and match.id not in found:
            found[match.id] = SecondTrade(match.id, match.label, match.confidence, part, _sure(need))
    return tuple(found.values())


def _sure(need: Need) -> bool:
    return need.status == "auto" and need.sectors[0].confidence >= LEAST


def _family(code: str, lexicon: Lexicon) -> set[str]:
    """A trade and those under the same head: « vitres » is no second trade beside « locaux »."""
    ancestors = [trade.code for trade in lexicon.trades.ancestors(code)]
    kin = (trade.code for ancestor in (code, *ancestors) for trade in lexicon.trades.descendants(ancestor))
    return {code, *ancestors, *kin}


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """The parts of an object and where each begins, if there are several. A part without a complement takes that of the last one: « curage et
    débroussaillage des fossés » has « curage des fossés »."""
    cuts = [part for part in _BREAK.split(text) if len(part) > 3]
    if not 2 <= len(cuts) <= MOST_PARTS:
        return
    last, start = _COMPLEMENT.search(cuts[-1]), 0
    for part in cuts:
        start = text.index(part, start)
        alone = _COMPLEMENT.search(part) is None and last is not None
        yield start, f"{part} {last[1]}" if alone and last is not None else part


METHOD_VERSION: Final = "programme-3"
LONGEST_TEXT: Final = 2_000


@dataclass(frozen=True)
class _Trades(Part):
    chosen: tuple[Choice, ...] = ()
    others: tuple[Choice, ...] = ()
    cpv: tuple[str, ...] = ()
    second: tuple[Choice, ...] = ()


def understand(row: Row, lexicon: Lexicon, default_place: str = "") -> Line:
    """Reads one line. Never raises: errors are in ``errors``, by column. ``default_place`` is used when the line has no place."""
    text = row.get("text")[:LONGEST_TEXT]
    need = resolve_need(text, lexicon)
    trades, places = _trades(row, need, lexicon), read_places(row, need, lexicon, default_place)
    figures = read_figures(row, need, vat_rates(choice.code for choice in trades.chosen))
    launch = "" if row.get("launched") else launch_in(text)
    own, wrong, mentions = own_settings({**row.values, "launched": launch} if launch else row.values)
    mentions = (f"Lancement lu dans l'objet : {launch}.", *mentions) if launch else mentions
    outside = "" if trades.chosen else next((text for text in need.warnings if text.startswith(OUTSIDE)), "")
    outside = outside_of(trades.cpv, [choice.code for choice in trades.chosen], text) or outside
    if outside:
        trades, places = replace(trades, errors=()), replace(places, errors=())
    if not row.get("trade") and is_built(row, trades.cpv, text):
        trades = _built(trades, need, lexicon)
    natures = tuple(lexicon.trades.get(choice.code).nature for choice in trades.chosen)
    category, supposed = category_of(row, trades.cpv, natures, text)
    kind, of_kind = kind_of(row, text)
    parts = (
        trades,
        places,
        figures,
        Part((*wrong, *exception_errors(own.exception, category, kind, figures.months)), (), (*mentions, *of_kind)),
    )
    return Line(
        row,
        without_money(text, need) or row.get("trade") or row.get("cpv"),
        trades.chosen,
        trades.others,
        places.chosen,
        places.others,
        trades.cpv,
        figures.amount,
        figures.months,
        category,
        kind,
        supposed,
        tuple(error for part in parts for error in part.errors),
        tuple(doubt for part in parts for doubt in part.doubts),
        figures.partial,
        own,
        trades.second,
        tuple(remark for part in parts for remark in part.remarks),
        outside,
        figures.taxed,
        reserved_in(text),
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


def _trades(row: Row, need: Need, lexicon: Lexicon) -> _Trades:
    cpv, doubts = _cpvs(row, need)
    others = tuple(Choice(match.id, match.label, match.confidence) for match in (*need.sectors, *need.alternatives))
    if row.get("trade"):
        stated = _stated_trade(row.get("trade"), cpv, doubts, others, lexicon)
        more = second_trades(row.get("text")[:LONGEST_TEXT], [choice.code for choice in stated.chosen], lexicon)
        second = tuple(Choice(found.code, found.label, found.confidence) for found in more)
        others = left(stated.chosen, (*second, *stated.others))
        return replace(stated, remarks=tuple(map(_second, more)), others=others, second=second)
    by_cpv = _by_cpv(cpv, lexicon)
    read = tuple(Choice(match.id, match.label, match.confidence) for match in need.sectors)
    if not read and by_cpv:
        noted = (*doubts, "Métier lu dans le code CPV.") if row.get("text") else doubts
        return _Trades(doubts=noted, chosen=by_cpv[:1], others=left(by_cpv, (*by_cpv[1:], *others)), cpv=cpv)
    if not read:
        return _Trades((_no_trade(need),), doubts, others=others, cpv=cpv)
    agreed = any(choice.code in {other.code for other in by_cpv} for choice in read)
    if by_cpv and not agreed:
        doubts = (*doubts, f"L'objet dit « {read[0].label} », le code CPV « {by_cpv[0].label} ».")
    if need.status != "auto" and not agreed:
        also = [match.label for match in likely_trades(need) if match not in need.sectors]
        doubts = (
            *doubts,
            f"Métier à confirmer ({percent(read[0].confidence)}){''.join(f', peut-être « {label} »' for label in also)}.",
        )
    more = second_trades(row.get("text")[:LONGEST_TEXT], [choice.code for choice in read], lexicon)
    doubts = (*doubts, *(_second(found) for found in more if found.sure))
    second = tuple(Choice(found.code, found.label, found.confidence) for found in more)
    known = (*second, *others, *by_cpv) if agreed else (*second, *by_cpv, *others)
    return _Trades(
        doubts=doubts,
        remarks=tuple(_second(found) for found in more if not found.sure),
        chosen=read,
        others=left(read, known),
        cpv=cpv,
        second=second,
    )


def _built(read: _Trades, need: Need, lexicon: Lexicon) -> _Trades:
    """The trades of a part of works, as they are on a building site (:func:`vivier.desk.read.site.made_on_site`)."""
    made = {choice: made_on_site(choice.code, need, lexicon) for choice in read.chosen}
    chosen = tuple(replace(old, code=new.code, label=new.name) if new else old for old, new in made.items())
    remarks = tuple(f"Lot de travaux : « {old.label} » est lu « {new.name} »." for old, new in made.items() if new)
    return replace(
        read, chosen=chosen, others=left(chosen, (*read.chosen, *read.others)), remarks=(*read.remarks, *remarks)
    )


def _second(found: SecondTrade) -> str:
    """What is told of a trade that a part of the object asks for."""
    sure = "" if found.sure else " peut-être"
    return f"« {found.part[:80]} » demande{sure} aussi un autre métier, non compté : {found.label}. Ajoutez-le, ou scindez le lot."


def _stated_trade(
    stated: str, cpv: tuple[str, ...], doubts: tuple[str, ...], others: tuple[Choice, ...], lexicon: Lexicon
) -> _Trades:
    codes = [lexicon.trades.named(word.strip()) for word in stated.split("|")]
    if all(codes):
        chosen = tuple(Choice(code, lexicon.trade_names[code], 1.0) for code in dict.fromkeys(filter(None, codes)))
        return _Trades(doubts=doubts, chosen=chosen, others=left(chosen, others), cpv=cpv)
    need = resolve_need(stated, lexicon)
    chosen = tuple(Choice(match.id, match.label, match.confidence) for match in need.sectors)
    nearest = tuple(Choice(match.id, match.label, match.confidence) for match in need.alternatives)
    if not chosen:
        return _Trades((_no_trade(need),), doubts, others=left((), (*others, *nearest)), cpv=cpv)
    unsure = () if need.status == "auto" else (f"Métier « {stated[:80]} » à confirmer.",)
    return _Trades(doubts=(*doubts, *unsure), chosen=chosen, others=left(chosen, (*nearest, *others)), cpv=cpv)


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
