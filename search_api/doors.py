"""What a product above hands to those below it: a few functions each, which answer for it when it is there. A product below knows these
protocols alone, and answers without what nobody hands in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Protocol

from search_api.schemas import DeclarationOut
from vivier.lexicon import Lexicon
from vivier.model.base import Model
from vivier.model.views import SupplierView
from vivier.search.snapshot import Snapshot

Pairs = list[tuple[str, str]]
Requested = Any
"""The context of a request (:class:`search_api.context.Context`), which holds the doors: it is not named here, so that no circle is made."""


@dataclass(frozen=True)
class Awards:
    """What the sheet of a supplier tells of its contracts: ``values`` of the template, ``records`` and ``sources`` to credit. By itself:
    that none is indexed."""

    values: Mapping[str, Any]
    records: Sequence[Mapping[str, Any]] = ()
    sources: frozenset[str] = frozenset()


NO_AWARDS = Awards({"won": None, "bars": ()})


class Contracts(Protocol):
    """What contracts tell on pages of suppliers."""

    def awards(self, siren: str | None, as_of: date, context: Requested, /) -> Awards:
        """The contracts of a company, for its sheet."""

    def compared(self, siren: str, snapshot: Snapshot, lexicon: Lexicon, as_of: date, /) -> tuple[str, ...] | None:
        """The contracts of a company in a cell; ``None`` when no contract is indexed."""


class Whom(Protocol):
    """For whom a page of the space of structures is."""

    def profile_of_address(self, path: str, items: Iterable[tuple[str, str]], /) -> Pairs:
        """The profile of an address, empty when it says none."""

    def towards(self, path: str, profile: Pairs, /) -> Pairs:
        """The parameters by which a page of the space keeps the profile."""

    def in_words(self, profile: Pairs, context: Requested, /) -> str:
        """Whom a profile says."""


class Added(Protocol):
    """What people added to one stored record."""

    @property
    def version(self) -> str:
        """A text that changes with what is added, for callers that keep answers."""

    @property
    def values(self) -> Mapping[str, Any]:
        """What the template of a sheet shows of it."""

    @property
    def declaration(self) -> DeclarationOut | None:
        """When the structure declared what it does here, and whether it signed it; ``None``: it declared nothing that holds."""

    def on(self, record: SupplierView, contacts: bool, /) -> SupplierView:
        """The record with what is added. ``contacts``: whether its mailbox and its number may be shown here."""


class NothingAdded:
    """A sheet to which nobody adds anything: as it is indexed."""

    version = ""
    values: Mapping[str, Any] = {"declaration": None, "listed": (), "reports": ()}
    declaration: DeclarationOut | None = None

    def on(self, record: SupplierView, contacts: bool, /) -> SupplierView:
        """The record itself."""
        return record


class Question(Protocol):
    """One question of a week to a structure."""

    @property
    def trade(self) -> str:
        """The code of the trade."""

    @property
    def text(self) -> str:
        """The question in French."""

    @property
    def answer(self) -> str | None:
        """« yes », « no », « later »; ``None``: nobody answered."""


class People(Protocol):
    """What people give, as sheets and legal pages tell it."""

    def takes(self, context: Requested, /) -> bool:
        """Whether something may be asked about a structure here."""

    def writes(self, context: Requested, /) -> bool:
        """Whether the service sends mail."""

    def added_to(self, record: SupplierView, context: Requested, /) -> Added:
        """What people added to a stored record."""

    def stored(self, context: Requested, /) -> Sequence[object]:
        """The tables that this service fills, for the page of personal data."""

    def question_of(self, query: Any, leads: Any, context: Requested, client: str, /) -> Question | None:
        """The question of the week of a supplier, kept; ``None``: nothing to ask. ``leads``: its first ones, when they are known. Raises
        ``EngineUnavailable`` when what people give is away."""

    def followed_by(self, query: Model, /) -> Pairs:
        """The parameters of the form that follows a list by mail."""


@dataclass(frozen=True)
class Called:
    """The round where the calls about a lot are noted: its page, and its answers (:class:`vivier.desk.method.answers.Answer`), the oldest first."""

    page: str
    answers: tuple[Any, ...]


class Rounds(Protocol):
    """Sourcing rounds, as pages of the desk offer them."""

    def called(self, study: str, lines: Iterable[int], context: Requested, /) -> Mapping[int, Called]:
        """What was noted of the calls about lots of a study, by line; a lot of which nobody noted a call is absent."""

    def note(
        self, study: str, question: Any, line: int, call: Mapping[str, str], context: Requested, client: str, /
    ) -> None:
        """Notes what a structure answers by telephone about a line of a question (:class:`vivier.dossiers.question.Question`): ``structure``, then
        ``can``, or ``action`` « withdraw ». The first call opens the round. Raises ``InvalidRequest``."""

    def opens(self, context: Requested, /) -> bool:
        """Whether a round can be opened here."""


@dataclass(frozen=True)
class Doors:
    """The doors that are open. ``None``: the product that hands it in is absent."""

    contracts: Contracts | None = None
    whom: Whom | None = None
    people: People | None = None
    rounds: Rounds | None = None


NO_DOORS = Doors()


def joined(doors: Iterable[Doors]) -> Doors:
    """The doors that several products hand in."""
    every = tuple(doors)
    names = [door.name for door in fields(Doors)]
    return Doors(**{name: next((door for of in every if (door := getattr(of, name))), None) for name in names})
