"""Words in French each group of an answer, and why a supplier belongs to it."""

from __future__ import annotations

from collections.abc import Iterator

from vivier import vocabulary
from vivier.french import enumerated, kilometres, number, plural, quoted
from vivier.law.labels import LABELS
from vivier.lexicon import Lexicon
from vivier.model.views import OfferView, SupplierView
from vivier.search.find import Reason
from vivier.search.plan import Plan
from vivier.suppliers.believed import NEVER, in_words, likeliest
from vivier.suppliers.farther import NEAREST
from vivier.suppliers.groups import ANSWER, FARTHEST_KM, TITLES, wanted_trades
from vivier.suppliers.plan import SupplierPlan
from vivier.suppliers.query import Group, SupplierQuery
from vivier.suppliers.reasons import validity
from vivier.validity import holds_on

MOST_NAMED = 3
"""The most labels named in a sentence."""


def sentence(
    group: Group,
    total: int,
    plan: Plan[SupplierQuery],
    lexicon: Lexicon,
    zone_unpublished: int = 0,
    km: float = FARTHEST_KM,
    in_part: int = 0,
) -> str:
    """A French sentence on what the suppliers of a group have and lack, with their number, how many of the first group publish no zone, or do a
    part of the trade, and within how many kilometres those of the last are. It tells an order only where the list has it."""
    wanted = [lexicon.trades.get(code).name for code in wanted_trades(plan.query, lexicon)]
    trade = f"« {wanted[0]} »" if len(wanted) == 1 else "ceux demandés"
    this = this_trade(len(wanted))
    match group:
        case "exact":
            return _exact(total, this, zone_unpublished, in_part, " avec ce label" if plan.query.label else "")
        case "label_unknown":
            if not total:
                return f"Aucune autre structure connue ne fait {this} ici."
            if not plan.query.label:
                had = plural(total, "autre structure faisait", "autres structures faisaient")
                return f"{had} {this}. {'Son' if total == 1 else 'Leur'} label est fini : demandez s’il est renouvelé."
            has = plural(total, "autre structure fait", "autres structures font")
            return f"{has} {this}. {'Son' if total == 1 else 'Leur'} label est fini ou inconnu : demandez-le."
        case "near_trade":
            if not total:
                return f"Aucune structure connue ne fait un métier proche de {trade}."
            has = plural(total, "structure fait", "structures font")
            return f"{has} un métier proche de {trade}. Demandez-leur si elles font aussi le vôtre."
        case "to_ask":
            if not total:
                return "Aucune structure au métier non publié n’intervient ici."
            has = plural(total, "structure n’a pas publié son métier", "structures n’ont pas publié leur métier")
            ordered = plan.query.sort == "relevance" and wanted and total > 1
            return f"{has}. Appelez-les{' : les plus probables sont en tête' if ordered else ''}."
        case "other_kind":
            if not total:
                return f"Aucune structure d’un autre type ne fait {this} ici."
            has = plural(total, "structure d’un autre type fait", "structures d’un autre type font")
            return f"{has} {this} ici. Personne du type demandé ne le fait."
        case "farther":
            if not total:
                return f"Aucune autre structure connue à moins de {kilometres(FARTHEST_KM)}."
            by_distance = plan.query.sort in ("relevance", "distance") and total > 1
            first = ", dans l’ordre" if total >= NEAREST else ", les plus proches d’abord"
            return f"Plus loin, jusqu’à {kilometres(km)} : {count(group, total)}{first if by_distance else ''}."


def count(group: Group, total: int) -> str:
    """How many suppliers a group has: « 12 structures ». A search stops at the nearest of *farther*, so that their number is a bound and no count:
    « les 20 plus proches »."""
    if group == "farther" and total >= NEAREST:
        return f"les {total} plus proches"
    return plural(total, "structure")


