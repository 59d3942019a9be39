"""Reads a place name as a user types it: one function for each rule, the surest first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from vivier.errors import InvalidRequest
from vivier.territory.model import FRANCE, KINDS, PREFIXES, Kind, typed_id
from vivier.territory.names import arrondissement_code, loose_key, place_key, split_arrondissement
from vivier.territory.nuts import nuts_departements
from vivier.territory.place_index import EPCI_TYPES, PlaceIndex, epci_bag
from vivier.territory.sites import named_site

EXACT, REGION_CODE, PREFIX, FORMER, OTHER = 1.0, 0.9, 0.7, 0.6, 0.5
ALIKE = 0.65  # times the likeness: a typing error never comes before a name as written, nor before one that goes on
NEGLIGIBLE = 0.01  # « Bretagne » is the région: the two communes so named have 0.02 % of its inhabitants
_QUALIFIER = re.compile(r"(DEPARTEMENT|DEPT|DEP|DPT|REGION|COMMUNE|VILLE|MAIRIE)(?: (?:DE|DU|DES|D|LA|LE|LES|L))* (.+)")
_QUALIFIED: dict[str, Kind] = {"REGION": "region", "COMMUNE": "commune", "VILLE": "commune", "MAIRIE": "commune"}
_DEPARTEMENT = re.compile(r"\d{1,2}|2[AB]|9[78]\d")
_FIVE = re.compile(r"\d{5}|2[AB]\d{3}")
_PUNCTUATED = re.compile(r"(.+?)\s*(?:[(,;/]|\s-\s)\s*([^()]+?)\s*\)?\s*")
_LONGEST_SCOPE = 5  # words of « Provence-Alpes-Côte d'Azur »


@dataclass(frozen=True, slots=True)
class PlaceQuery:
    """What was typed, and its key."""

    text: str
    key: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a rule understood: (typed id, score) pairs and the one certain answer if any, or several ids meant together."""

    via: str
    hits: tuple[tuple[str, float], ...]
    certain: str | None = None
    together: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a name is looked for: départements, and a post code when one was typed."""

    departements: frozenset[str]
    post_code: str = ""


def _reading(via: str, ids: Iterable[str], *others: tuple[str, float]) -> Reading | None:
    """A reading whose certain answer is the only id. It has none when there are several ids, and ``None`` is returned
    when there is no id."""
    found = tuple(dict.fromkeys(ids))
    hits = (*((id, EXACT) for id in found), *others)
    return Reading(via, hits, found[0] if len(found) == 1 else None) if found else None


def _together(via: str, ids: tuple[str, ...]) -> Reading | None:
    if len(ids) < 2:
        return _reading(via, ids)
    return Reading(via, tuple((id, EXACT) for id in ids), together=True)


def typed_id_reader(query: PlaceQuery, index: PlaceIndex) -> Reading | None:
    """``commune:69123``, ``dep:38``, ``FR``. An unknown or replaced code gives what the gazetteer proposes for it."""
    prefix, colon, _ = query.text.partition(":")
    if query.text.upper() != FRANCE and not (colon and prefix.strip().lower() in PREFIXES):
        return None
    try:
        return _together("typed_id", tuple(territory.id for territory in index.gazetteer.expand(query.text)[0]))
    except InvalidRequest as refusal:
        proposed = [id for error in refusal.errors for id in error.allowed if _exists(index, id)]
        return Reading("unknown_id", tuple((id, OTHER) for id in proposed))


def _exists(index: PlaceIndex, id: str) -> bool:
    kind, _, code = id.partition(":")
    return any(kind == known and code in index.gazetteer.names[known] for known in KINDS)


def alias_reader(query: PlaceQuery, index: PlaceIndex) -> Reading | None:
    """« France entière », « PACA », « Grand Lyon »; « Rhône-Alpes » and « Outre-mer » are several taken together."""
    return _together("alias", index.aliases.get(query.key, ()))


def code_reader(query: PlaceQuery, index: PlaceIndex) -> Reading | None:
    """A département number, a post code, an INSEE code, an EPCI's SIREN, a NUTS code (« FRB06 », of notices and contracts).

    Half of the post codes are also INSEE codes of other communes: figures are read as the post code that people know,
    the commune of that INSEE code stays among the candidates (``commune:69003`` says it without doubt). Figures that are
    no listed post code may be a CEDEX as well as an INSEE code (35044: Rennes CEDEX, Broualan): candidates, never a
    certainty. A number that is also a région's (84, 93) is the département, as people write it.
    """
    digits = re.sub(r"[\s.]", "", query.text).upper()
    if _DEPARTEMENT.fullmatch(digits):
        return _area_code(digits.zfill(2), index)
    if nuts := nuts_departements().get(digits):
        return _together("nuts_code", tuple(f"departement:{departement}" for departement in nuts))
    if _FIVE.fullmatch(digits):
        return _post_code(digits, index) or _unlisted_code(digits, index)
    found = digits in index.gazetteer.names["epci"]
    return _reading("epci_code", (f"epci:{digits}",)) if found else None


def _area_code(code: str, index: PlaceIndex) -> Reading | None:
    kinds: tuple[Kind, ...] = ("departement", "region")
    ids = [typed_id(kind, code) for kind in kinds if code in index.gazetteer.names[kind]]
    if not ids and code == "20":
        return _together("departement_code", ("departement:2A", "departement:2B"))
    if not ids:
        return None
    found = _distinct(ids, index)
    scores = (EXACT, REGION_CODE)
    return Reading("departement_code", tuple(zip(found, scores, strict=False)), found[0])


def _post_code(code: str, index: PlaceIndex) -> Reading | None:
    """The communes of a post code: the most populated of them is meant, so that who types a code finds who works there."""
    found = index.rows_to_ids(index.places.by_post_code.get(code, ()))
    if not found:
        return None
    row = index.gazetteer.communes.index.get(code)
    others = [] if row is None else [(index.id_of(row), OTHER)]
    return Reading("post_code", (*((id, EXACT) for id in found), *others), max(found, key=index.population))


def _unlisted_code(code: str, index: PlaceIndex) -> Reading | None:
    """The commune of an INSEE code, of today or before, and the département of a CEDEX or special post code."""
    row = index.gazetteer.communes.index.get(code)
    successor = index.gazetteer.successors.get(code)
    via = "commune_code" if row is not None else "former_code" if successor is not None else "post_code_not_listed"
    communes = [index.id_of(row)] if row is not None else [f"commune:{successor}"] if successor is not None else []
    if communes and not code.isdigit():
        return _reading(via, communes)  # 2A004: no post code has a letter
    areas = [f"departement:{departement}" for departement in sorted(index.places.departements_of(code))]
    return Reading(via, tuple((id, OTHER) for id in (*areas, *communes)))


def name_reader(query: PlaceQuery, index: PlaceIndex) -> Reading | None:
    """The whole text is the name of communes, départements, régions or EPCI. See :func:`_decided` for homonyms."""
    communes = index.rows_to_ids(index.places.named(query.key))
    areas = index.areas.get(query.key, ())
    found = _distinct((*communes, *areas, *index.epci_keys.get(query.key, ())), index)
    if not found:
        return None
    former = index.rows_to_ids(index.places.former_by_name.get(query.key, ()))
    untyped = index.epci_untyped.get(epci_bag(query.text), ())
    bigger = _bigger(found, (*former, *index.longer(query.key)), index)
    others = (*((id, FORMER) for id in (*former, *bigger)), *((id, OTHER) for id in untyped))
    return Reading("name", (*((id, EXACT) for id in found), *others), None if bigger else _decided(found, index))


def _bigger(ids: list[str], others: Iterable[str], index: PlaceIndex) -> list[str]:
    """Communes that may be meant by a name that only smaller ones have today: they had it before, or their name
    continues it.

    « Évry » (Yonne, 400 inhabitants) may be Évry-Courcouronnes, « Neuilly » (two small communes) Neuilly-sur-Seine.
    """
    if not ids or not all(id.startswith("commune:") for id in ids):
        return []
    largest = max(map(index.population, ids))
    return [id for id in others if id not in ids and index.population(id) > largest]


def _distinct(ids: Iterable[str], index: PlaceIndex) -> list[str]:
    """Ids without those of the same land as an earlier one: Paris is a commune and a département, La Réunion a
    département and a région."""
    distinct: list[str] = []
    for id in dict.fromkeys(ids):
        if not any(np.array_equal(index.gazetteer.leaves(id), index.gazetteer.leaves(other)) for other in distinct):
            distinct.append(id)
    return distinct


def _decided(ids: list[str], index: PlaceIndex) -> str | None:
    """The only id, or the one area among communes that have at most 1 % of its inhabitants; these stay candidates.

    Homonymous communes are never decided by size: « Saint-Denis » has four candidates (docs/methods.md (b)).
    """
    areas = [id for id in ids if not id.startswith("commune:")]
    if len(ids) == 1:
        return ids[0]
    others = sum(index.population(id) for id in ids if id not in areas)
    return areas[0] if len(areas) == 1 and others <= NEGLIGIBLE * index.population(areas[0]) else None


def arrondissement_reader(query: PlaceQuery, index: PlaceIndex) -> Reading | None:
    """« Lyon 3e », « Paris 12 ». « Marseille 13 » may also be the Marseille of département 13: not decided."""
    city, number, ordinal = split_arrondissement(query.key)
    if number is None:
        return None
    code = arrondissement_code(city, number)
    commune = _parent(index, code)
    ids = [f"arrondissement:{code}"]
    doubtful = not ordinal and code.startswith(f"{number:02d}")
    return _reading("arrondissement", [*ids, commune] if doubtful else ids, (commune, OTHER))


def _parent(index: PlaceIndex, code: str) -> str:
    communes = index.gazetteer.communes
    return index.id_of(int(communes.parent[communes.index[code]]))


def qualified_reader(query: PlaceQuery, index: PlaceIndex) -> Reading | None:
    """« département de l'Isère », « dept 38 », « région 84 », « ville de Valence »."""
    match = _QUALIFIER.fullmatch(query.key)
    if match is None:
        return None
    kind, rest = _QUALIFIED.get(match[1], "departement"), match[2]
    if kind == "commune":
        return _reading("name", index.rows_to_ids(index.places.named(rest)))
    code = rest.zfill(2)
    if code in index.gazetteer.names[kind]:
        return _reading(f"{kind}_code", (typed_id(kind, code),))
    if kind == "departement" and code == "20":
        return _area_code(code, index)
    named = [id for id in index.areas.get(loose_key(rest), ()) if id.startswith(f"{kind}:")]
    return _reading("name", named) or (_together("alias", index.aliases.get(rest, ())) if kind == "region" else None)


