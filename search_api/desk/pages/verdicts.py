"""Prepares the page of sealed verdicts: sentences and rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from vivier.desk.sealed.score import SealedCountBody, SealedMonthBody, SealedOffersBody, SealedScoreBody
from vivier.french import integer, month_name, number, percent, plural

ENOUGH: Final = 30
"""Reserved lots with a known number of offers from which a score is told."""


@dataclass(frozen=True)
class VerdictsPage:
    """``sentences``: what the results say; ``months``: a row a month; ``chances``: the calibration, empty while it is too thin."""

    sentences: tuple[str, ...]
    months: tuple[tuple[str, ...], ...]
    chances: tuple[tuple[str, ...], ...]


def verdicts_page(score: SealedScoreBody) -> VerdictsPage:
    """The page of a score."""
    return VerdictsPage(
        tuple(_sentences(score)),
        tuple(map(_month, score["months"])),
        tuple(_chances(score["offers"])) if score["offers"]["n"] >= ENOUGH else (),
    )


def _sentences(score: SealedScoreBody) -> Iterator[str]:
    if not score["sealed"]:
        yield "Aucun verdict n'est scellé ici."
        return
    sealed = plural(score["sealed"], "verdict scellé", "verdicts scellés")
    yield f"{sealed}, dont {integer(score['studied'])} sur un avis assez bien lu pour être étudié."
    yield f"{plural(score['settled'], 'avis a', 'avis ont')} un résultat connu : {integer(score['cancelled'])} sans suite."
    yield f"Lots réservés par l'acheteur : Vivier l'avait dit possible pour {_possible(score['reserved'])}."
    yield f"Autres lots : il l'avait dit possible pour {_possible(score['not_reserved'])}."
    if score["reserved_settled"]:
        settled = plural(score["reserved_settled"], "lot réservé réglé", "lots réservés réglés")
        yield f"Sur {settled}, {integer(score['unfruitful'])} sans suite."
    if score["winners_known"]:
        yield f"Titulaire présent dans l'annuaire : {integer(score['listed'])} sur {integer(score['winners_known'])} connus."
    yield _offers(score["offers"])


def _possible(counted: SealedCountBody) -> str:
    share = f" ({percent(counted['possible'] / counted['n'])})" if counted["n"] else ""
    return f"{integer(counted['possible'])} sur {integer(counted['n'])}{share}"


def _offers(offers: SealedOffersBody) -> str:
    if offers["brier"] is None or offers["base"] is None or offers["n"] < ENOUGH:
        known = plural(offers["n"], "lot réservé dit", "lots réservés disent")
        return f"« Au moins deux offres » n'est pas noté : {known} ses offres, il en faut {ENOUGH}."
    better = "mieux" if offers["brier"] < offers["base"] else "moins bien"
    return (
        f"« Au moins deux offres » : score de Brier {number(offers['brier'], 3)} sur {plural(offers['n'], 'lot')}, "
        f"{better} qu'une même chance pour tous ({number(offers['base'], 3)})."
    )


def _month(row: SealedMonthBody) -> tuple[str, ...]:
    counts = (row["sealed"], row["studied"], row["reserved"], row["settled"])
    return (month_name(date.fromisoformat(f"{row['month']}-01")), *map(integer, counts))


def _chances(offers: SealedOffersBody) -> Iterator[tuple[str, ...]]:
    for row in offers["calibration"]:
        mean, came = ("–" if share is None else percent(share) for share in (row["mean"], row["came"]))
        yield f"{percent(row['low'])} à {percent(row['high'])}", integer(row["n"]), mean, came