def _exact(total: int, this: str, zone_unpublished: int, in_part: int, label: str) -> str:
    if not total:
        return f"Aucune structure connue {f'ne fait {this} ici{label}' if this else 'ne répond'}."
    does = who_do(plural(total - in_part or total, "structure"), total, in_part, this, label)
    if not zone_unpublished:
        return f"{does}."
    whom = "" if zone_unpublished == total else f" à {number(zone_unpublished)} d’entre elles"
    them = f"Demandez{whom} si elles se déplacent." if whom else "Demandez-leur si elles se déplacent."
    return f"{does}. {them if total > 1 else 'Demandez-lui si elle se déplace.'}"


def who_do(whole: str, total: int, in_part: int, this: str, label: str = "") -> str:
    """« 3 structures font ce métier, 2 en font une partie », « 2 structures font une partie de ce métier ». ``whole``: those counted first, in words;
    ``total``: all of them; ``in_part``: those that do a narrower trade alone."""
    first = total - in_part or total
    verb = "fait" if first == 1 else "font"
    if not this:
        return f"{whole} {'répond' if total == 1 else 'répondent'}"
    if in_part == total:
        return f"{whole} {verb} une partie de {this}{label}"
    also = f", {number(in_part)} {'en fait' if in_part == 1 else 'en font'} une partie" if in_part else ""
    return f"{whole} {verb} {this}{label}{also}"


def title(group: Group, query: SupplierQuery, lexicon: Lexicon, in_part: int = 0) -> str:
    """The title of a group; ``in_part``: how many of it do a narrower trade alone."""
    this = this_trade(len(wanted_trades(query, lexicon)))
    whole = TITLES[group].replace("ce métier", this) if this or group != "exact" else ANSWER
    return f"{whole}, ou une partie" if in_part else whole


def this_trade(wanted: int) -> str:
    """How a sentence names the trades of a query, by their number."""
    return ("", "ce métier", "l’un de ces métiers")[min(wanted, 2)]


def group_reasons(group: Group, record: SupplierView, plan: SupplierPlan, lexicon: Lexicon) -> Iterator[Reason]:
    """The reasons why a supplier belongs to a group after the first."""
    if group == "label_unknown":
        yield from _no_label(record, plan) if plan.query.label else _ended(record, plan, lexicon)
    elif group == "near_trade":
        yield from _near(record, plan, lexicon)
    elif group == "other_kind":
        yield Reason("other_kind", f"autre type que demandé : {enumerated(plan.query.kind, 'ou')}", fits=False)
    elif not any("trade" in fact["value"] for fact in record.get("offers", ())) and wanted_trades(plan.query, lexicon):
        yield Reason("trade_unknown", _unknown(record, plan, lexicon), True)


def _no_label(record: SupplierView, plan: SupplierPlan) -> Iterator[Reason]:
    """The labels of the query that no source gives a supplier; one that has ended is told by its own reason."""
    known = {fact["value"]["code"] for fact in record.get("labels", ())}
    missing = [code for code in plan.query.label if code not in known]
    if len(missing) == len(plan.query.label):
        names = enumerated([quoted(LABELS[code].name) for code in missing[:MOST_NAMED]], "ou")
        yield Reason("label", f"label {names} : inconnu, à demander", True)


def _ended(record: SupplierView, plan: SupplierPlan, lexicon: Lexicon) -> Iterator[Reason]:
    """The trades of the query that only an ended label proved, with the day of its end."""
    proved: dict[str, OfferView] = {}
    for fact in record.get("offers", ()):
        offer = fact["value"]
        code = offer.get("trade")
        if code and plan.wanted.intersection((code, *(broader.code for broader in lexicon.trades.ancestors(code)))):
            proved[code] = max(proved.get(code, offer), offer, key=lambda each: each.get("valid_until", ""))
    for code, offer in proved.items():
        text = f"{lexicon.trades.get(code).name} : label {validity(offer, plan.as_of)}"
        yield Reason("label", text, fits=False)


def _unknown(record: SupplierView, plan: Plan[SupplierQuery], lexicon: Lexicon) -> str:
    """Says in French that no trade is published, and how probable the likeliest trade of the query is."""
    code, found = likeliest(record, wanted_trades(plan.query, lexicon), lexicon, plan.as_of)
    if not found.observed:
        return NEVER
    return f"métier non publié, à appeler ; {lexicon.trades.get(code).name} : {in_words(found)}"


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
