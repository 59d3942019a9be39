"""Chooses the lever of a lot, in the order in which a buyer can act: purchase from a structure, reserve, reserve once asked, clause, social
condition due, criterion or none; and gives the reason for this lot.

It depends on the supply, on the yearly amount through capacity, on the labour share, on the hours and on whether posts need a qualification:
it never falls when a structure or a turnover is added. It never rises with the amount, save for a clause, whose hours must be useful, and
for the condition due above the EU threshold, which neither a criterion nor nothing discharges. No lever breaks a duty of the rules of the
law (:mod:`vivier.law.rules`). A structure whose trade or zone is not published does not count as able: it is to be asked, with its
probability.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from vivier.desk.facts.presence import Presence, here
from vivier.desk.method.clause import Carriers, unsettled
from vivier.desk.method.offers import Odds, odds
from vivier.desk.method.prospects import Prospects
from vivier.desk.method.supply import Supply
from vivier.desk.method.verdict import Assessment, Lot
from vivier.french import capital, chance, euros_ht, integer, number, percent
from vivier.law.parameters import value
from vivier.law.rules import Consultation, applies, broken_by, condition_due, threshold

Lever = Literal["direct", "reserve", "reserve_if", "clause", "condition", "criterion", "none"]
LEVERS: Final[dict[Lever, str]] = {
    "direct": "achat direct à une structure",
    "reserve": "réserver",
    "reserve_if": "réservable si {n} structures confirment",
    "clause": "clause d'insertion",
    "condition": "condition sociale à prévoir, ou à écarter en le motivant",
    "criterion": "critère social",
    "none": "rien d'assuré",
}
"""In the order in which a buyer can act, from the strongest to the weakest."""
RESERVED: Final[tuple[Lever, ...]] = ("direct", "reserve", "reserve_if")
"""The levers by which structures alone answer."""


def lever_title(lever: Lever, confirmed: int = 0) -> str:
    """The French title of a lever. ``confirmed``: structures that already said that they can do the lot."""
    missing = _missing(confirmed)
    if lever == "reserve_if" and confirmed:
        return f"réservable si {structures(missing)} de plus confirme{'nt' if missing > 1 else ''}"
    return LEVERS[lever].format(n=integer(value("wanted_offers")))


def _missing(confirmed: int) -> int:
    """Number of structures that must still confirm before a lot is reserved."""
    return max(int(value("wanted_offers")) - confirmed, 1)


@dataclass(frozen=True)
class Ground:
    """What a lever rests on. ``recommended``: the assessment of the article that can be used, if any; ``to_confirm``: that of the article
    that could be used if the structures asked confirm; ``group``: only a group could answer; ``widest``: the assessment that has the most
    structures; ``hours``: structures that carry hours; ``present``: inclusive sites of the place whatever their trade, ``None`` when
    they were not counted; ``supposed``: the advice is of low confidence, so that no estimate is written as more certain than nine cases in
    ten; ``by_trade``: the assessments of each trade, of a lot of several."""

    lot: Lot
    recommended: Assessment | None
    to_confirm: Assessment | None
    group: bool
    widest: Assessment
    hours: Carriers
    present: Presence | None = None
    supposed: bool = False
    by_trade: tuple[tuple[Assessment, ...], ...] = ()

    def chance(self, probability: float) -> str:
        """A probability in words."""
        return chance(probability, supposed=self.supposed)


def labour_intensive(lot: Lot) -> bool | None:
    """Whether labour weighs enough in the price for insertion hours to make sense; ``None`` when its share is unknown. Supplies of
    unknown share are not labour-intensive: their work is done at the manufacturer's."""
    if lot.labour_share is not None:
        return lot.labour_share >= value("labour_intensive")
    return False if lot.category == "fournitures" else None


def lever_of(ground: Ground) -> tuple[Lever, str]:
    """The lever, and the French sentence that says what decided it for this lot. It contradicts no duty of the lot."""
    plan = ground.lot.plan(ground.widest.supply.as_of)
    lever, reason = _direct(ground, plan) or _by_supply(ground, plan)
    return (
        ("condition", f"{condition_due(plan.category, plan.kind, plan.months)} {reason}")
        if broken_by(lever, plan)
        else (lever, reason)
    )


def enough(ground: Ground, lever: Lever) -> float:
    """The probability of enough structures: one able for a direct purchase, two that carry hours for a clause or a condition, else two able."""
    if lever == "direct":
        return _sold(ground)
    found = ground.recommended or ground.to_confirm or ground.widest
    return _carrying(ground).two if lever in ("clause", "condition") else found.prospects.able.two


