"""Writes the advice on a lot: the lever with its article, the facts behind it, its confidence, and what would change it.

The lever is that of the feasibility study: a clause is advised only when its hours are useful.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from vivier.clausier.hours import Hours
from vivier.desk.facts.presence import here
from vivier.desk.method.feasibility import Change, Feasibility
from vivier.desk.method.lever import (
    Ground,
    Lever,
    by_kind,
    carrying,
    in_part,
    labour_intensive,
    lever_of,
    lever_title,
    structures,
    uncertain,
)
from vivier.desk.method.verdict import RESERVABLE, VERDICTS, Assessment, least
from vivier.french import euros_ht, integer, percent
from vivier.law.articles import LawArticle, article_on
from vivier.law.parameters import value
from vivier.law.rules import broken_by

METHOD_VERSION: Final = "advice-9"
PARAMETERS: Final = ("labour_intensive", "useful_hours")
Confidence = Literal["high", "medium", "low"]
CONFIDENCES: Final[dict[Confidence, str]] = {"high": "élevée", "medium": "moyenne", "low": "faible"}
Usefulness = Literal["enough", "too_few", "to_confirm", "unknown"]
USEFULNESS: Final[dict[Usefulness, str]] = {
    "enough": "assez d'heures pour un parcours",
    "too_few": "trop peu d'heures pour un parcours",
    "to_confirm": "assez ou trop peu d'heures, selon les hypothèses",
    "unknown": "heures inconnues",
}
_ARTICLES: Final[dict[tuple[Lever, str], str]] = {
    ("direct", "marche"): "R2122-8",
    ("clause", "marche"): "L2112-2",
    ("clause", "concession"): "L3114-2",
    ("condition", "marche"): "L2112-2-1",
    ("condition", "concession"): "L3114-2-1",
    ("criterion", "marche"): "R2152-7",
    ("criterion", "concession"): "L3124-5",
}


@dataclass(frozen=True)
class Advice:
    """The advice on a lot. ``article`` is ``None`` when no lever is advised; ``facts``: sentences on what is known and what is not;
    ``usefulness``: of the hours that a clause would give; ``changes``: what would change the advice. Sentences are French."""

    lever: Lever
    title: str
    article: LawArticle | None
    reason: str
    facts: tuple[str, ...]
    usefulness: Usefulness
    confidence: Confidence
    confidence_reason: str
    changes: tuple[str, ...]


def advice(
    made: Feasibility, hours: Hours | None = None, trades: Sequence[str] = (), *, doubtful: bool = False
) -> Advice:
    """The advice on a study. ``hours``: ``None`` when no labour share is known; ``trades``: names of those of its pools; ``doubtful``: the
    trade or the place of the lot is still to be confirmed."""
    useful = usefulness(hours)
    confidence, why = _confidence(made, hours, useful, doubtful)
    ground = replace(made.ground, supposed=confidence == "low")
    return Advice(
        made.lever,
        _title(made),
        _article(made),
        lever_of(ground)[1],
        (*_blocking(made, trades), *_facts(made, hours, ground)),
        useful,
        confidence,
        why,
        tuple(_would_change(made, hours)) or ("Aucune des variations essayées ne change cet avis.",),
    )


ASK_FIRST: Final = "rien d'assuré : interroger d'abord"
"""The title of a lot without lever, where structures could be asked: nobody is sent away while somebody could be."""
UNLISTED: Final = "rien d'assuré : nos listes n'ont personne ici, demander à un facilitateur"
"""The title of a lot without lever, in a département of which the lists have no inclusive structure: that is not known to be nobody."""
UNKNOWN: Final = "rien d'assuré : le métier des structures d'ici est inconnu, demandez-le"
"""The title of a lot without lever, where nobody is worth a call for what is known of it, and structures of unknown trade may be asked."""


def _title(made: Feasibility) -> str:
    """The lever in French, and what to do first when no lever holds and structures could be asked."""
    title, to_ask = lever_title(made.lever, made.best.confirmed), len(made.best.prospects.calls)
    if made.lever == "none" and to_ask > 1:
        return f"{ASK_FIRST}, {structures(to_ask)} possibles"
    if made.lever == "none" and made.present is not None and made.present.nobody_listed:
        return UNLISTED
    return UNKNOWN if made.lever == "none" and made.best.supply.untold > 1 else title


def usefulness(hours: Hours | None) -> Usefulness:
    """Whether both the low and high estimates reach the useful hours, only one does, or neither."""
    if hours is None or hours.low is None or hours.high is None:
        return "unknown"
    enough = [estimate.insertion >= value("useful_hours") for estimate in (hours.low, hours.high)]
    return "enough" if all(enough) else "to_confirm" if any(enough) else "too_few"


def _article(made: Feasibility) -> LawArticle | None:
    reserving = made.recommended or made.to_confirm
    code = reserving if made.lever in ("reserve", "reserve_if") else _ARTICLES.get((made.lever, made.lot.kind))
    if code is None:
        return None
    article = article_on(code, made.lot.law_day(made.as_of))
    return article.used_as("social") if made.lever == "clause" else article


def _blocking(made: Feasibility, trades: Sequence[str]) -> Iterator[str]:
    """Which trade of a lot of several limits it: the others have more structures."""
    if len(trades) > 1 and len(made.by_trade) > 1 and made.lever != "reserve":
        verb = "limite" if made.lever == "reserve_if" else "bloque"
        yield f"Le métier qui {verb} est « {trades[made.best.pool]} » : séparé en lots, le reste serait jugé sans lui."


# -- facts -------------------------------------------------------------------------------------------------------------


def _facts(made: Feasibility, hours: Hours | None, ground: Ground) -> Iterator[str]:
    best = made.best
    kinds = f" ({by_kind(best.supply.by_kind)})" if best.supply.count else ""
    yield f"Métier, zone et agrément connus, article {best.code} : {structures(best.supply.count)}{kinds}{in_part(best.supply)}."
    if likely := best.prospects.count("likely"):
        its, their = "sa zone ou son agrément est à confirmer", "leur zone ou leur agrément est à confirmer"
        yield _to_ask(likely, best.code, f"du métier, {its}", f"du métier, {their}")
    if best.supply.untold:
        yield _untold(best)
    yield from _replies(best)
    yield _odds(made, ground)
    if made.present is not None:
        yield f"Tous métiers confondus : {here(made.present)}."
    yield f"Heures d'une clause : {carrying(made.hours)}."
    yield _labour(made, hours)
    yield _hours(hours)


def _untold(best: Assessment) -> str:
    """« 38 structures d'ici ne publient pas leur métier (article L2113-14) : il est inconnu. »"""
    called = best.prospects.count("to_ask")
    which = f" ; {integer(called)} à appeler, d'après leur type ou leur nom" if called else ""
    if best.supply.untold == 1:
        return f"1 structure d'ici ne publie pas son métier (article {best.code}) : il est inconnu{which}."
    return f"{integer(best.supply.untold)} structures d'ici ne publient pas leur métier (article {best.code}) : il est inconnu{which}."


