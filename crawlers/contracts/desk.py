"""Normalises the raw fields of a contract, whatever layout they come from, into a :class:`ContractRecord`.

Objects that are plainly trials of a platform or examples of a format, never a purchase.

A closed list of whole objects and one strict pattern: an object that only speaks of tests (« tests antigéniques », « essais
de sol ») buys them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any, Final, NamedTuple

from crawlers.contracts import codes
from crawlers.contracts.memo import Memo
from crawlers.contracts.organisations import Known, Party, read_organisation
from crawlers.contracts.raw import RawContract, RawModification, RawSubcontract
from crawlers.contracts.values import (
    object_text,
    plain,
    read_amount,
    read_cpv,
    read_day,
    read_flag,
    read_months,
    read_offers,
    read_whole,
    written,
)
from crawlers.kit import Aside, Intake
from crawlers.kit.place import insee, point
from vivier.model.contract import (
    BuyerPlace,
    Considerations,
    ContractRecord,
    DeclaredPlace,
    Modification,
    Organisation,
    Subcontract,
)
from vivier.text.folding import fold

WHOLE: Final = frozenset(
    [
        "ceci est un test",
        "consultation de test",
        "consultation test",
        "envoi pour json test",
        "marche de test",
        "marche test",
        "objet de la consultation",
        "objet du marche",
        "test",
        "test consultation",
        "test marche",
    ]
)
"""Objects folded, without marks nor a last number. « Envoi pour Json test 1 » and « Objet de la consultation 2 » are in
the official examples of the format; the others are ours. « tests » and « essais » alone are not in the list: they
may be bought."""

LONGEST: Final = 80
"""Characters. A longer object says what is bought."""
_TELLING: Final = ("test", "objet d")
"""Every trial holds one of these texts."""
_MARKS: Final = re.compile(r"[^a-z0-9]+")
_LAST_NUMBER: Final = re.compile(r" (?:n ?o? ?)?\d{1,3}$")
_NOT_TO_ANSWER: Final = re.compile(
    r"(?:ceci est un |(?:consultation|marche) (?:de )?)?test (?:merci de |priere de |svp )?"
    r"ne pas (?:y )?(?:repondre|en tenir compte|tenir compte|prendre en compte)(?: svp| merci)?"
)


def is_trial(text: str) -> bool:
    """Whether an object as a whole is a trial: « envoi pour Json test 2 », « TEST - ne pas répondre »."""
    lower = text.lower() if len(text) <= LONGEST else ""
    if not any(word in lower for word in _TELLING):  # this test spares the patterns to nearly every object
        return False
    plain = _MARKS.sub(" ", fold(lower)).strip()
    return _LAST_NUMBER.sub("", plain) in WHOLE or _NOT_TO_ANSWER.fullmatch(plain) is not None


_AHEAD = timedelta(days=31)
_STARTS_AHEAD = timedelta(days=3660)


class Notes:
    """Codes of what is doubtful in one contract, and its values that are in no closed list."""

    __slots__ = ("doubts", "unread")

    def __init__(self, doubts: Iterable[str]) -> None:
        self.doubts = list(doubts)
        self.unread: list[str] = []

    def tell(self, field: str, words: Iterable[str]) -> None:
        """Notes values of ``field`` that are in no closed list."""
        self.unread.extend(f"{field}: {word}" for word in words)


class Listed(NamedTuple):
    """Values of a contract chosen in closed lists, codes of doubt, and values that are in no list."""

    fields: dict[str, Any]
    doubts: tuple[str, ...]
    unread: tuple[str, ...]


class Desk:
    """Normalises the contracts of one run. It remembers the values it has read, up to a limit: the same value gives the
    same object."""

    def __init__(self, intake: Intake) -> None:
        today = intake.now.date()
        self.intake = intake
        self.latest: date | None = None
        self._days: Memo[tuple[date | None, str | None]] = Memo(partial(read_day, latest=today + _AHEAD))
        self._starts: Memo[tuple[date | None, str | None]] = Memo(partial(read_day, latest=today + _STARTS_AHEAD))
        self._cpvs: Memo[tuple[str | None, str | None]] = Memo(read_cpv)
        self._months: Memo[tuple[int | None, str | None]] = Memo(read_months)
        self._offers: Memo[tuple[int | None, str | None]] = Memo(read_offers)
        self._flags: Memo[tuple[bool | None, bool]] = Memo(read_flag)
        self._buyers: Memo[Known] = Memo(partial(read_organisation, role="buyer", public=True))
        self._holders: Memo[Known] = Memo(partial(read_organisation, role="holder"))
        self._subcontractors: Memo[Known] = Memo(partial(read_organisation, role="subcontractor"))
        self._places: Memo[tuple[DeclaredPlace | None, str | None]] = Memo(_read_place)
        self._listed: Memo[Listed] = Memo(self._read_listed)
        self._buyer_places: Memo[BuyerPlace | None] = Memo(_read_buyer_place)
        self._codes = {
            name: Memo(partial(codes.read_code, words=words))
            for name, words in (
                ("nature", codes.NATURE),
                ("procedure", codes.PROCEDURE),
                ("ccag", codes.CCAG),
                ("typeGroupementOperateurs", codes.GROUPING),
            )
        }
        self._lists = {
            name: Memo(partial(codes.read_codes, words=words))
            for name, words in (("techniques", codes.TECHNIQUE), ("modalitesExecution", codes.MODALITY))
        }
        self._considerations = {
            (name, nothing): Memo(
                partial(codes.read_considerations, words=words | ({codes.NOTHING: "none"} if nothing else {}))
            )
            for name, words in (
                ("considerationsSociales", codes.SOCIAL_WORDS),
                ("considerationsEnvironnementales", codes.ENVIRONMENTAL_WORDS),
            )
            for nothing in (False, True)
        }

    def record(self, raw: RawContract) -> ContractRecord | Aside:
        """The normalised contract, or why it is set aside: a contract without a buyer belongs to nobody."""
        notes = Notes(raw.issues)
        buyer = self._organisation(self._buyers, raw.buyer, "acheteur.typeIdentifiant", notes)
        if buyer is None:
            return Aside("buyer_missing", "l'acheteur n'est pas nommé : « acheteur.id » est attendu")
        published = self._day(raw.published, notes)
        if published is not None and (self.latest is None or published > self.latest):
            self.latest = published
        doubts = notes.doubts
        holders = self._parties(raw.holders, notes)
        if not holders:
            doubts.append("holder_absent")
        listed = self._listed[
            raw.nature,
            raw.procedure,
            raw.techniques,
            raw.modalities,
            raw.ccag,
            raw.grouping,
            raw.subcontracted,
            raw.innovative,
            raw.social,
            raw.environmental,
            raw.nothing_is_none,
        ]
        fields = {
            "source_id": raw.source_id,
            "provenance": self.intake.provenance(published),
            "form": raw.form,
            "kind": raw.kind,
            "number": written(raw.number),
            "buyer": buyer,
            "buyer_place": self._buyer_places[raw.buyer_place] if raw.buyer_place else None,
            "holders": holders,
            "object": _object(raw.object, doubts),
            "cpv": self._cpv(raw, doubts),
            "framework": written(raw.framework) if raw.framework is not None else None,
            "place": self._place(raw.place, notes) if raw.place is not None else None,
            "amount": _value_of(read_amount(raw.amount), doubts),
            "months": _value_of(self._months[raw.months], doubts),
            "notified": self._day(raw.notified, notes),
            "started": _value_of(self._starts[raw.started], doubts) if raw.started is not None else None,
            "published": published,
            "offers": _value_of(self._offers[raw.offers], doubts),
            **listed.fields,
        }
        doubts += listed.doubts
        notes.unread += listed.unread
        fields |= {
            "modifications": tuple(self._modifications(raw.modifications, notes)) if raw.modifications else (),
            "subcontracts": tuple(self._subcontracts(raw.subcontracts, notes)) if raw.subcontracts else (),
            "version": read_whole(raw.version) if raw.version is not None else None,
            "current": self._flag("donneesActuelles", raw.current, notes) if raw.current is not None else None,
        }
        if notes.unread:
            doubts.append("value_unread")
        fields["unread"] = tuple(notes.unread)
        fields["issues"] = tuple(dict.fromkeys(doubts)) if doubts else ()
        return built(fields)

    def _read_listed(self, raw: tuple[Any, ...]) -> Listed:
        """Reads the fields of closed lists together. Real files repeat few combinations, so that a combination is read once."""
        nature, procedure, techniques, modalities, ccag, grouping, subcontracted, innovative, social, green, nothing = (
            raw
        )
        notes = Notes(())
        fields = {
            "nature": self._code("nature", nature, notes),
            "procedure": self._code("procedure", procedure, notes),
            "techniques": self._list("techniques", techniques, notes),
            "modalities": self._list("modalitesExecution", modalities, notes),
            "ccag": "none" if nothing and ccag == "Sans objet" else self._code("ccag", ccag, notes),
            "grouping": self._code("typeGroupementOperateurs", grouping, notes),
            "subcontracted": self._flag("sousTraitanceDeclaree", subcontracted, notes),
            "innovative": self._flag("marcheInnovant", innovative, notes),
            "social": self._declared("considerationsSociales", social, nothing, notes),
            "environmental": self._declared("considerationsEnvironnementales", green, nothing, notes),
        }
        return Listed(fields, tuple(notes.doubts), tuple(notes.unread))

    def _cpv(self, raw: RawContract, doubts: list[str]) -> str | None:
        cpv, doubt = self._cpvs[raw.cpv]
        if doubt and (raw.kind == "marche" or doubt != "cpv_absent"):
            doubts.append(doubt)
        return cpv

    def _code(self, field: str, raw: object, notes: Notes) -> str | None:
        code, unread = self._codes[field][raw]
        if unread:
            notes.tell(field, (unread,))
        return code

    def _list(self, field: str, raw: object, notes: Notes) -> tuple[str, ...]:
        found, unread = self._lists[field][raw]
        if unread:
            notes.tell(field, unread)
        return found

    def _declared(self, field: str, raw: object, nothing: bool, notes: Notes) -> Considerations:
        found, unread = self._considerations[field, nothing][raw]
        if unread:
            notes.tell(field, unread)
        if len(found.values) > 1 and found.contradictory:
            notes.doubts.append("social_contradiction" if field == "considerationsSociales" else "env_contradiction")
        return found

    def _flag(self, field: str, raw: object, notes: Notes) -> bool | None:
        value, unread = self._flags[raw]
        if unread:
            notes.tell(field, (str(raw),))
        return value

    def _place(self, raw: tuple[object, object, object], notes: Notes) -> DeclaredPlace | None:
        place, unread = self._places[raw]
        if unread:
            notes.tell("lieuExecution.typeCode", (unread,))
        return place

    def _organisation(self, known: Memo[Known], party: Party, field: str, notes: Notes) -> Organisation | None:
        found = known[party]
        if found.doubts:
            notes.doubts.extend(found.doubts)
        if found.unread:
            notes.tell(field, (found.unread,))
        return found.organisation

    def _parties(self, parties: Sequence[Party], notes: Notes) -> tuple[Organisation, ...]:
        found = [self._organisation(self._holders, party, "titulaires.typeIdentifiant", notes) for party in parties]
        if len(found) == 1:
            return () if found[0] is None else (found[0],)
        return tuple(dict.fromkeys(party for party in found if party is not None))

    def _modifications(self, raws: Sequence[RawModification], notes: Notes) -> Iterable[Modification]:
        for raw in raws:
            notified, published = (self._day(day, notes) for day in (raw.notified, raw.published))
            # What an amendment changes is judged when versions are put in order: deltas are common
            # (docs/contracts.md, « Current version »).
            modification = Modification(
                number=read_whole(raw.number),
                notified=notified,
                published=published,
                amount=_unless_unread(read_amount(raw.amount), "amount_invalid", notes),
                months=_unless_unread(self._months[raw.months], "duration_invalid", notes),
                holders=self._parties(raw.holders, notes),
            )
            if modification != _NO_MODIFICATION:
                yield modification

    def _subcontracts(self, raws: Sequence[RawSubcontract], notes: Notes) -> Iterable[Subcontract]:
        for raw in raws:
            party = self._organisation(self._subcontractors, raw.party, "sousTraitant.typeIdentifiant", notes)
            subcontract = Subcontract(
                subcontractor=party or Organisation(),
                amount=_unless_unread(read_amount(raw.amount), "amount_invalid", notes),
                months=_unless_unread(self._months[raw.months], "duration_invalid", notes),
                notified=self._day(raw.notified, notes),
            )
            if subcontract != _NO_SUBCONTRACT:
                yield subcontract

    def _day(self, raw: object, notes: Notes) -> date | None:
        day, doubt = self._days[raw]
        if doubt:
            notes.doubts.append(doubt)
        return day


_NO_MODIFICATION = Modification()
_NO_SUBCONTRACT = Subcontract(subcontractor=Organisation())


def built(values: dict[str, object]) -> ContractRecord:
    """Builds a record out of values that are already normalised. Every field is given and pydantic does not check it
    again; a test does."""
    record = ContractRecord.__new__(ContractRecord)
    set_slot = object.__setattr__
    set_slot(record, "__dict__", values)
    set_slot(record, "__pydantic_fields_set__", _FIELDS)
    set_slot(record, "__pydantic_extra__", None)
    set_slot(record, "__pydantic_private__", None)
    return record


_FIELDS = set(ContractRecord.model_fields)


def _object(raw: object, doubts: list[str]) -> str | None:
    text = object_text(raw, doubts)
    if text is not None and is_trial(text):
        doubts.append("object_trial")
    return text


def _value_of(read: tuple[Any, str | None], doubts: list[str]) -> Any:
    """The value. Its doubt, when it has one, is noted."""
    if read[1]:
        doubts.append(read[1])
    return read[0]


def _unless_unread(read: tuple[Any, str | None], doubt: str, notes: Notes) -> Any:
    if read[1] == doubt:
        notes.doubts.append(doubt)
    return read[0]


def _read_place(raw: tuple[object, object, object]) -> tuple[DeclaredPlace | None, str | None]:
    code, name = written(raw[0]), written(raw[2])
    code_type, unread = codes.read_code(raw[1], codes.PLACE)
    if code is None and name is None and code_type is None:
        return None, unread
    return DeclaredPlace(code=code, code_type=code_type, name=name), unread


def _read_buyer_place(raw: tuple[object, ...]) -> BuyerPlace | None:
    """Commune, département, town, longitude, latitude and category, as written."""
    commune, departement, town, lon, lat, category = raw
    ignored: list[str] = []
    place = BuyerPlace(
        commune=insee(commune, ignored)[0],
        departement=written(departement),
        town=plain(town),
        point=point(((lon, lat),), ignored),
        category=written(category),
    )
    return None if place == BuyerPlace() else place