def _carrying(ground: Ground) -> Odds:
    """Odds of structures that carry hours: those of the trade alone where labour is light."""
    return ground.hours.odds_of_trade if labour_intensive(ground.lot) is False else ground.hours.odds


def _direct(ground: Ground, plan: Consultation) -> tuple[Lever, str] | None:
    """The purchase from a structure without competition, where its amount allows it and one able structure is worth a call."""
    able = _sold(ground)
    whole, lot_alone = applies("direct_purchase", plan), applies("direct_lot", plan)
    if plan.amount is None or broken_by("direct", plan) or (whole, lot_alone) == ("no", "no"):
        return None
    if able < WORTH_A_CALL:
        return None
    limit = euros_ht(threshold("direct", plan))
    check = {
        "yes": "",
        "to_verify": f" À vérifier : le besoin entier, tous lots compris, reste sous {limit}.",
        "no": ""
        if lot_alone == "yes"
        else " À vérifier : les petits lots achetés ainsi ne dépassent pas ensemble 20 % du besoin.",
    }[whole]
    permitted = f"Sous {limit}, l'achat direct à une structure est permis"
    if able < value("carry_likely"):
        return (
            "direct",
            f"{permitted}. Trouver une structure capable n'est pas acquis ({ground.chance(able)}) : {_CALL_FIRST}{check}",
        )
    return "direct", f"{permitted} : comparez-les et écrivez-leur.{check} {_VARY}"


def _sold(ground: Ground) -> float:
    """The probability that one of the structures that sell can do the lot; none, when one of its trades has nobody at all."""
    best = ground.recommended or ground.to_confirm or ground.widest
    each_trade = [trade for some in ground.by_trade for trade in some if trade.code == best.code]
    if any(not trade.prospects.every for trade in each_trade):
        return 0.0
    return 1 - odds(each.able for each in best.prospects.sellers(lending=ground.lot.lending)).none


def uncontested(plan: Consultation) -> bool:
    """Whether the whole need may be bought without competition: a criterion then compares nobody."""
    return plan.amount is not None and not broken_by("direct", plan) and applies("direct_purchase", plan) != "no"


WORTH_A_CALL: Final = 0.1
"""Probability that one structure can do a lot from which its direct purchase is advised, by a call first [ours, from forty lots judged blind on
2026-11-30: from .13 on the purchase was right, at .03 it was not]."""
_CALL_FIRST: Final = "appelez d'abord les plus probables ; à défaut, achetez sans condition sociale."


_VARY: Final = "Ne prenez pas toujours la même."


def useful(lot: Lot) -> bool:
    """Whether a clause could give enough hours for an insertion path; unknown hours are not taken for too few."""
    return lot.most_hours is None or lot.most_hours >= value("useful_hours")


def _by_supply(ground: Ground, plan: Consultation) -> tuple[Lever, str]:
    """The lever that the supply, the labour share and the posts allow. No criterion for what is bought without competition."""
    lever, reason, against = _allowed(ground, enough=not broken_by("criterion", plan))
    if lever != "criterion" or not uncontested(plan):
        return lever, f"{reason} {against}".rstrip()
    limit = euros_ht(threshold("direct", plan))
    return "none", f"{against} {reason} Mais sous {limit}, sans mise en concurrence, un critère ne départage personne."


def _allowed(ground: Ground, *, enough: bool) -> tuple[Lever, str, str]:
    """The lever, its own reason, and why the lot is not reserved. ``enough``: a criterion discharges the duties of the lot; else none is proposed."""
    if ground.recommended is not None:
        together = " à un groupement : chaque métier a assez de structures, pas chacune d'elles" if ground.group else ""
        return (
            "reserve",
            f"{_offer(ground.recommended)} de réserver{together} sur le fondement de l'article {ground.recommended.code}.",
            "",
        )
    if ground.to_confirm is not None:
        return "reserve_if", _to_confirm(ground, ground.to_confirm), ""
    likely, hours, light = value("carry_likely"), ground.hours, labour_intensive(ground.lot) is False
    carry, against = _carrying(ground), f"{_not_reserved(ground)}."
    if carry.two >= likely and not light and not useful(ground.lot):
        return "criterion", capital(_few(ground.lot, enough=enough)), against
    if carry.two >= likely and not light:
        return "clause", f"Pour les heures de la clause : {' ; '.join(_able(hours)) or carrying(hours)}.", against
    if 1 - carry.none >= likely:
        return "criterion", capital(_criterion(ground.lot, light, enough=enough)), against
    if ground.lot.trained_posts and not light:
        return "criterion", f"{_TRAINED}{_ITS_CHOICE if enough else '.'}", against
    return "none", _nobody(ground, light), ""