def _to_ask(count: int, article: str, singular: str, several: str) -> str:
    """« 38 autres structures pourraient convenir (article L2113-14) : leur métier n'est pas publié. Elles ne sont pas comptées. »"""
    if count == 1:
        return f"1 autre structure pourrait convenir (article {article}) : {singular}. Elle n'est pas comptée : contactez-la."
    return f"{integer(count)} autres structures pourraient convenir (article {article}) : {several}. Elles ne sont pas comptées : contactez-les."


def _replies(best: Assessment) -> Iterator[str]:
    """How many structures answered for this lot. Each answer replaces our estimate."""
    part = sum(structure.can == "part" for structure in best.supply.eligible)
    declined = len({left.candidate.unit for left in best.supply.excluded if left.reason == "declined"})
    counted = (
        (best.confirmed, "peut faire ce lot", "peuvent faire ce lot"),
        (part, "peut en prendre une partie", "peuvent en prendre une partie"),
        (declined, "ne peut pas", "ne peuvent pas"),
    )
    answers = ", ".join(f"{integer(n)} {several if n > 1 else single}" for n, single, several in counted if n)
    if answers:
        yield f"Réponses reçues, article {best.code} : {answers}. Elles remplacent nos estimations."


def _odds(made: Feasibility, ground: Ground) -> str:
    """The odds of offers, which are no odds of being able, and whether two are a rule or our prudence."""
    best, wanted = made.best.prospects, integer(value("wanted_offers"))
    how = "celles qui ont confirmé comptées comme des offres" if made.best.confirmed else "sans appeler personne"
    return (
        f"Réserver sous l'article {made.best.code}, {how}, toutes structures possibles comprises : une offre au moins dans "
        f"{ground.chance(1 - best.offers.none)} des cas, {wanted} dans {ground.chance(best.offers.two)}. {wanted.capitalize()} offres sont notre prudence : la loi ne les exige pas."
    )


