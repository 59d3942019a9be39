"""Which purchases are open to a profile, by its trade, its place, its family and its size. Leads of today and purchases of the past that
were not won are judged by these same conditions, so that one never contradicts the other (docs/contracts.md, « Leads »)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from vivier.contracts.held_labels import GREEN, trades_of_labels
from vivier.contracts.insertion import insertion_bought
from vivier.contracts.objects import objects_with
from vivier.contracts.profile import NATIONAL, Profile, with_narrower
from vivier.law.parameters import value
from vivier.lexicon import Lexicon
from vivier.search.operators import (
    All,
    AnyOf,
    Collection,
    Exists,
    Near,
    Not,
    Operator,
    Range,
    Terms,
    conjunction,
)
from vivier.text.folding import fold
from vivier.trades.table import STAFFING

OWN_HOLDER: Final = Terms("quality", ("buyer_is_holder",))
"""The buyer is a holder of its own contract, in-house or by an error of the source: the data names no third party who would owe
a clause or need help (docs/contracts.md, « Leads »)."""
HELD_BY_INCLUSIVE: Final = Terms("inclusive", ("siret",))
"""The holder is an inclusive structure: it fulfils its clause itself and needs no partner."""
TRIAL: Final = Terms("quality", ("object_trial",))
"""Nothing was bought: the object is that of a trial or of an example, by a closed list (``crawlers/contracts/desk.py``)."""
RESERVED: Final = Terms("provisions", ("reserved",))
SOCIAL: Final = ("reserved", "criterion", "clause", "social_unspecified")
CLAUSE: Final = Terms("provisions", ("clause",))
_BUILT_ONCE: Final = (
    "construction",
    "reconstruction",
    "réhabilitation",
    "restructuration",
    "démolition",
    "désimperméabilisation",
    "sécurisation",
)
"""Words of an object that is built, or pulled down, once [ours, from the reading of real leads: the railings of « Construction de 28
logements » are bought as supplies, under CPV 44316500]."""
_RENEWED: Final = (
    "rénovation",
    "réfection",
    "extension",
    "remplacement",
    "ravalement",
    "accessibilité",
    "mise aux normes",
    "assainissement",
)
"""Words of an object that is works, whatever its source calls it [ours, from the blind reading of 2026-11-30: a third of the notices of 2021
say neither works, goods nor services]."""
_CONCEDED: Final = ("délégation de service public", "délégation du service public", "concession")
"""Words by which a whole service is conceded: nobody supposed to do a part of it runs it."""
SURE_OF_WORKS: Final = 0.7
"""Probability of a supposed trade from which works are shown: that of an activity code of the building trade [ours]."""
_SINGLE_TRADE: Final = 0.8
"""Probability of a supposed trade from which its structure is thought to do no other [ours]."""
_GOODS: Final = ("acquisition", "achat", "fourniture", "fournitures")
"""Words of an object by which goods are bought."""
_LONGEST_YEARS: Final = 5
_BUILDERS: Final = "gros-oeuvre-tp"
_BRANCHES: Final[Mapping[tuple[str, ...], frozenset[str]]] = {
    ("btp", "bati"): frozenset(("second-oeuvre", _BUILDERS)),
    ("proprete",): frozenset(("proprete",)),
    ("paysag", "espaces verts"): frozenset(("espaces-verts",)),
    ("industri",): frozenset(("industrie",)),
    ("transport", "logisti"): frozenset(("logistique-transport",)),
    ("domicile",): frozenset(("social-sante",)),
    ("multi",): frozenset(("second-oeuvre", _BUILDERS, "proprete", "espaces-verts", "industrie", "dechets")),
}
"""Groups of trades where people are lent, by words of the name of a GEIQ; all of them for who lends people in any trade [ours, from the same
reading: caterers and coaches were judged a waste]."""
_AGENCIES: Final = frozenset(("ETTI", "EATT"))
_HEAVY: Final = frozenset(("second-oeuvre", _BUILDERS, "energie"))
_SMALL: Final = "petits-travaux-batiment"
_LIGHT: Final = {_SMALL, "peinture-batiment", "revetements-sols", "cloisons-platrerie", "menuiserie"}
"""Groups of trades whose works are a site of many trades, and the trades of these that a small team does [ours, from the same reading]."""
_CABLING: Final = "electricite-batiment"
"""Works in that trade alone are done by qualified people [ours, from the same reading]."""


def of_trade(profile: Profile, lexicon: Lexicon, collection: Collection) -> Operator | None:
    """What a supplier may answer, or place people under; ``None`` for a profile without any trade. A trade that is known, or supposed and then
    meant by the CPV or the words; what is reserved to its family in a trade that it may do; for an SIAE that employs people itself the purchases of
    insertion; for who lends people the calls with a clause. Without a known trade, anything else would be a guess (docs/contracts.md, « Leads »)."""
    if profile.public:
        return AnyOf(())
    if not profile.wanted and profile.supplier is None:
        return None
    if profile.ordinary and not profile.wanted:
        return All((GREEN, Terms("meant_trades", trades_of_labels(profile.labels, lexicon))))
    found = [] if not profile.wanted else [_mine(profile, lexicon, collection)]
    if _AGENCIES & set(profile.kinds):
        found.append(Terms("meant_trades", (STAFFING,)))  # its statute tells its trade
    untold = All((Not(Exists("trades")), Not(built_once(lexicon, collection))))
    may_do = Terms("meant_trades", _may_do(profile, lexicon))
    if profile.families:
        open_trades = _reserved_trades(profile, may_do, untold)
        found.append(All((Terms("reserved_for", (*profile.families, "unknown")), open_trades)))
    if "SIAE" in profile.families and (not profile.lends or "AI" in profile.kinds):
        found.append(All((insertion_bought(lexicon, collection), AnyOf((untold, may_do)))))
    if profile.lends and collection == "notices":
        found.append(All((CLAUSE, may_do, Not(_goods(lexicon, collection)))))
    return AnyOf(tuple(found))


def _reserved_trades(profile: Profile, may_do: Operator, untold: Operator) -> Operator:
    """What may be reserved to a supplier. An agency of temporary work does nothing else (C. trav. L1251-2, L5132-6): a reserved service is not its own."""
    if not profile.lends:
        return AnyOf((untold, may_do))
    return Terms("meant_trades", (STAFFING,)) if _AGENCIES.issuperset(profile.kinds) else may_do


def _mine(profile: Profile, lexicon: Lexicon, collection: Collection) -> Operator:
    """The trades known, or supposed."""
    if not profile.trades:
        return conjunction(_supposed(profile, lexicon, collection), _near_or_social(profile))
    return Terms("trades", with_narrower(profile.trades, lexicon))


def unfit(profile: Profile, lexicon: Lexicon, collection: Collection) -> Operator:
    """What means a known trade and is no work of its supplier: a site of many trades (nobody who mows answers for a hospital that has a lawn), the
    tools of a trade; for who lends people works, and any work but theirs for who does nothing else, as an association does. Not where a clause lets the holder take a partner, nor what is reserved."""
    known = [lexicon.trades.get(code) for code in profile.trades if code in lexicon.trades]
    if not known or profile.supplier is None:
        return AnyOf(())
    able = [trade.code for trade in known if not {"works", "goods"}.isdisjoint(trade.nature)]
    wrong: tuple[Operator, ...]
    if profile.lends:
        sold = () if "AI" in profile.kinds else (Not(Terms("meant_trades", (STAFFING,))),)
        wrong = (*sold, _works(lexicon, collection), _goods(lexicon, collection))
    else:
        wrong = (_site(profile.trades, lexicon, collection), _tools(able, lexicon, collection))
    return All((AnyOf(wrong), Not(CLAUSE), Not(RESERVED)))


def _site(trades: Iterable[str], lexicon: Lexicon, collection: Collection) -> Operator:
    """A building, or works of a heavy trade, for whoever has no trade of building but small works."""
    if any(lexicon.trades.get(code).group in _HEAVY for code in trades if code in lexicon.trades and code != _SMALL):
        return AnyOf(())
    heavy = tuple(trade.code for trade in lexicon.trades if trade.group in _HEAVY and trade.code not in _LIGHT)
    whole = All((_works(lexicon, collection), built_once(lexicon, collection)))
    return AnyOf((whole, Terms("meant_trades", heavy)))


def _may_do(profile: Profile, lexicon: Lexicon) -> tuple[str, ...]:
    """The trades that a supplier may do beside its own: none where its own are told."""
    if profile.lends:
        return lent(profile, lexicon)
    single = profile.trades or any(probability >= _SINGLE_TRADE for _, probability in profile.supposed)
    return () if single else profile.possible


def lent(profile: Profile, lexicon: Lexicon, *, any_branch: bool = False) -> tuple[str, ...]:
    """The trades for which a supplier lends people: any where posts are open without a qualification; for a GEIQ, those that it publishes, or those
    of the branch that its name tells (``any_branch``: of all branches)."""
    groups: set[str] = set()
    for words, branch in _BRANCHES.items():
        if any_branch or profile.staffing or any(word in fold(profile.name or "").lower() for word in words):
            groups |= branch
    hired = (STAFFING,) if profile.staffing else ()
    opened = (trade.code for trade in lexicon.trades if trade.open_posts and trade.group in groups)
    return (*with_narrower(profile.trades, lexicon), *hired, *(code for code in opened if code != _CABLING))


def _supposed(profile: Profile, lexicon: Lexicon, collection: Collection) -> Operator:
    """What means a trade supposed. Works are no purchase of a service: tennis courts are not laid by who mows lawns. They are for who almost
    surely builds, and then no whole building. Nor are the tools of a trade bought from who works with them."""
    natures = {code: lexicon.trades.get(code).nature for code, _ in profile.supposed}
    builds = tuple(code for code, sure in profile.supposed if sure >= SURE_OF_WORKS and "works" in natures[code])
    sells = tuple(code for code in natures if "goods" in natures[code])
    service = Not(AnyOf((_works(lexicon, collection), _tools(sells, lexicon, collection))))
    every = Terms("meant_trades", with_narrower(tuple(natures), lexicon))
    if profile.lends:
        service = Not(_goods(lexicon, collection))  # works are done with people, goods are not
    if not builds:
        return All((every, service))
    small = All((Terms("meant_trades", with_narrower(builds, lexicon)), Not(_site(builds, lexicon, collection))))
    return All((every, AnyOf((service, small))))


def _tools(sold: Iterable[str], lexicon: Lexicon, collection: Collection) -> Operator:
    """Goods that mean none of the trades by which some are sold, or laid."""
    goods = _goods(lexicon, collection)
    return All((goods, Not(Terms("meant_trades", codes)))) if (codes := with_narrower(sold, lexicon)) else goods


def _goods(lexicon: Lexicon, collection: Collection) -> Operator:
    """What is bought as goods, or conceded as a whole service."""
    return AnyOf((Terms("category", ("fournitures",)), objects_with((*_GOODS, *_CONCEDED), lexicon, collection)))


def _works(lexicon: Lexicon, collection: Collection) -> Operator:
    """What is works, by its category or, without any, by its object."""
    named = All((Not(Exists("category")), objects_with((*_BUILT_ONCE, *_RENEWED), lexicon, collection)))
    return AnyOf((Terms("category", ("travaux",)), named))


def _near_or_social(profile: Profile) -> Operator | None:
    """A purchase near the supplier, or one that a social provision opens to it; ``None`` where its point is unknown."""
    if profile.zone.point is None:
        return None
    return AnyOf((Terms("provisions", SOCIAL), Near("location", *profile.zone.point, profile.near_km)))


def not_refused(profile: Profile, lexicon: Lexicon) -> Operator | None:
    """Leaves out what means a trade that the supplier says it does not do, unless it means one that it does or may do."""
    if not profile.refused:
        return None
    refused = Terms("meant_trades", profile.refused)
    wanted = with_narrower(profile.wanted, lexicon)
    return Not(conjunction(refused, Not(Terms("meant_trades", wanted))) if wanted else refused)


def inside(profile: Profile, collection: Collection, *, national: bool = False) -> Operator:
    """The place. « Toute la France » is no local lead: one structure in a hundred goes to the other end of the country. ``national``
    brings such purchases back."""
    zone = profile.zone
    if not zone.local or collection == "contracts":
        return zone.where()
    return AnyOf((zone.where(), NATIONAL)) if national else conjunction(zone.where(), Not(NATIONAL))


def open_to(profile: Profile) -> Operator | None:
    """Leaves out what is reserved to other families only. A kind without a family of its own may count as equivalent: the buyer
    judges. Nothing reserved is for an ordinary company."""
    if profile.ordinary:
        return Not(RESERVED)
    families = profile.families
    if not families:
        return None
    return AnyOf((Not(Exists("reserved_for")), Terms("reserved_for", (*families, "unknown"))))


def bearable(profile: Profile, collection: Collection, members: int = 1) -> Operator | None:
    """A year of the lot is at most half a year of the structure, or of ``members`` of its size together; ``None`` when its size is
    unknown."""
    means = profile.means
    return None if means is None else Not(larger_than(means * members * value("largest_lot"), collection))


def larger_than(means: float, collection: Collection) -> Operator:
    """A year of the lot is known to be worth more than ``means`` euros. A notice tells an amount for its whole duration, a year when
    it tells none."""
    if collection == "contracts":
        return All((Exists("annual_amount"), Not(Range("annual_amount", lte=means))))
    longer = (
        All((Range("months", gte=12 * years - 11), Range("amount_max", lte=means * years)))
        for years in range(2, _LONGEST_YEARS + 1)
    )
    return All((Exists("amount_max"), Not(AnyOf((Range("amount_max", lte=means), *longer)))))


def hours_lent(profile: Profile, lexicon: Lexicon) -> Operator | None:
    """The contracts with a clause of any trade whose hours a supplier that lends people may work; ``None`` for another supplier."""
    return All((CLAUSE, Not(qualified(profile, lexicon)))) if profile.staffing else None


def clauses_to_call(profile: Profile, lexicon: Lexicon, as_of: date) -> Operator:
    """The contracts with a clause that run on a day and whose holder may be called: of any trade for who lends people, else of the trades of the
    profile. None for an ordinary company."""
    if profile.ordinary:
        return AnyOf(())
    concerned = hours_lent(profile, lexicon) or conjunction(CLAUSE, of_trade(profile, lexicon, "contracts"))
    return conjunction(
        concerned,
        not_refused(profile, lexicon),
        open_to(profile),
        inside(profile, "contracts"),
        Exists("holders"),
        Range("notified", lte=as_of.isoformat()),
        Range("ends", gte=as_of.isoformat(), missing=True),
        Not(OWN_HOLDER),
        Not(HELD_BY_INCLUSIVE),
        Not(TRIAL),
    )


def qualified(profile: Profile, lexicon: Lexicon) -> Operator:
    """Contracts without hours for people lent: no trade of theirs has a post open without a qualification (a social worker), or goods
    are bought, and no building [ours, from the reading of every lead of the real lists]."""
    trades = lexicon.trades
    above = {trade.parent for trade in trades if not trade.open_posts}  # a record bears the trades above its own
    opened = tuple(trade.code for trade in trades if trade.open_posts and trade.code not in above)
    shut = tuple(trade.code for trade in trades if not trade.open_posts)
    closed = All((Terms("trades", shut), Not(Terms("trades", opened))))
    found = AnyOf((closed, All((Terms("category", ("fournitures",)), Not(built_once(lexicon))))))
    own = profile.trades
    return All((found, Not(Terms("trades", own)))) if own else found


def built_once(lexicon: Lexicon, collection: Collection = "contracts") -> Operator:
    """The objects that name what is built once."""
    return objects_with(_BUILT_ONCE, lexicon, collection)