def _not_reserved(ground: Ground) -> str:
    """Why the lot is not reserved, and who is there when no structure carries its hours for sure."""
    if ground.hours.sure or ground.present is None:
        return _against(ground)
    return f"{_against(ground)} ; tous métiers confondus, {here(ground.present)}"


def _few(lot: Lot, *, enough: bool) -> str:
    """Why no clause is advised where structures would carry its hours."""
    hours, mark = integer(lot.most_hours or 0), integer(value("useful_hours"))
    return f"une clause donnerait au plus {hours} heures, sous le repère de {mark} : {'un critère social, ou ' if enough else ''}un lot regroupé."


_TRAINED: Final = "Les postes de ce métier demandent une qualification, qui s'apprend en alternance"
_ITS_CHOICE: Final = " : un critère laisse à chaque candidat le choix d'embaucher, de former ou de sous-traiter."


def _to_confirm(ground: Ground, assessment: Assessment) -> str:
    made, wanted, sure = assessment.prospects, int(value("wanted_offers")), assessment.confirmed
    if sure:
        missing = _missing(sure)
        who = f"{structures(sure)} {'ont' if sure > 1 else 'a'} confirmé, il en manque {integer(missing)}"
        return (
            f"Réservable sur le fondement de l'article {assessment.code} si {structures(missing)} de plus "
            f"confirme{'nt' if missing > 1 else ''} : {who}. Nous estimons qu'au moins {wanted} peuvent faire ce lot dans {ground.chance(made.able.two)} des cas."
        )
    groups = (
        (made.count("known"), "de métier connu"),
        (made.count("likely"), "de zone ou d'agrément à confirmer"),
        (made.count("to_ask"), "de métier non publié"),
    )
    part = assessment.supply.in_part
    partial = f" (dont {integer(part)} en partie seulement)" if part else ""
    who = ", ".join(f"{integer(n)} {what}{partial * (what == groups[0][1])}" for n, what in groups if n)
    guessed = ", d'après leur type et leur nom" if made.count("to_ask") else ""
    return (
        f"Réservable (article {assessment.code}) si {wanted} structures confirment qu'elles peuvent faire ce lot. "
        f"À interroger : {who}{guessed}. Nous attendons environ {_favourable(made.expected)}, et au moins {wanted} dans {ground.chance(made.able.two)} des cas"
        f"{_to_ask(made)}."
    )


def _to_ask(made: Prospects) -> str:
    """How many structures to ask."""
    return (
        f". Pour deux oui, prévoyez environ {integer(made.enough)} appels, aux plus probables d'abord"
        if made.enough
        else ""
    )


def _offer(assessment: Assessment) -> str:
    """What allows to reserve: the structures that confirmed, when they are enough, else what is known of the supply."""
    sure = assessment.confirmed
    if sure < value("wanted_offers"):
        return "L'offre permet"
    return f"{structures(sure)} ont confirmé qu'elles peuvent faire ce lot : l'offre permet"


def _favourable(expected: float) -> str:
    shown = round(expected) if expected >= 3 else round(expected, 1)
    several = "s" if shown >= 2 else ""
    return f"{number(shown, 0 if expected >= 3 else 1)} réponse{several} favorable{several}"


def _criterion(lot: Lot, light: bool, *, enough: bool) -> str:
    why = _light(lot) if light else "une structure pour porter des heures est probable, pas deux"
    if not enough:
        return f"{why}."
    if light:
        return f"{why} : un critère social, s'il est lié à l'objet, plutôt que des heures."
    return f"{why} : un critère laisse à chaque candidat le choix de ses moyens."


def _nobody(ground: Ground, light: bool) -> str:
    """The reason why no lever is advised: what the lot lacks, then who is there."""
    present, hours = ground.present, ground.hours
    if present is not None and present.nobody_listed and not (light and present.reaching):
        return _unlisted(present)
    if present is not None and not present.reaching:
        return "Aucune structure connue sur ce territoire : élargir, ou consulter un facilitateur."
    if light:
        why = f"{_against(ground)} ; {_light(ground.lot)}"
    elif not hours.open_posts:
        why = f"{_against(ground)} ; ce métier n'offre pas de poste sans qualification à confier à du personnel mis à disposition"
    else:
        why = f"{_against(ground)} ; deux structures pour porter des heures ne sont pas probables non plus"
    if present is None:
        return f"{why} : élargir, ou consulter un facilitateur."
    return f"{why}. Tous métiers confondus, {here(present)} : les interroger, élargir, ou consulter un facilitateur."


