"""Turns a need into the parameters of a search, and lists what the search cannot apply, with the reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from vivier.french import kilometres, number
from vivier.law.kinds import kinds_answering
from vivier.law.labels import family, fitting
from vivier.law.vat import vat_rates
from vivier.lexicon import Lexicon
from vivier.model.base import Model
from vivier.needs.distances import LEAST_KM, MOST_KM, within_bounds
from vivier.needs.model import (
    DistanceMatch,
    DurationMatch,
    Need,
    Piece,
    PlaceMatch,
    SectorMatch,
    Span,
    Unread,
)
from vivier.needs.namesakes import ids_of, is_context, with_namesakes
from vivier.needs.nature import green_words
from vivier.trades.table import STAFFING

Pairs = tuple[tuple[str, str], ...]
What = Literal[
    "trade",
    "cpv",
    "territory",
    "distance",
    "kind",
    "article",
    "reserved_for",
    "service_type",
    "lot_amount",
    "lot_months",
    "quantity",
    "label",
    "characteristic",
    "word",
]
MOST_CANDIDATES = 3
LEAST_LIKELY = 0.15
"""Least confidence of a trade that a need may mean."""
_AS_LIKELY = 0.4
"""Least share of the confidence of the likeliest trade for another trade to be searched too."""
LONGEST_MONTHS = 180
"""Months of the longest lot that a search may order by."""


class NotApplied(Model):
    """Words of a need that the search does not apply. ``what``: the parameter they speak of; ``reason`` in French, for a buyer."""

    what: What
    text: str
    reason: str


@dataclass(frozen=True)
class Applied:
    """(parameter, value) pairs of ``SupplierQuery``, and the words of the need that they do not apply. ``assumed``: words that they apply,
    as one of several meanings or brought within bounds, and how."""

    pairs: Pairs = ()
    not_applied: tuple[NotApplied, ...] = ()
    assumed: tuple[NotApplied, ...] = ()


def need_to_query(need: Need, lexicon: Lexicon) -> list[tuple[str, str]]:
    """The pairs of :func:`applied`."""
    return list(applied(need, lexicon).pairs)


def applied(need: Need, lexicon: Lexicon) -> Applied:
    """Applies what is certain of a need, and gives the reason for the rest.

    A kind or a label that is a wish, and each of several trades, orders the results and excludes nobody. Temporary staff is asked of who
    lends people by law; the work inside is a wish.

    Trades apply only when ``status`` is ``auto``. A place applies only when it is one territory, or several meant together; with
    a distance it becomes a point and a radius. An amount is without tax unless the text says otherwise; it orders by capacity.
    """
    parts = (
        _trades(need),
        _where(need, lexicon),
        _reserved(need, lexicon),
        *(_parameter("label", piece) for piece in need.labels),
        *_green(need, lexicon),
        _service_types(need, lexicon),
        _figures(need),
        *(_left("territory" if word.is_place else "word", word.spans, _why_unread(word)) for word in need.unread),
    )
    pairs = dict.fromkeys(pair for part in parts for pair in part.pairs)
    return replace(_joined(parts), pairs=tuple(pairs))


def _why_unread(word: Unread) -> str:
    """Why a word is not read, and what to do."""
    return (
        "aucun lieu de France ne porte ce nom : écrivez-le autrement" if word.is_place else "ce mot n'est pas compris"
    )


def _left(what: What, spans: Iterable[Span], reason: str) -> Applied:
    """Words that are not applied, with the reason."""
    text = " ".join(span.text for span in spans)
    return Applied(not_applied=(NotApplied(what=what, text=text, reason=reason),))


def _assumed(what: What, spans: Iterable[Span], reason: str) -> Applied:
    """Words that are applied with an assumption."""
    return Applied(assumed=_left(what, spans, reason).not_applied)


def _joined(parts: Iterable[Applied]) -> Applied:
    found = list(parts)
    return Applied(
        tuple(pair for part in found for pair in part.pairs),
        tuple(left for part in found for left in part.not_applied),
        tuple(words for part in found for words in part.assumed),
    )


# -- trades ------------------------------------------------------------------------------------------------------------


def _trades(need: Need) -> Applied:
    written = [code for code in need.cpv if code.spans]
    if need.status == "auto" or is_staffing(need):
        return Applied(tuple(_sure_trades(need)))
    trades = [Applied(tuple(("trade", match.id) for match in likely_trades(need)))]
    codes = [_left("cpv", code.spans, "aucun métier sûr ne correspond à ce code") for code in written]
    return _joined((*trades, *codes))


def is_staffing(need: Need) -> bool:
    """Whether a need asks for temporary staff, whatever they do."""
    return any(piece.code == "staffing" and piece.strength != "refused" for piece in need.service_types)


def _sure_trades(need: Need) -> Iterator[tuple[str, str]]:
    """Those who do one of the trades answer, those who do more of them first. Of temporary staff, those who lend people answer."""
    trades = [match.id for match in need.sectors or likely_trades(need)[:1]]
    if is_staffing(need):
        inside = [code for code in trades if code != STAFFING]
        yield "trade", STAFFING
        yield from (("wish_trade", code) for code in inside[:MOST_CANDIDATES])
        return
    yield from (("trade", code) for code in trades)
    if len(trades) > 1:
        yield from (("wish_trade", code) for code in trades)


def _green(need: Need, lexicon: Lexicon) -> Iterator[Applied]:
    """The families of labels: those who hold a label of a family answer. « écologique » names none: who holds a label of the trade comes
    first. What no list publishes is not applied."""
    trades = [match.id for match in need.sectors or likely_trades(need)]
    known = [lexicon.trades.get(code) for code in trades]
    fit = [
        label.code
        for label in fitting(place for trade in known for place in (trade.code, trade.group))
        if label.family == "environnemental" and label.asks == "object"
    ]
    named = any(piece.code != "green" for piece in (*need.labels, *need.families))
    for piece in need.families:
        if piece.code != "green":
            yield _parameter("label", piece, family(piece.code))
        elif fit and not named:
            yield Applied(tuple(("wish_label", code) for code in fit))
        elif not named:
            yield _left("label", piece.spans, green_words()[piece.code].reason)
    for piece in need.characteristics:
        word = green_words()[piece.code]
        if word.trades.isdisjoint(trades):
            yield _left("characteristic", piece.spans, word.reason)


def _parameter(name: What, piece: Piece, codes: Iterable[str] = ()) -> Applied:
    """A kind, a label or an article as the search takes it: asked, wished, refused, or left as a part. ``codes``: those of a family."""
    if piece.strength == "part":
        return _left(name, piece.spans, "une part, une possibilité ou un bénéficiaire n'écarte aucune structure")
    prefix = {"wish": "wish_", "refused": "not_"}.get(piece.strength or "", "")
    return Applied(tuple((f"{prefix}{name}", code) for code in codes or (piece.code,)))


def likely_trades(need: Need) -> list[SectorMatch]:
    """The trades that a need to be confirmed may mean: they are searched together, since none of them may be left out."""
    matches = [*need.sectors, *need.alternatives]
    best = max((match.confidence for match in matches), default=0.0)
    likely = [match for match in matches if match.confidence >= max(LEAST_LIKELY, best * _AS_LIKELY)]
    return likely[:MOST_CANDIDATES] if need.status == "to_confirm" else []


def _service_types(need: Need, lexicon: Lexicon) -> Applied:
    """Applies a service type when one of the trades can be bought so and is mostly bought otherwise. « prestation de services » and
    « intérim » for staffing restrict nothing, and few suppliers publish how they sell."""
    trades = [lexicon.trades.get(match.id) for match in need.sectors] if need.status == "auto" else []
    others = {nature for trade in trades for nature in trade.nature[1:]}
    mostly = {trade.nature[0] for trade in trades}
    parts = []
    for piece in need.service_types:
        if piece.code == "staffing":  # asked by the trade of those who lend people
            parts += [Applied((("not_trade", STAFFING),))] if piece.strength == "refused" else []
            continue
        if piece.code in others:
            parts.append(Applied((("service_type", piece.code),)))
        elif piece.code == "service":
            continue
        elif piece.code in mostly:
            parts.append(
                _left("service_type", piece.spans, "c'est ainsi que ce métier s'achète : rien à filtrer de plus")
            )
        else:
            reason = (
                "ce métier ne s'achète pas ainsi dans l'annuaire"
                if trades
                else "sans métier sûr, ce filtre écarterait trop"
            )
            parts.append(_left("service_type", piece.spans, reason))
    return _joined(parts)


# -- where -------------------------------------------------------------------------------------------------------------


def _where(need: Need, lexicon: Lexicon) -> Applied:
    places = with_namesakes(need.territory.places, lexicon.gazetteer)
    certain = [place for place in places if place.territory is not None or place.together]
    sure = [place for place in certain if not is_context(place, certain, need.input, lexicon.gazetteer)]
    assumed = [
        _assumed(
            "territory", place.spans[:1], f"plusieurs lieux portent ce nom : {place.candidates[0].label} est cherché"
        )
        for place, given in zip(places, need.territory.places, strict=True)
        if place is not given
    ]
    doubts = [
        _left(
            "territory",
            place.spans[:1],
            "peut-être un lieu" if place.doubtful else "plusieurs territoires portent ce nom",
        )
        for place in places
        if place.territory is None and not place.together
    ]
    doubts += [
        _left("territory", place.spans[:1], "ce territoire contient le lieu cherché, plus précis")
        for place in certain
        if place not in sure
    ]
    circle, others = _around(need.distances, places, sure, lexicon)
    travel = [
        _left("distance", (span,), "les temps de trajet ne sont pas calculés : donnez une distance en kilomètres")
        for span in need.travel_times
    ]
    if circle.pairs:
        return _joined((circle, *others, *travel, *assumed, *doubts))
    territories = tuple(("territory", id) for place in sure for id in ids_of(place))
    return _joined((Applied(territories), *others, *travel, *assumed, *doubts))


def _around(
    distances: Sequence[DistanceMatch], places: Sequence[PlaceMatch], sure: Sequence[PlaceMatch], lexicon: Lexicon
) -> tuple[Applied, list[Applied]]:
    """The circle of the search, empty when there is none, and the distances that it does not apply."""
    circle, left = Applied(), []
    for distance in distances:
        reason = _obstacle(distance, places, sure, lexicon) if not circle.pairs else "une recherche n'a qu'une distance"
        if reason is None:
            circle = _circle(distance, sure[0], lexicon)
        else:
            left.append(_left("distance", distance.spans, reason))
    return circle, left


def _obstacle(
    distance: DistanceMatch, places: Sequence[PlaceMatch], sure: Sequence[PlaceMatch], lexicon: Lexicon
) -> str | None:
    """Why a distance cannot be applied, in French; ``None`` when it can."""
    if distance.place is None:
        return (
            "plusieurs lieux possibles, ou aucun : écrivez « à 40 km de Rennes »"
            if places
            else "aucun lieu ne dit d'où la compter"
        )
    if len(sure) > 1:
        return "une recherche n'a qu'un centre : les lieux sont cherchés sans la distance"
    if not sure or sure[0].text != distance.place:
        return "le lieu est à préciser d'abord"
    territory = sure[0].territory
    if territory is None or lexicon.gazetteer.reference_point(territory) is None:
        return f"« {distance.place} » n'a pas de point central"
    kind = lexicon.gazetteer.get(territory).kind
    if kind == "country" or (distance.is_default and kind not in ("commune", "arrondissement")):
        return f"tout le territoire « {distance.place} » est cherché ; une distance en kilomètres l'étendrait"
    return None


def _circle(distance: DistanceMatch, place: PlaceMatch, lexicon: Lexicon) -> Applied:
    point = lexicon.gazetteer.reference_point(place.territory or "")
    if point is None:
        return Applied()
    km = within_bounds(distance.km)
    pairs = (("near", f"{point[0]:.5f},{point[1]:.5f}"), ("radius_km", f"{km:g}"))
    if km == distance.km:
        return Applied(pairs)
    reason = f"une distance va de {kilometres(LEAST_KM)} à {kilometres(MOST_KM)} : {kilometres(km)} sont appliqués"
    return replace(_assumed("distance", distance.spans, reason), pairs=pairs)


# -- for whom ----------------------------------------------------------------------------------------------------------


def _reserved(need: Need, lexicon: Lexicon) -> Applied:
    kinds = {piece.code for piece in need.kinds if piece.strength not in ("part", "refused")}
    parts = [_parameter("kind", piece) for piece in need.kinds]
    pairs, left = list[tuple[str, str]](), list[Applied]()
    for piece in need.articles:
        if piece.strength == "part":
            left.append(_parameter("article", piece))
            continue
        fits = kinds_answering(piece.code)
        if kinds and kinds.isdisjoint(fits):
            left.append(
                _left("article", piece.spans, f"cet article est pour {', '.join(fits)}, pas pour {', '.join(kinds)}")
            )
        else:
            pairs.append(("article", piece.code))
    if need.reservations and not need.articles and not need.kinds:
        reason = "dites pour qui : L2113-12 (EA, ESAT), L2113-13 (insertion) ou L2113-14 (les deux)"
        left.append(_left("reserved_for", need.reservations[:1], reason))
    return _joined((*parts, Applied(tuple(pairs)), *left))


# -- how much, how long, how many --------------------------------------------------------------------------------------


def _figures(need: Need) -> Applied:
    duration = need.durations[0] if len(need.durations) == 1 else None
    amount = _amount(need, duration)
    months = [_months(figure, bool(amount.pairs) and duration is not None) for figure in need.durations]
    quantities = [
        _left(
            "quantity",
            figure.spans,
            f"{number(figure.value)} {figure.unit} : les structures ne publient pas cette capacité, demandez-la",
        )
        for figure in need.quantities
    ]
    return _joined((amount, *months, *quantities))


def _amount(need: Need, duration: DurationMatch | None) -> Applied:
    """The amount of the lot without tax, for its whole duration: that of an amount with tax is taken off at the rate of its trade."""
    amounts, trades = need.amounts, [match.id for match in (*need.sectors, *likely_trades(need))]
    parts = []
    for amount in amounts:
        if len(amounts) > 1:
            parts.append(_left("lot_amount", amount.spans, "plusieurs montants : choisissez celui du lot"))
        elif amount.tax == "TTC" and not trades:
            parts.append(
                _left("lot_amount", amount.spans, "sans métier sûr, sa TVA est inconnue : donnez-le hors taxes")
            )
        elif amount.per_year and duration is None:
            parts.append(_left("lot_amount", amount.spans, "montant d'une année : donnez la durée"))
        else:
            rate = vat_rates(trades)[0] if amount.tax == "TTC" else 0
            years = duration.max_months / 12 if amount.per_year and duration is not None else 1
            parts.append(Applied((("lot_amount", f"{amount.euros * years / (1 + rate):.2f}".rstrip("0").rstrip(".")),)))
            if rate:
                parts.append(_assumed("lot_amount", amount.spans, f"TVA de {number(100 * rate)} % ôtée"))
    return _joined(parts)


def _months(duration: DurationMatch, with_amount: bool) -> Applied:
    months = round(duration.max_months)
    if not with_amount:
        return _left("lot_months", duration.spans, "une durée ne compte qu'avec un montant, pour la capacité")
    if not 1 <= months <= LONGEST_MONTHS:
        return _left("lot_months", duration.spans, f"une durée va de 1 à {LONGEST_MONTHS} mois")
    return Applied((("lot_months", str(months)),))