def _labour(made: Feasibility, hours: Hours | None) -> str:
    share, supposed = made.lot.labour_share, None if hours is None else hours.labour
    if share is None and supposed is not None and supposed.low is not None and supposed.high is not None:
        low, high = percent(supposed.low), percent(supposed.high)
        return f"Part de main-d'œuvre supposée, {low if low == high else f'de {low} à {high}'} du prix : à donner."
    if share is None:
        return "Part de main-d'œuvre du métier : inconnue, à donner."
    light = " : peu de main-d'œuvre" if labour_intensive(made.lot) is False else ""
    return f"Part de main-d'œuvre : {percent(share)} du prix{light}."


def _hours(hours: Hours | None) -> str:
    limit = f"repère de {integer(value('useful_hours'))} h, à confirmer"
    if hours is None:
        return f"Heures d'insertion : non estimées ({limit})."
    if hours.low is None or hours.central is None or hours.high is None:
        return f"Heures d'insertion : {integer(hours.per_100k)} h pour 100 000 € commandés ({limit})."
    low, central, high = (integer(estimate.insertion) for estimate in (hours.low, hours.central, hours.high))
    return f"Heures d'insertion : {central} h, de {low} à {high} ({limit}) : {USEFULNESS[usefulness(hours)]}."


# -- confidence --------------------------------------------------------------------------------------------------------


def _confidence(made: Feasibility, hours: Hours | None, useful: Usefulness, doubtful: bool) -> tuple[Confidence, str]:
    """The confidence and its reason: that of the weakest fact behind the lever."""
    if doubtful:
        return "low", "le métier ou le lieu est à confirmer"
    if made.lever == "clause":
        return _capped(_confidence_of_clause(made, useful), hours)
    if made.lever == "reserve_if":
        return _confidence_to_confirm(made.best)
    if made.best.supply.count == 0:
        why = f"{uncertain(made.best.prospects)} : l'annuaire n'est pas complet"
        raised = " ; elle est relevée dès que deux structures confirment qu'elles peuvent faire ce lot"
        return "low", why + (raised if max(len(made.best.prospects.calls), made.best.supply.to_ask) > 1 else "")
    return _confidence_of_supply(made.best, made.lot.amount)


def _confidence_of_clause(made: Feasibility, useful: Usefulness) -> tuple[Confidence, str]:
    """The confidence in a clause: it depends on the structures that carry the hours (published zones, dated agreements) and on the
    number of hours."""
    sure = (*made.hours.lending, *made.hours.doing)
    if len(sure) < 2:
        known = "aucune structure n'est connue pour porter" if not sure else "une seule structure connue porte"
        return "low", f"{known} des heures de façon certaine ; {_raised_by(useful)}"
    solid = sum(site.declared or site.takes or not site.undated for site in sure) / len(sure)
    why = f"{structures(len(sure))} connues pour porter des heures, {percent(solid)} avec une zone ou une fin d'agrément publiée ; {USEFULNESS[useful]}"
    if useful in ("too_few", "unknown") or solid < 0.5:
        return "low", why
    return ("high" if solid >= 0.75 and useful == "enough" else "medium"), why


def _raised_by(useful: Usefulness) -> str:
    """What makes the confidence in a clause « moyenne », where fewer than two structures are known to carry hours."""
    hours = {
        "too_few": ", sur un lot regroupé qui donne assez d'heures",
        "unknown": ", avec la part de main-d'œuvre du lot",
    }
    answers = "elle devient moyenne dès que deux structures répondent qu'elles prennent le lot ou une part"
    return answers + hours.get(useful, "")


def _capped(found: tuple[Confidence, str], hours: Hours | None) -> tuple[Confidence, str]:
    """A confidence held at « moyenne » while the labour share or the hourly cost of the hours is not confirmed."""
    confidence, why = found
    if confidence != "high" or hours is None:
        return found
    labour = hours.labour is not None and hours.labour.share == hours.labour_share and hours.labour.status != "seen"
    cost = hours.cost is not None and hours.cost.status != "seen"
    unconfirmed = [text for text, unsure in (("la part de main-d'œuvre", labour), ("le coût horaire", cost)) if unsure]
    if not unconfirmed:
        return found
    return "medium", f"{why} ; {' et '.join(unconfirmed)} à confirmer"


