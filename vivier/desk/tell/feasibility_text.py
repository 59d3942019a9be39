"""Describes a feasibility study in French: the same figures as the JSON answer, always in the same words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vivier.desk.facts.presence import here
from vivier.desk.method.feasibility import Feasibility
from vivier.desk.method.lever import in_part, structures
from vivier.desk.method.verdict import RESERVABLE, VERDICTS, Assessment
from vivier.french import chance, euros_ht, percent
from vivier.law.articles import NOTICE, STATUS_WORDS
from vivier.territory.phrases import of_place


def feasibility_text(made: Feasibility, trades: Sequence[str], place: str) -> str:
    """The study as one paragraph, for the recommended article or the nearest to a recommendation. ``trades``: names of the trades
    of its pools. With several trades, the paragraph describes the one that limits a group."""
    best = made.best
    sentences = [
        *_several(made, trades),
        _supply(best, trades[best.pool], place),
        *_to_ask(best),
        *_on_the_spot(best),
        *_covering_in_part(best),
        *_present(made),
        *_capacity(made, best),
        *_odds(made, best),
        _ground(best),
    ]
    return " ".join([*sentences, *_ways(made), NOTICE])


def _several(made: Feasibility, trades: Sequence[str]) -> Iterator[str]:
    """For a lot of several trades: the number of structures that do them all, and the weakest trade."""
    if not made.alone:
        return
    best = made.best
    alone = next(assessment for assessment in made.alone if assessment.code == best.code)
    n = alone.supply.count
    who = "Aucune structure n'est connue pour exercer" if n == 0 else f"{structures(n)} exerce{'nt' if n > 1 else ''}"
    yield f"{who} les {len(trades)} métiers sur un même site (article {best.code})."
    yield f"En groupement, le métier le plus faible est « {trades[best.pool]} »."


def _supply(best: Assessment, trades: str, place: str) -> str:
    n = best.supply.count
    if n == 0:
        return (
            f"Aucune structure relevant de l'article {best.code} n'est connue pour couvrir au moins la moitié de la population "
            f"{of_place(place)} pour « {trades} »."
        )
    kinds = ", ".join(f"{count} {kind}" for kind, count in best.supply.by_kind.items())
    verb = "couvrent" if n > 1 else "couvre"
    return (
        f"{n} structure{'s' if n > 1 else ''} relevant de l'article {best.code} ({kinds}) {verb} au moins la moitié de la "
        f"population {of_place(place)} pour « {trades} »{in_part(best.supply)}{_assumed(best)}."
    )


def _to_ask(best: Assessment) -> Iterator[str]:
    n = best.supply.covering_untold
    if n:
        who = f"{n} autre{'s' if n > 1 else ''}" if best.supply.count else structures(n)
        yield (
            f"{who} du même article {'servent' if n > 1 else 'sert'} ce territoire sans qu'aucune source ne dise "
            f"{'leur' if n > 1 else 'son'} métier : à appeler, non comptée{'s' if n > 1 else ''}."
        )


def _on_the_spot(best: Assessment) -> Iterator[str]:
    """The structures of the place whose zone is not published: they must be asked what they cover."""
    n = best.prospects.count("likely") - best.supply.unplaced
    if n > 0:
        s, have = ("s", "ont") if n > 1 else ("", "a")
        yield f"{structures(n)} de ce métier {have} un agrément à vérifier : à appeler, non comptée{s}."
    counts = (
        (best.supply.untold - best.supply.covering_untold, "de métier inconnu"),
        (best.supply.unplaced, "de ce métier"),
    )
    for n, which in counts:
        if n:
            s, sits = ("s", "ont leur siège ici ou en couvrent") if n > 1 else ("", "a son siège ici ou en couvre")
            yield f"{structures(n)} {which} {sits} une partie, sans zone publiée : à appeler, non comptée{s}."


def _covering_in_part(best: Assessment) -> Iterator[str]:
    partly = sum(left.reason == "zone_partial" and left.note is None for left in best.supply.excluded)
    if partly:
        yield f"{partly} site{'s' if partly > 1 else ''} de plus n'en {'couvrent' if partly > 1 else 'couvre'} qu'une partie."


def _present(made: Feasibility) -> Iterator[str]:
    """When no structure is counted, the inclusive sites that are in the place."""
    if made.best.supply.count == 0 and made.present is not None and made.present.reaching:
        yield f"Tous métiers confondus, {here(made.present)}."


def _assumed(best: Assessment) -> str:
    inferred, far = best.supply.inferred, sum(each.place < 1 for each in best.supply.eligible)
    assumed = f", dont {inferred} par une zone supposée" if inferred else ""
    return assumed + (
        f", dont {far} de loin par une zone « toute la France », comptée{'s' if far > 1 else ''} selon la distance"
        if far
        else ""
    )


def _capacity(made: Feasibility, best: Assessment) -> Iterator[str]:
    n, annual = best.supply.count, made.lot.annual
    if n == 0:
        return
    known = f"{best.known} sur {n} {'ont' if best.known > 1 else 'a'} un" if best.known else "Aucune n'a de"
    yield f"{known} chiffre d'affaires connu."
    if annual is None:
        yield "Sans montant, la taille du lot n'est pas prise en compte."
    elif best.known:
        able, unable = len(best.split.able), len(best.split.unable)
        verb = "supportent" if able > 1 else "supporte"
        yield f"{able} {verb} {euros_ht(annual)} par an (au plus {percent(made.share)} du chiffre d'affaires), {unable} non."


def _odds(made: Feasibility, best: Assessment) -> Iterator[str]:
    if best.supply.count == 0:
        return
    if best.confirmed:
        sure, several = best.confirmed, best.confirmed > 1
        yield f"{structures(sure)} {'ont' if several else 'a'} confirmé pouvoir faire ce lot : {'elles comptent' if several else 'elle compte'} comme {'des offres' if several else 'une offre'}."
    low, high = best.central.low.two, best.central.high.two
    span = chance(low) if chance(low) == chance(high) else f"{chance(low)} à {chance(high)}"
    unknown = len(best.split.unknown)
    why = (
        f", selon la part des {unknown} structures au chiffre d'affaires inconnu qui peuvent répondre"
        if unknown > 1 and chance(low) != chance(high)
        else ""
    )
    how = "" if best.confirmed else ", sans appeler personne"
    yield f"Des seules structures connues{how} : au moins deux offres dans {span} des cas{why}."
    yield f"Ce calcul suppose que {percent(made.calibration.rate)} des structures répondent : {made.calibration.text}."


def _ground(best: Assessment) -> str:
    status = "" if best.article.certain else f", {STATUS_WORDS[best.article.status]}"
    verdict = VERDICTS[best.verdict].capitalize()
    to_ask = best.indeterminate and best.supply.to_ask > best.supply.count
    if to_ask:
        verdict = "Pas de conclusion tant que les structures à appeler n'ont pas répondu"
    elif best.indeterminate:
        verdict = f"{verdict}, sous réserve de vérification"
    if best.applies.state == "no":
        return f"Article {best.code} sans objet. {' '.join(best.applies.reasons)}"
    share = _least_share(best)
    doubts = f" {' '.join(best.applies.reasons)}" if best.applies.reasons else ""
    weak = " Trop de métiers ou de zones sont supposés ou inconnus." if best.indeterminate else ""
    kind = "Réservation fondée" if best.verdict in RESERVABLE else "Une réservation se fonderait"
    return f"{kind} sur l'article {best.code}{status}{share}. {verdict}.{doubts}{weak}"


def _least_share(best: Assessment) -> str:
    """The least share of the people for whom the article reserves, where it is known."""
    if best.article.scope == "concession":
        return ", part minimale de l'effectif à confirmer (R3113-1)"
    if best.code == "L2113-15":
        return ""
    whom = " de personnes détenues" if best.article.families == ("PRISON",) else ""
    return f", la moitié au moins de l'effectif{whom} (R2113-7), mention obligatoire dans l'avis"


def _ways(made: Feasibility) -> Iterator[str]:
    for change in made.changes:
        if change.code.startswith("article_") and change.more > 0:
            yield f"Avec l'article {change.article} : {change.more} structure{'s' if change.more > 1 else ''} de plus."
        if change.code == "wider" and change.more > 0:
            yield f"Avec des zones de 20 km de plus : {change.more} structure{'s' if change.more > 1 else ''} de plus."
    yield from (way.text for way in made.alternatives if way.code.startswith(("smaller_lot", "direct")))