# -- a name and where it is --------------------------------------------------------------------------------------------


def scoped_reader(query: PlaceQuery, index: PlaceIndex) -> Reading | None:
    """« st etienne 42 », « Saint-Étienne (Loire) », « 69003 Lyon », « Isère (38) », « Corrèze (19) ».

    A département and a commune of its name are told apart as anywhere (:func:`_decided`). A known name that is not there
    gives candidates of both sides, never one of them.
    """
    splits = [(name, scope) for name, place in _splits(query) if (scope := _scope(place, index)) is not None]
    for name, scope in (*splits, *_towns(splits)):
        if found := _inside(name, scope, index):
            return Reading("name_and_place", tuple((id, EXACT) for id in found), _decided(list(found), index))
    for name, scope in splits:
        if outside := index.rows_to_ids(index.places.named(name)):
            return Reading("name_outside_place", (*((id, OTHER) for id in outside), *_alike_inside(name, scope, index)))
    for name, scope in splits:
        if alike := _alike_inside(name, scope, index):
            return Reading("alike", tuple(alike))
    return None


def _towns(splits: Iterable[tuple[str, Scope]]) -> Iterator[tuple[str, Scope]]:
    """The same with the town of a site: « gymnase de Vitré (35) » is in Vitré."""
    for name, scope in splits:
        site = named_site(name)
        if site is not None:
            yield site.town, scope


