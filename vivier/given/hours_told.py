"""Describes a follow-up of insertion hours as plain JSON, the same for its pages and its files: hours by lot, buyer, basin and month; what is unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from vivier.bodies import Body, body_of
from vivier.contracts.months import add_months
from vivier.desk.tell.follow_up import PUBLICS, WAYS
from vivier.french import month_name, number, plural
from vivier.given.follow_up import NO_BASIN, TELLERS, Company, FollowedLot, FollowUp, total
from vivier.given.follow_ups import link_token
from vivier.given.tell import LINKS
from vivier.lexicon import Lexicon


class MonthBody(Body):
    """``hours``: ``None`` when nobody told them; ``begun``: the month is over or has begun."""

    month: str
    month_fr: str
    begun: bool
    hours: float | None
    given_on: str | None
    by_fr: str | None


class CompanyBody(Body):
    rank: int
    name: str
    link: str
    done: float | None
    months: list[MonthBody]


class SumBody(Body):
    """``due``: hours due, ``None`` when a lot has none set; ``unknown``: months over that a company did not tell."""

    name: str
    lots: int
    due: float | None
    done: float | None
    unknown: int


class FollowedLotBody(Body):
    lot: int
    object: str
    reference: str
    buyer: str
    basin: str
    due: float | None
    done: float | None
    left: float | None
    unknown: int
    text: str
    companies: list[CompanyBody]
    shares: list[ShareBody]


class ShareBody(Body):
    quarter: int
    what_fr: str
    hours: float


class FollowUpKeptBody(Body):
    opened_on: str
    kept_until: str
    as_of: str
    lots: list[FollowedLotBody]
    buyers: list[SumBody]
    basins: list[SumBody]


def kept_body(read: FollowUp, id_: str, lexicon: Lexicon, today: date) -> FollowUpKeptBody:
    return body_of(
        FollowUpKeptBody,
        read,
        as_of=today.isoformat(),
        lots=[_lot(lot, id_, lexicon, today) for lot in read.lots],
        buyers=_sums(read.lots, lambda lot: lot.buyer or "acheteur non précisé", today),
        basins=_sums(read.lots, lambda lot: basin_name(lot.basin, lexicon), today),
    )


def hours_text(hours: float) -> str:
    """« 1 234,5 heures »."""
    return f"{number(hours)} {'heures' if hours >= 2 else 'heure'}"


def basin_name(basin: str, lexicon: Lexicon) -> str:
    """The name of a territory, in French."""
    return lexicon.gazetteer.get(basin).name if basin else NO_BASIN


def company_months(company: Company, lot: FollowedLot, today: date) -> list[MonthBody]:
    """The months of a company, those to come included."""
    return [_month(month, company, today) for month in lot.calendar]


def _month(month: date, company: Company, today: date) -> MonthBody:
    reported = company.reported.get(month)
    return {
        "month": month.isoformat()[:7],
        "month_fr": month_name(month),
        "begun": month <= today,
        "hours": None if reported is None else reported.hours,
        "given_on": None if reported is None else reported.given_on.isoformat(),
        "by_fr": None if reported is None else TELLERS[reported.by],
    }


def _lot(lot: FollowedLot, id_: str, lexicon: Lexicon, today: date) -> FollowedLotBody:
    unknown, done = lot.unknown(today), lot.done
    return {
        "lot": lot.number,
        "object": lot.object,
        "reference": lot.reference,
        "buyer": lot.buyer,
        "basin": basin_name(lot.basin, lexicon),
        "due": lot.hours,
        "done": done,
        "left": None if lot.hours is None else max(0.0, lot.hours - (done or 0.0)),
        "unknown": unknown,
        "text": _sentence(lot, done, unknown, today),
        "companies": [
            {
                "rank": company.rank,
                "name": company.name,
                "link": f"{LINKS}/{link_token(id_, lot.number, company.rank)}",
                "done": total(reported.hours for reported in company.reported.values()),
                "months": company_months(company, lot, today),
            }
            for company in lot.companies
        ],
        "shares": [
            {"quarter": quarter, "what_fr": {**PUBLICS, **WAYS}[what], "hours": hours}
            for (quarter, what), hours in sorted(lot.shares.items())
        ],
    }


def _sentence(lot: FollowedLot, done: float | None, unknown: int, today: date) -> str:
    """What is done of what is due; a month that nobody told may hold hours."""
    each = ", chaque entreprise comptée" if len(lot.companies) > 1 else ""
    missing = f" {plural(unknown, 'mois passé')} sans réponse{each} : {'leurs' if unknown > 1 else 'ses'} heures sont inconnues."
    tail = missing if unknown else ""
    if done is None:
        return f"Aucune heure dite encore.{tail}"
    if lot.hours is None:
        return f"{hours_text(done)} {_dites(done)} ; les heures dues ne sont pas fixées.{tail}"
    left = lot.hours - done
    end = add_months(lot.start, lot.months)
    rest = f"reste {hours_text(left)}{' au plus' if unknown else ''}" if left > 0 else "l'engagement est tenu"
    late = " Le marché est fini." if left > 0 and end <= today else ""
    return f"{hours_text(done)} {_dites(done)} sur {hours_text(lot.hours)} dues : {rest}.{late}{tail}"


def _dites(hours: float) -> str:
    return "dites" if hours >= 2 else "dite"


def _sums(lots: Iterable[FollowedLot], name: Callable[[FollowedLot], str], today: date) -> list[SumBody]:
    """Hours summed by a name, in the order of the first lot of each."""
    groups: dict[str, list[FollowedLot]] = {}
    for lot in lots:
        groups.setdefault(name(lot), []).append(lot)
    return [
        {
            "name": key,
            "lots": len(group),
            "due": None if any(lot.hours is None for lot in group) else sum(lot.hours or 0.0 for lot in group),
            "done": total(done for lot in group if (done := lot.done) is not None),
            "unknown": sum(lot.unknown(today) for lot in group),
        }
        for key, group in groups.items()
    ]
