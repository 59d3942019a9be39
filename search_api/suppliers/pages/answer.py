"""The sentence that answers a search, which heads its page: how many structures to consult, where, and what is known of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from search_api.pages.chips import near_name
from vivier.french import enumerated, kilometres, number, quoted
from vivier.law.labels import LABELS
from vivier.lexicon import Lexicon
from vivier.suppliers.find import AnswerGroup, SupplierFound
from vivier.suppliers.groups import wanted_trades
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
    """« 18 ESAT et EA à consulter à moins de 40 km de Rennes ; 3 font « Entretien des espaces verts », 15 n'ont pas publié leur métier ».

    Suppliers farther than the place are not counted: they do not answer.
    """
    query = found.plan.query
    totals: dict[str, int] = {group.code: group.total for group in groups} or {"exact": found.total}
    where = " ".join((*_places(found, lexicon), *_others(query)))
    within = sum(total for code, total in totals.items() if code != "farther")
    if not within:
        return f"Aucune structure connue{_of_kinds(query.kind)}{where and ' '}{where}"
    trades = [lexicon.trade_names.get(code, code) for code in wanted_trades(query, lexicon)]
    if not trades:
        return (
            f"{_subject(within, query.kind)} {where}".rstrip()
            if where or query.kind
            else f"{_subject(within, ())} {'connue' if within == 1 else 'connues'}"
        )
    wanted = quoted(trades[0]) if len(trades) == 1 else f"l’un des {len(trades)} métiers demandés"
    does = totals.get("exact", 0)
    if does and (does == within or not any(_places(found, lexicon))):
        others = ", ".join(_without(totals, wanted))
        return f"{_subject(does, query.kind)}{where and ' '}{where} {_verb(does)} {wanted}{others and ' ; '}{others}"
    return f"{_subject(within, query.kind)} à consulter{where and ' '}{where} ; {_by_trade(totals, within, wanted)}"


def _subject(count: int, kinds: Sequence[str]) -> str:
    several = count > 1
    if not kinds or len(kinds) > _MOST_NAMED:
        return f"{number(count)} structure{'s' if several else ''}"
    return f"{number(count)} {enumerated(kinds, 'et' if several else 'ou')}"


def _of_kinds(kinds: Sequence[str]) -> str:
    return f" de type {enumerated(kinds, 'ou')}" if 0 < len(kinds) <= _MOST_NAMED else ""


def _by_trade(totals: Mapping[str, int], within: int, wanted: str) -> str:
    """What is known of the trades of those counted."""
    if totals.get("to_ask", 0) == within:
        return f"{'son' if within == 1 else 'leur'} métier n'est pas publié"
    does = totals.get("exact", 0)
    first = [f"{number(does)} {_verb(does)} {wanted}"] if does else []
    return ", ".join((*first, *_without(totals, wanted)))


def _verb(count: int) -> str:
    return "fait" if count == 1 else "font"


def _without(totals: Mapping[str, int], wanted: str) -> Iterator[str]:
    """Those that are not known to do the trade."""
    near, silent = totals.get("near_trade", 0), totals.get("to_ask", 0)
    if near:
        yield f"{number(near)} {_verb(near)} un métier proche{'' if totals.get('exact') else f' de {wanted}'}"
    if silent:
        yield f"{number(silent)} {'n’a pas publié son métier' if silent == 1 else 'n’ont pas publié leur métier'}"


def _places(found: SupplierFound, lexicon: Lexicon) -> Iterator[str]:
    """Where the structures sit or intervene, from the filters of place."""
    query = found.plan.query
    if query.near is not None and query.radius_km is not None:
        yield f"à moins de {kilometres(query.radius_km)} {of_town(near_name(query.near, lexicon))}"
    if query.territory:
        yield f"pouvant intervenir {_in(query.territory, lexicon)}"
    for name in ("seat", "departement", "region"):
        codes = getattr(query, name)
        if codes:
            yield f"ayant leur siège {_in(codes, lexicon)}"
    if query.polygon is not None:
        yield "ayant leur siège dans la zone dessinée"


def _in(ids: Sequence[str], lexicon: Lexicon) -> str:
    if len(ids) > _MOST_NAMED:
        return f"dans l’un de ces {len(ids)} territoires"
    return enumerated([in_place(lexicon.gazetteer.parse(id_)[0]) for id_ in ids], "ou")


def _others(query: SupplierQuery) -> Iterator[str]:
    """The labels, the words, and whether other criteria hold."""
    if query.label and len(query.label) <= _MOST_NAMED:
        names = [quoted(LABELS[code].name) if code in LABELS else code for code in query.label]
        yield f"avec {'le label' if len(names) == 1 else 'un des labels'} {enumerated(names, 'ou')}"
    if query.q is not None:
        yield f"pour {quoted(query.q)}"
    if any(_is_set(query, name) for name in type(query).model_fields if name not in _NAMED_FILTERS | _NO_FILTER):
        yield "selon vos autres critères"


def _is_set(query: SupplierQuery, name: str) -> bool:
    return bool(getattr(query, name) != type(query).model_fields[name].default)