def _splits(query: PlaceQuery) -> Iterator[tuple[str, str]]:
    """(name, place) keys: at a bracket, a comma or a dash first, then after each of the last words, then the first."""
    match = _PUNCTUATED.fullmatch(query.text)
    if match is not None:
        yield place_key(match[1]), place_key(match[2])
    words = query.key.split()
    for count in range(1, min(_LONGEST_SCOPE, len(words) - 1) + 1):
        yield " ".join(words[:-count]), " ".join(words[-count:])
    if len(words) > 1:
        yield " ".join(words[1:]), words[0]


def _scope(key: str, index: PlaceIndex) -> Scope | None:
    match = _QUALIFIER.fullmatch(key)
    key = match[2] if match is not None else key
    if _FIVE.fullmatch(key):
        departements = index.places.departements_of(key)
        return Scope(departements, key) if departements else None
    if _DEPARTEMENT.fullmatch(key):
        code = key.zfill(2)
        codes = ("2A", "2B") if code == "20" else (code,)
        return Scope(frozenset(codes)) if codes[0] in index.gazetteer.names["departement"] else None
    ids = index.areas.get(key, ()) or index.aliases.get(key, ())
    departements = frozenset(departement for id in ids for departement in _departements(id, index))
    return Scope(departements) if departements else None


