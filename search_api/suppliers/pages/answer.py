"""The sentence that answers a search, which heads its page: how many structures to consult, where, and what is known of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from search_api.pages.chips import near_name
from vivier.french import enumerated, kilometres, number, quoted
from vivier.law.labels import LABELS
from vivier.lexicon import Lexicon
from vivier.suppliers.find import AnswerGroup, SupplierFound
from vivier.suppliers.groups import wanted_trades
from vivier.suppliers.notices import unconnected
from vivier.suppliers.query import SupplierQuery
from vivier.territory.phrases import in_place, of_town

_NAMED_FILTERS: frozenset[str] = frozenset(
    ("q", "territory", "near", "radius_km", "polygon", "seat", "departement", "region", "trade", "cpv", "kind", "label")
)
"""The filters that the sentence names."""
_NO_FILTER: frozenset[str] = frozenset(
    ("group", "groups", "include_unknown", "as_of", "sort", "seed", "page", "per_page", "fields", "facets", "coverage")
) | {"lot_amount", "lot_months"}
_MOST_NAMED = 3


def answer(found: SupplierFound, groups: Sequence[AnswerGroup], lexicon: Lexicon) -> str:
    """« Entretien des espaces verts à moins de 40 km de Rennes : 3 structures font ce métier, 18 sont à appeler ».

    Suppliers farther than the place are not counted: they do not answer.
    """
    query = found.plan.query
    totals: dict[str, int] = {group.code: group.total for group in groups} or {"exact": found.total}
    does, to_call = (
        totals.get("exact", 0),
        sum(totals.get(group, 0) for group in ("label_unknown", "near_trade", "to_ask")),
    )
    trades = [lexicon.trade_names.get(code, code) for code in wanted_trades(query, lexicon)]
    what = trades[0] if len(trades) == 1 else f"{len(trades)} métiers" if trades else ""
    where = " ".join((*_places(found, lexicon, bool(trades)), *_others(query)))
    counted = _counted(does, to_call, query.kind, bool(trades))
    if query.label and len(unconnected(found)) == len(query.label):
        calls = (
            f", {number(to_call)} {'structure est' if to_call == 1 else 'structures sont'} à appeler" if to_call else ""
        )
        counted = f"Aucune liste de ce label n’est connectée{calls}"
    if not what:
        return f"{counted}{where and ' '}{where}"
    return f"{what}{where and ' '}{where} : {counted[0].lower()}{counted[1:]}"


def _counted(does: int, to_call: int, kinds: Sequence[str], by_trade: bool) -> str:
    """« 4 ESAT font ce métier, 18 sont à appeler », « 3 structures », « aucune structure connue, 16 à appeler »."""
    if not does:
        none = f"Aucune structure connue{_of_kinds(kinds)}"
        return f"{none}, {number(to_call)} à appeler" if to_call else none
    if not by_trade:
        return _subject(does, kinds)
    verb = "fait" if does == 1 else "font"
    calls = f", {number(to_call)} {'est' if to_call == 1 else 'sont'} à appeler" if to_call else ""
    return f"{_subject(does, kinds)} {verb} ce métier{calls}"


def _subject(count: int, kinds: Sequence[str]) -> str:
    several = count > 1
    if not kinds or len(kinds) > _MOST_NAMED:
        return f"{number(count)} structure{'s' if several else ''}"
    return f"{number(count)} {enumerated(kinds, 'et' if several else 'ou')}"


def _of_kinds(kinds: Sequence[str]) -> str:
    return f" de type {enumerated(kinds, 'ou')}" if 0 < len(kinds) <= _MOST_NAMED else ""


def _places(found: SupplierFound, lexicon: Lexicon, by_trade: bool) -> Iterator[str]:
    """Where the structures sit or intervene, from the filters of place: a trade is done « à Lille », structures intervene there."""
    query = found.plan.query
    if query.near is not None and query.radius_km is not None:
        yield f"à moins de {kilometres(query.radius_km)} {of_town(near_name(query.near, lexicon))}"
    if query.territory:
        yield f"{'' if by_trade else 'pour intervenir '}{_in(query.territory, lexicon)}"
    for name in ("seat", "departement", "region"):
        codes = getattr(query, name)
        if codes:
            yield f"{'par des structures ' if by_trade else ''}ayant leur siège {_in(codes, lexicon)}"
    if query.polygon is not None:
        yield "dans la zone dessinée"


def _in(ids: Sequence[str], lexicon: Lexicon) -> str:
    if len(ids) > _MOST_NAMED:
        return f"dans l’un de ces {len(ids)} territoires"
    return enumerated([in_place(lexicon.gazetteer.parse(id_)[0]) for id_ in ids], "ou")


def _others(query: SupplierQuery) -> Iterator[str]:
    """The labels, the words, and whether other criteria hold."""
    if len(query.label) > _MOST_NAMED:
        yield f"avec un des {number(len(query.label))} labels demandés"
    elif query.label:
        names = [quoted(LABELS[code].name) if code in LABELS else code for code in query.label]
        yield f"avec {'le label' if len(names) == 1 else 'un des labels'} {enumerated(names, 'ou')}"
    if query.q is not None:
        yield f"pour {quoted(query.q)}"
    if any(_is_set(query, name) for name in type(query).model_fields if name not in _NAMED_FILTERS | _NO_FILTER):
        yield "selon vos autres critères"


def _is_set(query: SupplierQuery, name: str) -> bool:
    return bool(getattr(query, name) != type(query).model_fields[name].default)
