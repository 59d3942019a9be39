"""Words in French each group of an answer, and why a supplier belongs to it."""

from __future__ import annotations

from collections.abc import Iterator

from vivier import vocabulary
from vivier.french import kilometres, number, plural
from vivier.lexicon import Lexicon
from vivier.model.views import SupplierView
from vivier.search.find import Reason
from vivier.search.plan import Plan
from vivier.suppliers.believed import in_words, likeliest
from vivier.suppliers.farther import NEAREST
from vivier.suppliers.groups import FARTHEST_KM, wanted_trades
from vivier.suppliers.plan import SupplierPlan
from vivier.suppliers.query import Group, SupplierQuery
from vivier.validity import holds_on


def sentence(
    group: Group,
    total: int,
    plan: Plan[SupplierQuery],
    lexicon: Lexicon,
    zone_unpublished: int = 0,
    km: float = FARTHEST_KM,
) -> str:
    """A French sentence on what the suppliers of a group have and lack, with their number, how many of the first group publish no zone, and
    within how many kilometres those of the last are. It tells an order only where the list has it."""
    wanted = [lexicon.trades.get(code).name for code in wanted_trades(plan.query, lexicon)]
    trade = f"« {wanted[0]} »" if len(wanted) == 1 else "ceux demandés"
    match group:
        case "exact":
            return (
                f"{plural(total, 'structure répond', 'structures répondent')} à tout ce qui est demandé"
                f"{_to_ask(zone_unpublished, total)}."
                if total
                else "Aucune structure connue ne répond à tout ce qui est demandé."
            )
        case "near_trade":
            if not total:
                return f"Aucune structure connue ne fait un métier proche de {trade}."
            has = plural(total, "structure fait", "structures font")
            return f"{has} un métier proche de {trade} : demandez-leur si elles font aussi ce que vous cherchez."
        case "to_ask":
            if not total:
                return "Aucune structure d’insertion ou du handicap au métier non publié ne sert ce lieu."
            serves = plural(
                total, "structure d’insertion ou du handicap sert", "structures d’insertion ou du handicap servent"
            )
            first = (
                ", les plus probables et proches d’abord"
                if plan.query.sort == "relevance" and wanted and total > 1
                else ""
            )
            return f"{serves} ce lieu sans que leur métier soit publié : à interroger{first}."
        case "farther":
            if not total:
                return f"Aucune autre structure connue à moins de {kilometres(FARTHEST_KM)}."
            first = ", les plus proches d’abord" if plan.query.sort in ("relevance", "distance") else ""
            if total < NEAREST:
                has = plural(total, "structure répond", "structures répondent")
                return f"{has} au reste à moins de {kilometres(km)}{first if total > 1 else ''}."
            return f"Les {total} structures les plus proches, à moins de {kilometres(km)}, répondent au reste{first}."


def _to_ask(zone_unpublished: int, total: int) -> str:
    if not zone_unpublished:
        return ""
    of_them = "" if zone_unpublished == total else f", dont {number(zone_unpublished)}"
    return f"{of_them or ','} à la zone non publiée : à interroger"


def group_reasons(group: Group, record: SupplierView, plan: SupplierPlan, lexicon: Lexicon) -> Iterator[Reason]:
    """The reasons why a supplier belongs to a group after the first."""
    if group == "near_trade":
        yield from _near(record, plan, lexicon)
    elif not any("trade" in fact["value"] for fact in record.get("offers", ())) and wanted_trades(plan.query, lexicon):
        yield Reason("trade_unknown", _unknown(record, plan, lexicon), True)


def _unknown(record: SupplierView, plan: Plan[SupplierQuery], lexicon: Lexicon) -> str:
    """Says in French that no trade is published, and how probable the likeliest trade of the query is."""
    code, found = likeliest(record, wanted_trades(plan.query, lexicon), lexicon, plan.as_of)
    return f"métier non publié, à interroger ; {lexicon.trades.get(code).name} : {in_words(found)}"


def _near(record: SupplierView, plan: SupplierPlan, lexicon: Lexicon) -> Iterator[Reason]:
    seen: set[str] = set()
    for fact in record.get("offers", ()):
        offer = fact["value"]
        code = offer.get("trade")
        if code is None or code in seen or not holds_on(offer, plan.as_of):
            continue
        above = {code, *(broader.code for broader in lexicon.trades.ancestors(code))}
        if above & plan.near_wanted:
            seen.add(code)
            proof = vocabulary.EVIDENCES.get(offer.get("evidence") or "", "preuve non précisée")
            what = "métier proche" if above & plan.close_wanted else "même famille"
            yield Reason("near_trade", f"{what} : {lexicon.trades.get(code).name} ({proof})", True)
