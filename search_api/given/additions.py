"""What people add to sheets, and what is kept of it (:class:`search_api.doors.People`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from search_api.context import Context
from search_api.desk import kept as desk
from search_api.doors import Pairs
from search_api.given import kept
from search_api.schemas import DeclarationOut
from vivier.bodies import body_of
from vivier.contracts.leads import Leads
from vivier.contracts.leads_query import LeadsQuery
from vivier.contracts.query_profile import own_profile
from vivier.errors import EngineUnavailable
from vivier.given import declared
from vivier.given.declaration import FACTS
from vivier.given.lead_questions import WeekQuestion, question_of_week
from vivier.given.stored import Part, Stored, stored_in
from vivier.mail.news import search_of
from vivier.model.base import Model
from vivier.model.views import SupplierView
from vivier.patience import OPTIONAL, patience


@dataclass(frozen=True)
class Additions:
    """What people added to one sheet."""

    added: declared.Added

    @property
    def version(self) -> str:
        """A text that changes with what is added, for callers that keep answers."""
        return self.added.version

    @property
    def values(self) -> Mapping[str, Any]:
        """What the template of a sheet shows of it."""
        reports = [(FACTS[report.content["fact"]], report) for report in self.added.reports]
        return {"declaration": self.added.declaration, "listed": self.added.listed, "reports": reports}

    @property
    def declaration(self) -> DeclarationOut | None:
        """When the structure declared, and whether it signed."""
        made = self.added.declaration
        return None if made is None else body_of(DeclarationOut, made)

    def on(self, record: SupplierView, contacts: bool) -> SupplierView:
        """The record with what is declared today."""
        return declared.with_declared(record, *self.added.written, contacts=contacts)


def takes(context: Context) -> bool:
    """Whether something may be question about a structure here."""
    return kept.queue.find(context) is not None


def writes(context: Context) -> bool:
    """Whether the service sends mail."""
    return kept.mail.find(context) is not None


def added_to(record: SupplierView, context: Context) -> Additions:
    """What people added to a stored record; nothing when their database does not answer: the sheet is then as indexed."""
    try:
        with patience(OPTIONAL):
            return Additions(declared.added_to(record, kept.queue.find(context), context.today()))
    except EngineUnavailable as error:
        context.troubles.begin("base", f"base : {error}")
        return Additions(declared.Added())


def question_of(query: LeadsQuery, leads: Leads | None, context: Context, client: str) -> WeekQuestion | None:
    """The question of the week of a supplier, kept in the database of what people give."""
    at_hand = context.snapshot, context.lexicon, context.today()
    _, record = own_profile(query, *at_hand)
    if record is None:
        return None
    with patience(OPTIONAL):
        return question_of_week(kept.queue(context).database, record, query, *at_hand, client, leads)


def stored(context: Context) -> Sequence[Stored]:
    """The tables that this service fills."""
    parts: dict[Part, object] = {
        "studies": desk.dossiers.find(context) or desk.kept_studies.find(context),
        "rounds": kept.rounds.find(context),
        "requests": kept.queue.find(context),
        "mail": kept.mail.find(context),
    }
    return stored_in(frozenset(part for part, there in parts.items() if there is not None))


def followed_by(query: Model) -> Pairs:
    """The parameters of the form that follows a list by mail."""
    return search_of(query)
