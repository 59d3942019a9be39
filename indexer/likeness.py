"""How alike two structures are when no identifier decides: a score in 0–1 that can be read part by part.

``score = place x (0.75 x name + 0.25 x address) - kind`` where

- **name**: weighted share of words in common (Dice), best over all names, brands and acronyms of both sides. Words that
  say what a structure is (« ESAT », « atelier ») or where (the town) weigh little, numbers must be equal, one slip is
  allowed in a long word and a cut word matches its full form (« INFORMAT » / « INFORMATIQUE »). The same SIREN on both
  sides gives at least 0.9: a trade name may share no word with the legal name.
  A name that is the initials of the other counts 0.93 (« ADLC » / « Ateliers de la citoyenneté »), one that adds only
  general words to the other 0.9 (« Chênelet » / « Chênelet insertion »). One that adds a telling word is for review even
  behind one door: « Ménage 95 » and « Ménage 95 Pro » are two companies of one house.
- **address**: words of the street and its number; a line may say more than the other (building, park) at little cost.
  When one side has no street, the name counts alone, less 0.03.
  The same telling name and kind at another street of the commune is a removal: at least ``ACCEPT``, unless the merge
  finds a rival. Of 1,588 rows of a real list whose own structure was taken away, this joined one to another: its antenna.
  One door and one kind under names that have nothing in common is for review: a trade name, or a neighbour.
- **place**: 1 in the same commune; in two communes 0.85 with the same post code (a hamlet, a border), 0.95 when name and
  street are the same too (one list has the wrong commune), else 0: homonyms.
  When a side has no resolved commune: 0.98 with the same post code or the same town name in the same département,
  0.85 when only the département or the town is known.
- **kind**: 0.11 off when both sides have kinds and share none (an association often has an ACI and an AI, two SIRETs,
  under one name and address: such a pair is for review), 0.15 when the kinds exclude one another (an ESAT and an
  *entreprise d'insertion*). Nothing off when the SIREN is the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from indexer.spelling import departement, is_telling, line_likeness, name_likeness, name_words, town_key, variants
from indexer.traits import Traits
from vivier.identity import fold
from vivier.law.kinds import KINDS
from vivier.law.rows import Rows

NAME_SHARE = 0.75
NO_STREET = 0.03
OTHER_KIND, EXCLUSIVE_KIND = 0.11, 0.15
SAME_SIREN_NAME = 0.9
SAME_NAME, SAME_STREET = 0.97, 0.95
BORDER = 0.95
REMOVAL = 0.90
SAME_DOOR = 0.75

_KIND_GROUPS: Mapping[str, str] = Rows(
    lambda: {code: "ESAT" if code == "ESAT" else kind.family for code, kind in KINDS.items() if kind.family != "ess"}
)
"""Kinds that are rarely held by one site together; an ESAT and an *entreprise adaptée* are two establishments."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """The score of a pair and its parts; ``address`` is ``None`` when a side has no street."""

    score: float
    name: float
    address: float | None
    place: float
    same_siren: bool
    kind: float

    @property
    def identical(self) -> bool:
        """Same name, kind and address line, in the same commune: two rows, one structure."""
        same_place = self.place == 1 and self.address is not None and self.address >= 0.95
        return same_place and self.name >= 0.99 and self.kind == 0

    @property
    def by_door(self) -> bool:
        """One door and one kind, and names that have nothing to do with each other."""
        return self.score >= SAME_DOOR and self.name < 0.5

    def parts(self) -> dict[str, float | None]:
        """The parts by name, to be shown beside the score."""
        parts = {"name": self.name, "address": self.address, "place": self.place, "kind": self.kind}
        return parts | {"same_siren": float(self.same_siren)}


@dataclass(slots=True)
class Profile:
    """What is compared of one structure: all its names and places. Sets are small (one to five records)."""

    names: set[str] = field(default_factory=set)
    towns: set[str] = field(default_factory=set)
    lines: set[str] = field(default_factory=set)
    communes: set[str] = field(default_factory=set)
    post_codes: set[str] = field(default_factory=set)
    sirens: set[str] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)
    sources: set[str] = field(default_factory=set)

    def departements(self) -> set[str]:
        """Codes of département of its communes and post codes (Corsica as ``20``)."""
        return {departement(code) for code in self.communes | self.post_codes}


def profile(records: Iterable[Traits], sirens: Iterable[str] = ()) -> Profile:
    made = Profile(sirens=set(sirens))
    for record in records:
        for name in (record.name, record.brand, record.acronym):
            made.names |= variants(name) if name else set()
        made.kinds.update(kind for kind in record.kinds if kind in _KIND_GROUPS)
        made.sources.add(record.source)
        _add_place(made, record)
    made.names.discard("")
    return made


def _add_place(made: Profile, record: Traits) -> None:
    if record.line and (line := fold(record.line)):
        made.lines.add(line)
    if record.town:
        made.towns.add(town_key(record.town))
    if record.commune:
        made.communes.add(record.commune)
    if record.post_code:
        made.post_codes.add(record.post_code)


def likeness(left: Profile, right: Profile) -> Likeness:
    """Compare two profiles; symmetrical, and independent of anything but the two sides."""
    place = place_likeness(left, right)
    same_siren = bool(left.sirens & right.sirens)
    kind = 0.0 if same_siren else _kind_penalty(left.kinds, right.kinds)
    if place == 0:
        return Likeness(0.0, 0.0, None, 0.0, same_siren, kind)
    towns = frozenset(word for town in left.towns | right.towns for word in town.split())
    name = _name(left, right, towns)
    address = _address(left, right, towns)
    one_kind, one_street = bool(left.kinds & right.kinds), (address or 0) >= SAME_STREET
    known = max(name, SAME_SIREN_NAME) if same_siren else name
    blend = known - NO_STREET if address is None else NAME_SHARE * known + (1 - NAME_SHARE) * address
    if place < 1 and left.communes and right.communes and name >= SAME_NAME and one_street:
        place = BORDER
    if blend < REMOVAL and place == 1 and one_kind:
        blend = max(blend, _least(left, right, name, one_street, towns))
    score = round(max(0.0, place * blend - kind), 4)
    return Likeness(score, round(name, 4), None if address is None else round(address, 4), place, same_siren, kind)


def _address(left: Profile, right: Profile, towns: frozenset[str]) -> float | None:
    lines = [line_likeness(a, b, towns) for a in left.lines for b in right.lines]
    return max((line for line in lines if line is not None), default=None)


def _least(left: Profile, right: Profile, name: float, one_street: bool, towns: frozenset[str]) -> float:
    """The least score of two structures of one kind in one commune: a removal is accepted, one door is for review."""
    if name >= SAME_NAME and _share_telling_name(left, right, towns):
        return REMOVAL
    return SAME_DOOR if one_street else 0.0


def _name(left: Profile, right: Profile, towns: frozenset[str]) -> float:
    """The best likeness of two names; most pairs have one in common."""
    if left.names & right.names:
        return 1.0
    return max((name_likeness(a, b, towns) for a in left.names for b in right.names), default=0.0)


def _share_telling_name(left: Profile, right: Profile, towns: frozenset[str]) -> bool:
    """Whether the names are the same, and hold a word that is neither a generality of the field nor the town."""
    return any(
        name_likeness(a, b, towns) >= SAME_NAME
        for a in left.names
        if any(is_telling(word) and word not in towns for word in name_words(a))
        for b in right.names
    )


def _kind_penalty(left: set[str], right: set[str]) -> float:
    if not left or not right or left & right:
        return 0.0
    groups = [{_KIND_GROUPS[kind] for kind in kinds} for kinds in (left, right)]
    return OTHER_KIND if groups[0] & groups[1] else EXCLUSIVE_KIND


def place_likeness(left: Profile, right: Profile) -> float:
    """Likeness of the two places; the docstring of the module gives the steps."""
    if left.communes and right.communes:
        if left.communes & right.communes:
            return 1.0
        return 0.85 if left.post_codes & right.post_codes else 0.0
    if left.post_codes & right.post_codes:
        return 0.98
    same_departement = bool(left.departements() & right.departements())
    if left.towns & right.towns:
        return _same_town(left, right, same_departement)
    return 0.85 if same_departement and not (left.post_codes and right.post_codes) else 0.0


def _same_town(left: Profile, right: Profile, same_departement: bool) -> float:
    """Likeness of two places whose towns have the same name. Fourteen communes are called Saint-Sauveur: the
    département has to be the same, or unknown."""
    if same_departement:
        return 0.98
    return 0.0 if left.departements() and right.departements() else 0.85
