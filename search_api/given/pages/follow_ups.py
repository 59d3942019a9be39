"""Pages of kept follow-ups of insertion hours: the page of who follows, the page where a company tells its hours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from fastapi import Response

from search_api.given.pages.rounds import private_page
from search_api.pages.choices import messages_by_field
from vivier.desk.tell.follow_up import MOST_COMPANIES
from vivier.errors import FieldError
from vivier.french import typed
from vivier.given.follow_up import Company, FollowedLot, FollowUp
from vivier.given.hours_told import FollowUpKeptBody, company_months

LOT_FIELDS: Final = ("object", "reference", "buyer", "place", "hours", "months", "start")


def follow_up_page(
    body: FollowUpKeptBody,
    id_: str,
    base: str,
    fields: Mapping[str, str] | None = None,
    errors: Iterable[FieldError] = (),
    done: str | None = None,
) -> Response:
    """The page of a follow-up. ``base``: address of the service; ``fields`` and ``errors``: of the form that was sent; ``done``: what an import did."""
    messages = messages_by_field(errors)
    values: dict[str, Any] = {
        "followed": body,
        "address": f"/suivi-heures/{id_}",
        "base": base,
        "fields": dict(fields or {}),
        "errors": messages,
        "most": MOST_COMPANIES,
        "done": done,
    }
    return private_page("follow_up_kept.html", values, 422 if messages else 200)


def telling_page(
    read: FollowUp,
    lot: FollowedLot,
    company: Company,
    today: date,
    fields: Mapping[str, str] | None = None,
    errors: Iterable[FieldError] = (),
) -> Response:
    """The page where a company tells the hours of its months."""
    messages = messages_by_field(errors)
    months = [
        {**month, "typed": "" if month["hours"] is None else typed(month["hours"])}
        for month in company_months(company, lot, today)
        if month["begun"]
    ]
    values = {
        "follow": read,
        "lot": lot,
        "company": company,
        "months": months,
        "fields": dict(fields or {}),
        "errors": messages,
    }
    return private_page("telling.html", values, 422 if messages else 200)