def _unlisted(present: Presence) -> str:
    """What is said where the lists have nobody: the verdict would be that of the lists, not of the territory."""
    others = number(present.reaching)
    beside = {0: "aucune d'ailleurs ne vient jusqu'ici", 1: "une seule, d'ailleurs, en couvre une partie"}.get(
        present.reaching, f"{others}, d'ailleurs, en couvrent une partie, sans suffire pour conclure"
    )
    return (
        f"Nos listes n'ont aucune structure inclusive {present.unlisted}, ce qui est leur manque, pas celui du territoire ; {beside}. "
        "Un facilitateur de la clause sociale ou un réseau local dira qui peut répondre ; chaque réponse notée ici change l'avis."
    )


def _against(ground: Ground) -> str:
    """Why the lot is not reserved: the structures known, how many the lot is too large for, and the odds that two can do it."""
    widest = ground.widest
    known, unable, two = widest.supply.count, len(widest.split.unable), widest.prospects.able.two
    if known and unable == known and widest.largest[1] is not None:
        return (
            f"{_known_too_small(known)} : le plus grand lot que l'une d'elles peut porter est de {euros_ht(widest.largest[1])} par an "
            f"(article {widest.code})"
        )
    if known:
        too_large = f", dont {integer(unable)} trop petite{'s' if unable > 1 else ''} pour ce lot" if unable else ""
        return (
            f"{structures(known)} de métier connu{in_part(widest.supply)}{too_large} (article {widest.code}) : nous estimons à {ground.chance(two)} la probabilité que "
            "deux puissent faire ce lot"
        )
    nobody = uncertain(widest.prospects).capitalize()
    if n := len(widest.prospects.every):
        return (
            f"{nobody}. Sur {structures(n)} à appeler (article {widest.code}), nous estimons à {ground.chance(two)} la probabilité "
            "que deux puissent faire ce lot"
        )
    return nobody


def uncertain(made: Prospects) -> str:
    """What is known of a supply of which no structure counts: some of the trade, of which the zone or the agreement is to confirm, or none."""
    if n := made.count("likely"):
        return f"{structures(n)} de ce métier {'sont' if n > 1 else 'est'} à confirmer, zone ou agrément"
    return "aucune structure de ce métier n'est connue pour couvrir la moitié du territoire"


def _known_too_small(known: int) -> str:
    if known == 1:
        return "La structure de métier connu est trop petite pour ce lot"
    return f"Les {integer(known)} structures de métier connu sont toutes trop petites pour ce lot"


def _light(lot: Lot) -> str:
    if lot.labour_share is None:
        return "ce sont des fournitures, dont la part de main-d'œuvre n'est pas connue"
    return f"la main-d'œuvre ne pèse que {percent(lot.labour_share)} du prix"


def carrying(hours: Carriers) -> str:
    """French sentence on the structures that can carry hours: those that lend people, those of the trade, those to ask."""
    parts = [*_able(hours)]
    if hours.to_ask:
        single, several = (
            "est à appeler, sans être comptée capable",
            "sont à appeler, sans être comptées capables",
        )
        n, why = len(hours.to_ask), "de métier, zone ou agrément à confirmer"
        if all(each.covers and unsettled(each) for each in hours.to_ask):
            why = "de métier inconnu"
        parts.append(f"{structures(n)} {why} {several if n > 1 else single}")
    return " ; ".join(parts) or "aucune structure n'est connue pour en porter"


def _able(hours: Carriers) -> Iterator[str]:
    if hours.lending:
        n, kinds = len(hours.lending), by_kind(hours.lending_by_kind)
        which = "quel que soit le métier" if hours.open_posts else "dans ce métier"
        yield f"{structures(n)} {'mettent' if n > 1 else 'met'} du personnel à disposition {which} ({kinds})"
    if hours.doing:
        n = len(hours.doing)
        yield f"{structures(n)} du métier {'peuvent' if n > 1 else 'peut'} en prendre"


def structures(n: int) -> str:
    """« 1 structure », « 12 structures »."""
    return f"{n} structure{'s' if n > 1 else ''}"


def in_part(supply: Supply) -> str:
    """« , dont 2 n'en font qu'une partie »: those that do a narrower trade alone."""
    n = supply.in_part
    if not n:
        return ""
    if n == supply.count:
        return ", pour une partie du métier seulement"
    return f", dont {integer(n)} n'en {'fait' if n == 1 else 'font'} qu'une partie"


def by_kind(counted: Mapping[str, int]) -> str:
    """« 9 ESAT, 5 EA »."""
    return ", ".join(f"{n} {kind}" for kind, n in counted.items())