def _departements(id: str, index: PlaceIndex) -> set[str]:
    if id == FRANCE:
        return set()
    return {index.places.departements[row] for row in index.gazetteer.leaves(id)}


def _inside(name: str, scope: Scope, index: PlaceIndex) -> tuple[str, ...]:
    city, number, _ = split_arrondissement(name)
    row = index.places.by_post_code_and_name.get((scope.post_code, city))
    if row is not None:
        return (index.id_of(row),)
    rows = _within(index.places.named(city), scope, index)
    if rows and number is not None:
        return (f"arrondissement:{arrondissement_code(city, number)}",)
    rows = rows or _within(index.places.former_by_name.get(name, ()), scope, index)
    areas = [id for id in index.areas.get(name, ()) if id.removeprefix("departement:") in scope.departements]
    return tuple(_distinct((*index.rows_to_ids(rows), *areas), index))


def _within(rows: Iterable[int], scope: Scope, index: PlaceIndex) -> list[int]:
    return [row for row in rows if index.places.departements[row] in scope.departements]


def _alike_inside(name: str, scope: Scope, index: PlaceIndex) -> list[tuple[str, float]]:
    """Names that continue or resemble the name in the départements of the scope, and the communes of its post code."""
    communes = index.gazetteer.communes.index
    alike = [(id, PREFIX) for id in index.longer(name)]
    alike += [(id, ALIKE * likeness) for id, likeness in index.by_likeness(name, 50)]
    rows = ((communes.get(id.partition(":")[2]), id, score) for id, score in alike)
    near = [(id, score) for row, id, score in rows if row is not None and _within((row,), scope, index)]
    return near + [(id, OTHER) for id in index.rows_to_ids(index.places.by_post_code.get(scope.post_code, ()))]


# -- the rest ----------------------------------------------------------------------------------------------------------


def epci_reader(query: PlaceQuery, index: PlaceIndex) -> Reading | None:
    """EPCI by their words in any order: « métropole de Lyon », « Grand Annecy ». Another type, or a longer name, is only a candidate:
    « CC du Pays de Landerneau » may be the CA du Pays de Landerneau-Daoulas."""
    bag = epci_bag(query.text)
    if exact := index.epci_bags.get(bag):
        return _reading("epci_name", exact)
    words = bag - EPCI_TYPES
    untyped = index.epci_untyped.get(words, ())
    if bag & EPCI_TYPES:
        found = untyped or tuple(
            id for longer, ids in index.epci_untyped.items() if words and words < longer for id in ids
        )
        return Reading("epci_other_type", tuple((id, PREFIX) for id in found)) if found else None
    return _reading("epci_name", untyped)


def former_reader(query: PlaceQuery, index: PlaceIndex) -> Reading | None:
    """Delegated, associated, renamed communes: the commune of today, unless a bigger one may be meant."""
    found = list(index.rows_to_ids(index.places.former_by_name.get(query.key, ())))
    if not found:
        return None
    bigger = _bigger(found, index.longer(query.key), index)
    if not bigger:
        return _reading("former_name", found)
    return Reading("former_name", (*((id, EXACT) for id in found), *((id, FORMER) for id in bigger)))


def alike_reader(query: PlaceQuery, index: PlaceIndex) -> Reading | None:
    """The beginning of a name, or a typing error: candidates only."""
    begun = [(id, PREFIX) for id in index.by_prefix(query.key, 10)] if query.key else []
    alike = [(id, ALIKE * score) for id, score in index.by_likeness(query.key, 10)]
    if not begun and not alike:
        return None
    return Reading("prefix" if begun else "alike", (*begun, *alike))
