"""Makes one Supplier from the records of one structure, by the table of ``indexer.survivorship``.

Values come from Records, which are valid already. Suppliers and facts are made without validating them again, so that
20,000 of them cost well under a second.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final, TypeVar, cast

from indexer.clusters import Keys
from indexer.spelling import line_likeness
from indexer.survivorship import NO_ROLES, SURVIVORSHIP, Roles, by_trust
from vivier.identity import fold, name_key
from vivier.law.kinds import proved_until
from vivier.model import Address, Agreement, Fact, Model, Offer, OtherValue, Provenance, Record, Supplier, members
from vivier.model.sizes import is_known
from vivier.territory.issues import ISSUES as PLACE_ISSUES
from vivier.vocabulary import SAID_HERE

SAME_LINE: Final = 0.7
"""Likeness (0–1) from which two address lines of one commune are one address."""

_FIELDS_OF_OTHERS: Final = tuple(rule.field for rule in SURVIVORSHIP if rule.others)
_NUMBERS: Final = ("siren", "siret", "finess")


def other_values(
    records: Sequence[Record], keys: Sequence[Keys], chosen: Mapping[str, Any], roles: Roles
) -> tuple[OtherValue, ...]:
    """The values that differ from the ``chosen`` ones (facts by field), the most trusted first, each once."""
    if len(records) == 1:
        return ()
    key_of = {id(record): key for record, key in zip(records, keys, strict=True)}
    found: list[OtherValue] = []
    for field in _FIELDS_OF_OTHERS:
        given = [(record, _value(field, record, key_of[id(record)])) for record in records]
        if len({value for _, value in given if value is not None}) > 1:
            found += _others(field, records, {id(record): value for record, value in given}, chosen[field], roles)
    return tuple(found)


def _value(field: str, record: Record, key: Keys) -> Any:
    value = getattr(key if field in _NUMBERS else record, field)
    return None if value in ("", Address()) else value


def _others(
    field: str, records: Sequence[Record], values: Mapping[int, Any], chosen: Any, roles: Roles
) -> Iterator[OtherValue]:
    shown = [chosen.value]
    alike = _ALIKE.get(field, _equal)
    for record in by_trust(field, records, roles):
        value = values[id(record)]
        if value is not None and not any(alike(value, other) for other in shown):
            shown.append(value)
            yield OtherValue(field=field, value=value, provenance=record.provenance)


def _equal(left: object, right: object) -> bool:
    return left == right


def _same_site(left: str, right: str) -> bool:
    """Whether two web addresses differ only by their scheme, « www. » and final slash."""
    return _bare(left) == _bare(right)


def _bare(url: str) -> str:
    return url.lower().partition("://")[2].removeprefix("www.").rstrip("/") or url.lower()


def _same_code(left: str, right: str) -> bool:
    return left.replace(".", "").upper() == right.replace(".", "").upper()


def same_place(left: Address, right: Address) -> bool:
    """Whether two addresses are one place: no known part of them contradicts the other. Streets may be spelled in two ways."""
    if left.commune is not None and right.commune is not None and left.commune != right.commune:
        return False
    if left.line is None or right.line is None or fold(left.line) == fold(right.line):
        return True
    likeness = line_likeness(fold(left.line), fold(right.line))
    return likeness is None or likeness >= SAME_LINE


_ALIKE: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "website": _same_site,
    "naf": _same_code,
    "address": same_place,
}


M = TypeVar("M", bound=Model)
DataDays = Mapping[str, date]
"""The day of the data of each source, by its id."""
NO_DAYS: Final[DataDays] = {}

_TEXT, _PLACE, _OFFER, _AGREEMENT = Fact[str], Fact[Address], Fact[Offer], Fact[Agreement]
_APART = ("siren", "siret", "finess", "address", "offers")
"""Members that a rule of this module chooses."""
_PLAIN = {
    name: member
    for name, member in members().items()
    if member.fact is not None and name in Record.model_fields and name not in _APART
}
"""Members taken from the records as they are: the most trusted value of one, every value of several."""
_FINENESS = {"address": 0, "street": 1, "unknown": 2, "commune": 3}
"""How coarse a point is. A point that a source gives without its precision is hardly finer than the centre of the commune."""
_SET = object.__setattr__
_MODELS: tuple[type[Model], ...] = (
    Supplier,
    *(member.fact for member in members().values() if member.fact is not None),
)
_DEFAULTS = {name: field.default for name, field in Supplier.model_fields.items()}
"""A member that only a register gives is not known yet."""
_FIELDS = {model: set(model.model_fields) for model in _MODELS}


class Assembler:
    """Makes suppliers from the records of one structure. ``roles`` gives the role of each source, ``days`` that of its data."""

    def __init__(self, roles: Roles = NO_ROLES, days: DataDays = NO_DAYS) -> None:
        self._roles = roles
        self._days = days

    def assemble(
        self,
        supplier_id: str,
        records: Sequence[Record],
        keys: Sequence[Keys],
        issues: Iterable[str] = (),
        former: tuple[str, ...] = (),
    ) -> Supplier:
        """One supplier from its records, given in the order of their keys; ``keys`` go with them. The supplier can
        still be found by its ``former`` ids."""
        values: dict[str, Any] = {"id": supplier_id}
        for field, member in _PLAIN.items():
            values[field] = (self._all if member.several else self._first)(field, records, member.fact)
        values.update(self._identifiers(records, keys))
        values["identifiers"] += former
        values["other_names"] = self._other_names(records, values)
        values["address"] = self._address(records)
        values["offers"] = self._offers(records)
        values["capacities"] = tuple([fact for fact in values["capacities"] if is_known(fact.value)])
        values["agreements"] = tuple([self._proved(fact, records) for fact in values["agreements"]])
        values["sources"] = self._sources(records, values["name"].provenance)
        values["others"] = other_values(records, keys, values, self._roles)
        values["issues"] = _issues(records, keys, values, issues)
        return _made(Supplier, _DEFAULTS | values)

    def _by_trust(self, field: str, records: Sequence[Record]) -> Sequence[Record]:
        return by_trust(field, records, self._roles)

    def _first(self, field: str, records: Sequence[Record], fact: type[Model]) -> Model | None:
        """The value of the most trusted record that has one. ``False`` is a value; ``None`` and an empty text are not. What a source publishes and a
        structure declares here too stays published."""
        given = [record for record in records if getattr(record, field) not in (None, "")]
        if not given:
            return None
        best, *less = self._by_trust(field, given)
        if less and best.provenance.source_id in SAID_HERE:
            same = (record for record in less if getattr(record, field) == getattr(best, field))
            best = next((record for record in same if record.provenance.source_id not in SAID_HERE), best)
        return _fact(fact, getattr(best, field), best.provenance)

    def _all(self, field: str, records: Sequence[Record], fact: type[Model]) -> tuple[Model, ...]:
        """Every distinct value, each with the provenance of the most trusted source that gives it."""
        given = [record for record in records if getattr(record, field)]
        if not given:
            return ()
        found: dict[Any, Provenance] = {}
        for record in self._by_trust(field, given):
            for value in getattr(record, field):
                found.setdefault(value, record.provenance)
        return tuple([_fact(fact, value, provenance) for value, provenance in found.items()])

    def _proved(self, fact: Any, records: Sequence[Record]) -> Model:
        """An agreement without a published end, with the last day that the last source to give it proves."""
        if fact.value.valid_until is not None:
            return cast(Model, fact)
        givers = [record for record in records if fact.value in record.agreements]
        proofs = [day for record in givers if (day := self._data_day(record.provenance)) is not None]
        until = proved_until(fact.value.kind, max(proofs)) if proofs else None
        if until is None:
            return cast(Model, fact)
        return _fact(_AGREEMENT, fact.value.changed(proved_until=until), fact.provenance)

    def _data_day(self, provenance: Provenance) -> date | None:
        """The day of the data of a source. A row that has not changed for years is proved by the list that still gives it."""
        fetched = provenance.fetched_at.date() if provenance.fetched_at is not None else None
        return self._days.get(provenance.source_id) or provenance.updated_at or fetched

    def _offers(self, records: Sequence[Record]) -> tuple[Model, ...]:
        """Distinct offers, without those that another offer of the supplier makes void (see ``_is_void``)."""
        if len(records) == 1 and len(records[0].offers) < 2:
            return tuple([_fact(_OFFER, offer, records[0].provenance) for offer in records[0].offers])
        found: dict[Offer, Record] = {}
        for record in self._by_trust("offers", records):
            for offer in record.offers:
                found.setdefault(offer, record)
        valid = found if len(records) == 1 else {o: r for o, r in found.items() if not _is_void(o, r, found)}
        return tuple([_fact(_OFFER, offer, record.provenance) for offer, record in valid.items()])

    def _identifiers(self, records: Sequence[Record], keys: Sequence[Keys]) -> dict[str, Any]:
        """The SIRET, the SIREN and the FINESS number, and every identifier by which the supplier can be looked up."""
        former = {siret for record in records for siret in record.former_sirets}
        searchable = {value for key in keys for value in _searchable(key)} | former
        chosen: dict[str, Any] = {"identifiers": tuple(sorted(searchable))}
        sound = list(zip(records, keys, strict=True))
        for field in ("siren", "siret", "finess"):
            chosen[field] = self._trusted(field, [(r, value) for r, key in sound if (value := getattr(key, field))])
        if chosen["siret"] is not None and chosen["siren"] is not None:
            chosen["siren"] = _fact(_TEXT, chosen["siret"].value[:9], chosen["siret"].provenance)
        return chosen

    def _trusted(self, field: str, values: list[tuple[Record, str]]) -> Model | None:
        if not values:
            return None
        best = self._by_trust(field, [record for record, _ in values])[0]
        return _fact(_TEXT, next(value for record, value in values if record is best), best.provenance)

    def _other_names(self, records: Sequence[Record], values: dict[str, Any]) -> tuple[str, ...]:
        """Every other name, trade name or acronym a record gives, once in each normal form, the most trusted first."""
        if len(records) == 1:
            return ()
        seen = {name_key(fact.value) for field in ("name", "brand", "acronym") if (fact := values[field]) is not None}
        others: dict[str, str] = {}
        for record in self._by_trust("name", records):
            for name in (record.name, record.brand, record.acronym):
                if name and (key := name_key(name)) not in seen:
                    others.setdefault(key, name)
        return tuple(others.values())

    def _address(self, records: Sequence[Record]) -> Model | None:
        """The most trusted address. Among the addresses of the same street that are as complete, the one with the
        finest point."""
        placed = [record for record in self._by_trust("address", records) if _is_placed(record.address)]
        if not placed:
            return None
        if len(placed) == 1:
            return _fact(_PLACE, placed[0].address, placed[0].provenance)
        trusted = placed[0].address
        finer = [record for record in placed if _fineness(record.address) < _fineness(trusted)]
        rivals = [record for record in finer if _may_replace(record.address, trusted)]
        best = min(rivals, key=lambda record: _fineness(record.address), default=placed[0])
        return _fact(_PLACE, best.address, best.provenance)

    def _sources(self, records: Sequence[Record], first: Provenance) -> tuple[Provenance, ...]:
        if len(records) == 1:
            return (first,)
        found = {first: None} | {record.provenance: None for record in self._by_trust("name", records)}
        return tuple(found)


def _made(model: type[M], values: dict[str, object]) -> M:
    """``model_construct`` without its loop over the fields: every field is given, so that none needs a default."""
    made = model.__new__(model)
    _SET(made, "__dict__", values)
    _SET(made, "__pydantic_fields_set__", _FIELDS[model])
    _SET(made, "__pydantic_extra__", None)
    _SET(made, "__pydantic_private__", None)
    return made


def _fact(fact: type[M], value: object, provenance: Provenance) -> M:
    """A fact. Its two fields are set one by one: facts then share the keys of their dictionaries, and a build holds millions of them."""
    made = fact.__new__(fact)
    _SET(made, "value", value)
    _SET(made, "provenance", provenance)
    _SET(made, "__pydantic_fields_set__", _FIELDS[fact])
    _SET(made, "__pydantic_extra__", None)
    _SET(made, "__pydantic_private__", None)
    return made


def _is_void(offer: Offer, record: Record, others: dict[Offer, Record]) -> bool:
    """Whether an offer without trade nor words adds nothing to what *another* record says: an offer with a trade
    already has its zone, or it has no zone and no service type at all."""
    if offer.trade is not None or offer.title or offer.description:
        return False
    says_nothing = offer.zone.type == "undeclared" and not offer.service_types
    return any(
        (other.trade is not None and (other.zone == offer.zone or says_nothing))
        or (says_nothing and other.zone.type != "undeclared")
        for other, giver in others.items()
        if giver is not record
    )


def _searchable(key: Keys) -> list[str]:
    return [value for value in (key.source, key.siren, key.siret, key.finess) if value]


def _is_placed(address: Address) -> bool:
    return bool(address.commune or address.post_code or address.town or address.line or address.point is not None)


def _may_replace(address: Address, trusted: Address) -> bool:
    """Whether two lines name one place and replacing the first loses nothing: « Chemin de Cleurie » does not replace «
    6 chemin de Cleurie »."""
    if _is_numbered(trusted) and not _is_numbered(address):
        return False
    return same_place(address, trusted) and all(
        getattr(address, part) is not None or getattr(trusted, part) is None
        for part in ("line", "post_code", "commune")
    )


def _is_numbered(address: Address) -> bool:
    return address.line is not None and any(map(str.isdigit, address.line))


def _fineness(address: Address) -> int:
    return 9 if address.point is None else _FINENESS[address.precision]


_CONFLICTS: tuple[tuple[str, Callable[[Record, Keys], object]], ...] = (
    ("siret_conflict", lambda record, key: key.siret),
    ("siren_conflict", lambda record, key: key.siren),
    ("commune_conflict", lambda record, key: record.address.commune),
    ("closed_conflict", lambda record, key: record.closed),
)


def _issues(
    records: Sequence[Record], keys: Sequence[Keys], values: dict[str, Any], given: Iterable[str]
) -> tuple[str, ...]:
    """What a reader should doubt: the issues of the records, invalid numbers, sources that contradict one another.
    Issues of addresses are those of the address kept."""
    found = {issue for record in records for issue in _own_issues(record, values["address"])} | set(given)
    for record, key in zip(records, keys, strict=True):
        if record.siret and not key.siret:
            found.add("siret_antenna" if record.siret[-5:-2] == "999" else "siret_invalid")
        if record.finess and not key.finess:
            found.add("finess_invalid")
    if values["address"] is None:
        found.add("place_unpublished")
    if len(records) > 1:
        found.update(issue for issue, read in _CONFLICTS if _differ(read, records, keys))
    return tuple(sorted(found))


def _own_issues(record: Record, address: Model | None) -> Iterable[str]:
    if not record.issues or address is None or record.address is getattr(address, "value", None):
        return record.issues
    return [issue for issue in record.issues if issue not in PLACE_ISSUES]


def _differ(read: Callable[[Record, Keys], object], records: Sequence[Record], keys: Sequence[Keys]) -> bool:
    return len({value for r, k in zip(records, keys, strict=True) if (value := read(r, k)) is not None}) > 1
