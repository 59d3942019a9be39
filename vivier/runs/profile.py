"""The profile of the values of a reading, kept with its run: a column that is swapped, shifted or in another unit shows there.

A sample of the records is counted by layout (``form``), field and trait. Traits follow from the type of a value and from the tables below, so
that every source is guarded alike. Counts add up, so that blocks and the readings of a stream are one profile. The constants give the bounds.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from itertools import islice
from typing import Any, Final, NamedTuple

from vivier.french import number, percent
from vivier.identity import fold
from vivier.model import Considerations, Model, Record
from vivier.runs.records import AnyRecord

Profile = Mapping[str, Mapping[str, int]]
"""By « form/field », how many sampled records have each trait; the empty trait counts those that have the field."""
Trait = tuple[str, str, str]
EVERY: Final = 16
"""One record in so many is sampled, beyond the first ones."""
FIRST: Final = 128
"""Records sampled whole at the beginning of a reading: a small file is profiled row by row."""

FIELDS: Final = {
    "number": "numéro",
    "object": "objet",
    "title": "titre",
    "name": "nom",
    "amount": "montant",
    "months": "durée",
    "buyer": "identifiant de l'acheteur",
    "buyer.name": "nom de l'acheteur",
    "winner.name": "nom du titulaire",
    "winner": "identifiant du titulaire",
    "social": "considérations sociales",
    "siret": "SIRET",
    "cpv": "code CPV",
    "environmental": "considérations environnementales",
    "post_code": "code postal",
    "capacity": "capacité",
    "notified": "date de notification",
    "published": "date de publication",
    "valid_from": "date de début",
    "valid_until": "date de fin",
    "departement": "département",
    "town": "commune",
    "deadline": "date limite",
    "starts": "date de début",
    "ends": "date de fin",
    "amount_min": "montant minimal",
    "naf": "code d'activité",
    "amount_max": "montant maximal",
    "finess": "numéro FINESS",
    "commune": "code INSEE",
    "planned": "date prévue",
    "offers": "offres reçues",
    "nature": "nature",
    "procedure": "procédure",
    "kind": "type",
    "label": "label",
    "departements": "départements",
    "descriptors": "mots-clés",
    "category": "catégorie",
    "siren": "SIREN",
}
"""The fields whose values are guarded, in French."""
_TRAITS: Final = {
    "body": "de nom d'organisme public",
    "plain": "en un seul mot ou code",
    "public": "d'organisme public",
    "invalid": "de numéro non valable",
    "reversed": "de dates à l'envers",
    "elsewhere": "de code postal d'une autre commune",
    "uncoded": "de code inconnu",
    "unlisted": "de code postal inconnu",
    "yes": "de « oui »",
}
_IN_ORDER: Final = (
    ("notified", "published"),
    ("valid_from", "valid_until"),
    ("starts", "ends"),
    ("published", "deadline"),
)
"""Pairs of dates: the second is never before the first."""
_CODES: Final = frozenset(
    ("nature", "procedure", "category", "social", "environmental", "kind", "label", "techniques", "ccag")
)
"""Fields of closed lists."""
_ABSOLUTE: Final = ("invalid", "reversed", "elsewhere", "uncoded")
"""Traits that most values never have, at the first reading too."""
_BODY: Final = re.compile(
    r"(?:COMMUNE|VILLE|MAIRIE|DEPARTEMENT|REGION|CONSEIL|COMMUNAUTE|CC|CA|CU|CENTRE HOSP|CH|CHU|SYNDICAT|METROPOLE|MINISTERE|"
    r"UNIVERSITE|OFFICE|OPH|HOPITA|PREFECTURE|ETABLISSEMENT|SIVOM|SMICTOM|CCAS|SDIS|AGENCE|HABITAT|DIRECTION|CHAMBRE|LYCEE|"
    r"RECTORAT|CROUS|GRAND|EPIC|ECOLE|INSTITUT|CAISSE|ASSISTANCE PUB|SOCIETE PUB|CG|CR)\b"
)
_SURE, _Z = 2.58, 3.0
"""Standard deviations: of an absolute rule, of the difference of two readings."""
MOST: Final = 0.5
"""Share of the values that may break an absolute rule."""
MOVED: Final = 0.35
"""Change of the share of a trait that is never chance, to which the standard deviations of both samples are added."""
_TIMES: Final = {True: 0.6, False: 1.3}
"""Decades that a median may move: in a list (True), in a file of a stream."""
FALL, _FALL_OF_FILE = 0.1, 0.15
"""Fall of the share of records that have a field: in a list or online, in a file of a stream."""
_REQUIRED: Final = frozenset(
    ("buyer", "winner", "number", "object", "title", "amount", "cpv", "social", "environmental")
)
"""Fields that every file of a stream gives: its other ones vary with the buyer and the platform."""
_TALLIED: Final = ("kind", "label")
"""Fields whose values are counted one by one: a fifth of them may leave (:mod:`vivier.runs.drops`)."""
_OTHERS, _ALL = 15, 0.9
"""One value takes a whole field: so many other ones were expected, and it had less than this share."""
FEWEST: Final = 8


class Finding(NamedTuple):
    """A field that leaves its profile, and what was expected and what came, in French."""

    field: str
    text: str

    def __str__(self) -> str:
        return f"{FIELDS.get(self.field, self.field)} ({self.field}) : {self.text}"


class Sample:
    """Counts the traits of a sample of the records that it is given: ``first`` of them, then one in :data:`EVERY`. Of rows that follow one
    another under one number (lots), the first one counts, because they are no independent observations."""

    def __init__(self, first: int = FIRST) -> None:
        self.counts: Counter[Trait] = Counter()
        self._first, self._seen, self._last = first, 0, ""

    def add(self, record: AnyRecord) -> None:
        """Counts a record, if it is of the sample."""
        self._seen += 1
        if self._seen > self._first and self._seen % EVERY:
            return
        number = None if isinstance(record, Record) else record.number
        if number is None or number != self._last:
            self.counts.update(traits(record))
        self._last = number or ""


def traits(record: AnyRecord) -> Iterator[Trait]:
    """The traits of a record."""
    form = "" if isinstance(record, Record) else record.form
    yield form, "", ""
    values = dict(_values(record))
    for name, value in values.items():
        if value is None or value == "" or value == ():
            continue
        yield form, name, ""
        yield from ((form, name, trait) for trait in _of_value(name, value))
    for first, last in _IN_ORDER:
        if isinstance(before := values.get(first), date) and isinstance(after := values.get(last), date):
            yield form, f"{first}>{last}", ""
            if _day(before) > _day(after):
                yield form, f"{first}>{last}", "reversed"
    if (post_code := values.get("post_code")) and (town := values.get("town")):
        served = _post_codes().get(post_code)
        yield from ((form, "post_code", "unlisted"),) if served is None else ((form, "post_code>town", ""),)
        if served is not None and not _fits(served, town):
            yield form, "post_code>town", "elsewhere"


def _values(record: AnyRecord) -> Iterator[tuple[str, Any]]:
    """The guarded values of a record by field. Of several parts, the first one stands for all."""
    own = record.__dict__
    for name in _OWN & own.keys():
        value = own[name]
        yield name, value.values if isinstance(value, Considerations) else value
    for name, role in (("buyer", "buyer"), ("holders", "winner"), ("winners", "winner")):
        if (organisation := _first(own.get(name))) is not None:
            yield role, organisation.siren or organisation.raw_id
            yield f"{role}.name", organisation.name
    for name in ("address", "buyer_place"):
        if (place := own.get(name)) is not None:
            yield from ((part, place.__dict__.get(part)) for part in ("post_code", "town", "commune", "departement"))
    for name in ("agreements", "labels", "capacities"):
        if (part := _first(own.get(name))) is not None:
            yield from ((_PARTS[key], value) for key, value in part.__dict__.items() if key in _PARTS)


_OWN: Final = FIELDS.keys() - {"buyer", "siren"} | {"techniques", "ccag", "innovative", "subcontracted"}
_PARTS: Final = {
    "kind": "kind",
    "code": "label",
    "value": "capacity",
    "valid_from": "valid_from",
    "valid_until": "valid_until",
}


def _first(value: Any) -> Any:
    if isinstance(value, tuple):
        value = value[0] if value else None
    return value if isinstance(value, Model) else None


def _of_value(name: str, value: Any) -> Iterator[str]:
    if value is True or value is False:
        if value:
            yield "yes"
    elif isinstance(value, int | float):
        yield f"~{_bucket(value)}"
    elif isinstance(value, date):
        return
    elif name in _CODES:
        yield f"={value[0] if isinstance(value, tuple) else value}"
    elif isinstance(value, str):
        yield from _of_text(name, value)


def _of_text(name: str, value: str) -> Iterator[str]:
    if name in ("buyer", "winner"):
        if not (value.isdigit() and len(value) == 9):
            yield "invalid"
        elif value[0] in "12":
            yield "public"
    elif name == "departement":
        if not re.fullmatch(r"0?(?:\d\d|2[AB])|9[78]\d", value):
            yield "uncoded"
    else:
        if " " not in value.strip():
            yield "plain"
        folded = fold(value[:40])
        if _BODY.match(folded):
            yield "body"
        if name == "name":
            yield f"#{folded.partition(' ')[0][:8]}"


def _bucket(value: float) -> int:
    """Five steps a decade, from a hundredth on."""
    return round(5 * math.log10(value)) if value > 0.01 else -10


def _day(moment: date) -> date:
    return date(moment.year, moment.month, moment.day)


@cache
def _post_codes() -> dict[str, tuple[str, ...]]:
    from vivier.territory.communes import read_communes

    communes = read_communes()
    served: dict[str, list[str]] = {}
    for name, codes in zip(communes.names, communes.postcodes, strict=True):
        for code in codes.split():
            served.setdefault(code, []).append(name)
    return {code: tuple(names) for code, names in served.items()}


def _fits(served: Iterable[str], town: str) -> bool:
    """Whether the name of a town shares a word with one of the communes that a post code serves."""
    words = set(fold(town).replace("ST ", "SAINT ").split())
    return any(words & set(fold(name).split()) for name in served)


def profile_of(counts: Mapping[Trait, int]) -> dict[str, dict[str, int]]:
    """The profile as it is kept. First words that hardly any value has are left out."""
    profile: dict[str, dict[str, int]] = {}
    for (form, name, trait), count in sorted(counts.items()):
        if trait[:1] != "#" or count > 0.03 * counts[form, name, ""]:
            profile.setdefault(f"{form}/{name}", {})[trait] = count
    return profile


def joined(former: Profile, fresh: Profile) -> dict[str, dict[str, int]]:
    """The profile of a stream with one more reading."""
    return {
        key: dict(sorted((Counter(former.get(key, {})) + Counter(fresh.get(key, {}))).items()))
        for key in sorted({*former, *fresh})
    }


def findings(former: Profile, fresh: Profile, *, whole: bool) -> list[Finding]:
    """The fields that break an absolute rule, or leave the profile of the same layout. ``whole``: a list, or a reading online, gives its fields
    as fully as before; the next file of a stream may be that of another platform."""
    found = {finding.field: finding for finding in _against(former, fresh, whole)}
    return list((found | {finding.field: finding for finding in _absolute(fresh)}).values())


def _absolute(fresh: Profile) -> Iterator[Finding]:
    for key, counts in fresh.items():
        form, _, name = key.partition("/")
        for trait in _ABSOLUTE:
            if least(counts.get(trait, 0), counts.get("", 0)) > MOST:
                share = percent(counts[trait] / counts[""])
                yield from (
                    Finding(part, f"{share} {_TRAITS[trait]}, presque aucun attendu") for part in name.split(">")
                )
        if name == "buyer":
            yield from _swapped(counts, fresh.get(f"{form}/winner", {}), "public", "buyer", "winner")
        if name in ("object", "title"):
            yield from _swapped(fresh.get(f"{form}/buyer.name", {}), counts, "body", "buyer.name", name)
            yield from _swapped(fresh.get(f"{form}/number", {}), counts, "plain", "number", name)


def _swapped(own: Mapping[str, int], other: Mapping[str, int], trait: str, name: str, with_: str) -> Iterator[Finding]:
    """Two columns swapped: most values of the second have what most of the first should, and most of the first do not."""
    missing = own.get("", 0) - own.get(trait, 0)
    if least(missing, own.get("", 0)) > MOST and least(other.get(trait, 0), other.get("", 0)) > MOST / 2:
        yield Finding(name, f"{percent(missing / own[''])} sans valeur {_TRAITS[trait]}, comme « {FIELDS[with_]} »")


def _against(former: Profile, fresh: Profile, whole: bool) -> Iterator[Finding]:
    for key, was in former.items():
        form, _, name = key.partition("/")
        rows = former[f"{form}/"][""], fresh.get(f"{form}/", {}).get("", 0)
        if ">" in name or not name or min(rows) < FEWEST:
            continue
        now = fresh.get(key, {"": 0})
        if min(was[""], now[""]) >= FEWEST:
            yield from islice(_of_field(name, was, now, whole), 1)
        before, share = was[""] / rows[0], now[""] / rows[1]
        fall = (before - share) - _chance(before, share, *rows)
        if fall > (FALL if whole else _FALL_OF_FILE) and (whole or name in _REQUIRED):
            yield Finding(name, f"{percent(before)} de lignes remplies attendues, {percent(share)} lues")


def _of_field(name: str, was: Mapping[str, int], now: Mapping[str, int], whole: bool) -> Iterator[Finding]:
    total = was[""], now[""]
    for trait in sorted({*was, *now} - {""}):
        before, share = was.get(trait, 0) / total[0], now.get(trait, 0) / total[1]
        moved = share - before
        if trait in ("public", "body") or (trait == "plain" and name != "number"):
            moved = 0.0 if name.startswith("buyer") else moved  # a file of one buyer is no sample of buyers
        elif trait[0] != "~":
            moved = abs(moved)
        else:
            continue
        alone = trait[0] == "=" and share == 1 and before < _ALL and total[1] * (1 - before) >= _OTHERS
        if moved - _chance(before, share, *total) > MOVED or (
            alone and name not in _TALLIED and (whole or name in _REQUIRED)
        ):
            what = _TRAITS.get(trait, f"de « {trait[1:]} »")
            yield Finding(name, f"{percent(before)} {what} attendus, {percent(share)} lus")
    middles = [_middle(counts) for counts in (was, now)]
    if middles[0] is not None and middles[1] is not None:
        spread = max(middles[0][1], middles[1][1]) / 5
        moved = abs(middles[1][0] - middles[0][0]) / 5
        if moved > _TIMES[whole] + _Z * 1.25 * spread * math.sqrt(1 / total[0] + 1 / total[1]):
            wanted, came = (number(round(10 ** (middle[0] / 5), 1)) for middle in middles if middle)
            yield Finding(name, f"valeur médiane voisine de {wanted} attendue, {came} lue")


def _middle(counts: Mapping[str, int]) -> tuple[float, float] | None:
    """The median of the buckets of a figure, and their spread (a standard deviation, from the quartiles)."""
    buckets = sorted((int(trait[1:]), count) for trait, count in counts.items() if trait[:1] == "~")
    every = [bucket for bucket, count in buckets for _ in range(count)]
    if len(every) < FEWEST:
        return None
    return every[len(every) // 2], max(1.0, (every[len(every) * 3 // 4] - every[len(every) // 4]) / 1.35)


def _chance(before: float, share: float, rows_before: int, rows: int) -> float:
    """Standard deviations of the difference of two shares."""
    pooled = (before * rows_before + share * rows) / (rows_before + rows)
    return _Z * math.sqrt(pooled * (1 - pooled) * (1 / rows_before + 1 / rows))


def least(count: int, total: int) -> float:
    """The lowest share that the counts let believe (Wilson): 0 of nothing, 0.55 of eight in eight."""
    if not total:
        return 0.0
    share, square = count / total, _SURE**2 / total
    return (share + square / 2 - _SURE * math.sqrt(share * (1 - share) / total + square / total / 4)) / (1 + square)