def _confidence_to_confirm(best: Assessment) -> tuple[Confidence, str]:
    """The confidence that the structures asked confirm: « moyenne » once one did, which is half of what a reservation asks; else it
    depends on how much of what is expected comes from known structures."""
    made = best.prospects
    if best.confirmed:
        return "medium", f"{structures(best.confirmed)} a confirmé, une seconde suffit pour réserver"
    share = sum(prospect.able for prospect in made.every if prospect.surety == "known") / made.expected
    known = "structures connues pour ce métier et ce territoire"
    why = f"{percent(share)} des réponses favorables attendues viennent de {known}"
    if not share:
        why = f"aucune des réponses favorables attendues ne vient de {known}"
    if share >= 0.5:
        return "medium", why
    return "low", f"{why} ; elle devient moyenne dès qu'une structure confirme qu'elle peut faire ce lot"


def _confidence_of_supply(best: Assessment, amount: float | None) -> tuple[Confidence, str]:
    """The confidence in a supply: it depends on published trades and zones, and on known turnovers."""
    if best.confirmed >= value("wanted_offers"):
        return "high", f"{structures(best.confirmed)} ont confirmé qu'elles peuvent faire ce lot"
    n = best.supply.count
    published = sum(structure.zone_declared and structure.trade_declared for structure in best.supply.eligible) / n
    shares = [(published, f"{percent(published)} des structures ont un métier et une zone publiés")]
    if amount is None:
        shares.append((0.5, "sans montant, la capacité n'est pas comptée"))
    else:
        shares.append((best.known / n, f"{percent(best.known / n)} ont un chiffre d'affaires connu"))
    weakest = min(shares)
    level: Confidence = "high" if weakest[0] >= 0.75 else "medium" if weakest[0] >= 0.5 else "low"
    return level, " ; ".join(text for _, text in shares)


# -- what would change it ----------------------------------------------------------------------------------------------


def _would_change(made: Feasibility, hours: Hours | None) -> Iterator[str]:
    reserved = made.lever == "reserve"
    for change in made.changes:
        if change.code.startswith("article_") and change.article == "L2113-15":
            continue  # this article is for other services, under other rules: it is no variation of the same lot
        if (change.verdict in RESERVABLE) != reserved:
            yield f"{change.text} : {VERDICTS[change.verdict]}{_more(change)}."
    if not reserved:
        yield _needed(made)
    yield from _labour_changes(made)
    yield from _hours_changes(made, hours)


def _more(change: Change) -> str:
    if change.more == 0:
        return ""
    plural = "s" if abs(change.more) > 1 else ""
    return f" ({change.more:+d} structure{plural})"


def _needed(made: Feasibility) -> str:
    rate = made.calibration.rate
    if rate <= 0:
        return "Réserver ne se discute pas sous un taux de réponse nul."
    able, unknown = least(rate, value("verdict_likely")), least(rate, value("verdict_sure"))
    sure = f"{able} structures capables, ou {unknown} de capacité inconnue"
    few = integer(value("wanted_offers"))
    return (
        f"Sans appeler personne, réserver se discute à partir de {sure} (une réponse sur {integer(1 / rate)} supposée). "
        f"Si vous appelez, {few} structures qui disent oui suffisent."
    )


def _labour_changes(made: Feasibility) -> Iterator[str]:
    limit = percent(value("labour_intensive"))
    enough = not broken_by("criterion", made.lot.plan(made.as_of))
    if made.lever == "clause" and made.lot.labour_share is None and enough:
        yield f"Une part de main-d'œuvre sous {limit} : un critère plutôt qu'une clause."
    if made.lever == "criterion" and labour_intensive(made.lot) is False:
        yield f"Une part de main-d'œuvre d'au moins {limit} : une clause d'insertion."


def _hours_changes(made: Feasibility, hours: Hours | None) -> Iterator[str]:
    if made.lever not in ("clause", "criterion", "none") or not made.hours.sure or hours is None or hours.per_100k <= 0:
        return
    amount = 100_000 * value("useful_hours") / hours.per_100k
    if usefulness(hours) in ("too_few", "to_confirm"):
        wanted = math.ceil(amount / 1_000) * 1_000
        yield f"Regrouper avec d'autres lots, ou un effort plus fort : le repère d'heures est atteint vers {euros_ht(wanted)}."
