"""Reads typed ids of territories as people and files write them: ``commune:69123``, ``dep:2A``, old codes, ``69M``, ``FR``."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from vivier.errors import FieldError, InvalidRequest
from vivier.french import and_others
from vivier.territory.communes import Communes
from vivier.territory.model import FRANCE, KIND_LABELS, PREFIXES, Kind, OldRegion, Territory, typed_id

METROPOLE_DE_LYON = "epci:200046977"
# Old or special département codes and the territories they stand for (docs/methods.md (b)).
DEPARTEMENT_ALIASES = {
    "20": ("departement:2A", "departement:2B"),
    "6AE": ("departement:67", "departement:68"),
    "69M": (METROPOLE_DE_LYON,),
}
FORMS = ("commune:69123", "arrondissement:69387", "epci:200046977", "departement:69", "region:84", FRANCE)
"""Examples of every form, given back in errors."""


class Territories(Protocol):
    """What reading an id needs from the gazetteer, which itself reads ids through this file."""

    communes: Communes
    names: dict[Kind, dict[str, str]]
    successors: dict[str, str]
    old_regions: dict[str, OldRegion]

    def get(self, id: str) -> Territory: ...

    def leaves(self, id: str) -> npt.NDArray[np.intp]: ...


def parse(gazetteer: Territories, text: str, field: str = "territory") -> tuple[Territory, str | None]:
    """The one territory a typed id names, and a French notice when the code was replaced by its successor.

    Raises ``InvalidRequest`` for a bare code (with its candidates), an unknown code, and an id that stands for several
    territories of today (``region:82``): use :func:`expand` where several are welcome.
    """
    found, notice = expand(gazetteer, text, field)
    if len(found) > 1:
        ids = tuple(territory.id for territory in found)
        raise _refusal(field, "several_territories", f"« {text} » vaut plusieurs territoires : {_listed(ids)}.", ids)
    return found[0], notice


def expand(gazetteer: Territories, text: str, field: str = "territory") -> tuple[tuple[Territory, ...], str | None]:
    """Like :func:`parse`, several territories allowed: an old région gives its départements, ``69D`` its communes.

    The territories never overlap: read them as OR.
    """
    kind, code = _split(gazetteer, text.strip(), field)
    if code in gazetteer.names[kind]:
        return (gazetteer.get(typed_id(kind, code)),), None
    ids = _replacements(gazetteer, kind, code)
    if not ids:
        raise _unknown(gazetteer, kind, code, field)
    if kind == "commune" and code[:2] != ids[0].removeprefix("commune:")[:2]:
        _refuse_postcode(gazetteer, code, ids[0], field)
    return tuple(gazetteer.get(id) for id in ids), _notice(gazetteer, kind, code, ids)


def candidates(gazetteer: Territories, code: str) -> tuple[Territory, ...]:
    """Territories of today that have a code, of any kind: ``84`` is a département and a région."""
    kinds: tuple[Kind, ...] = ("commune", "arrondissement", "epci", "departement", "region")
    return tuple(gazetteer.get(typed_id(kind, code)) for kind in kinds if code in gazetteer.names[kind])


def _split(gazetteer: Territories, text: str, field: str) -> tuple[Kind, str]:
    if text.upper() == FRANCE:
        return "country", FRANCE
    prefix, colon, rest = text.partition(":")
    if not colon:
        raise _bare(gazetteer, text, field)
    kind = PREFIXES.get(prefix.strip().lower())
    if kind is None:
        message = f"Type de territoire inconnu : « {prefix} ». Formes acceptées : {_listed(FORMS)}."
        raise _refusal(field, "unknown_kind", message, FORMS)
    return _municipal(gazetteer, kind, rest.strip().upper())


def _municipal(gazetteer: Territories, kind: Kind, code: str) -> tuple[Kind, str]:
    """``commune:69387`` read as an arrondissement: many files write the 7th arrondissement of Lyon so."""
    if kind == "commune" and code in gazetteer.names["arrondissement"]:
        return "arrondissement", code
    return kind, code


def _replacements(gazetteer: Territories, kind: Kind, code: str) -> tuple[str, ...]:
    if kind == "commune" and code in gazetteer.successors:
        return (f"commune:{gazetteer.successors[code]}",)
    if kind == "departement":
        return _rhone(gazetteer) if code == "69D" else DEPARTEMENT_ALIASES.get(code, ())
    if kind == "region" and code in gazetteer.old_regions:
        return tuple(f"departement:{departement}" for departement in gazetteer.old_regions[code].departements)
    return ()


def _rhone(gazetteer: Territories) -> tuple[str, ...]:
    """The Rhône without the Métropole de Lyon. It is no single territory, so its communes are given."""
    rows = np.setdiff1d(gazetteer.leaves("departement:69"), gazetteer.leaves(METROPOLE_DE_LYON))
    return tuple(f"commune:{gazetteer.communes.codes[row]}" for row in rows)


def _notice(gazetteer: Territories, kind: Kind, code: str, ids: tuple[str, ...]) -> str:
    if kind == "region":
        return (
            f"region:{code} ({gazetteer.old_regions[code].name}) est une région d'avant 2016, lue comme {_listed(ids)}."
        )
    if code == "69D":
        return f"departement:69D est lu comme les {len(ids)} communes du Rhône hors Métropole de Lyon."
    names = _listed(tuple(f"{id} ({gazetteer.get(id).name})" for id in ids))
    if kind == "departement":
        return f"departement:{code} est lu comme {names}."
    return f"{kind}:{code} n'est plus en vigueur : remplacé par {names}."


def _bare(gazetteer: Territories, text: str, field: str) -> InvalidRequest:
    found = candidates(gazetteer, text.upper())
    if not found:
        message = f"« {text} » n'est pas un identifiant de territoire. Formes acceptées : {_listed(FORMS)}."
        return _refusal(field, "untyped_territory", message, FORMS)
    choices = " ou ".join(f"{territory.id} ({territory.name})" for territory in found)
    message = f"Le code « {text} » ne dit pas quel territoire : précisez {choices}."
    return _refusal(field, "untyped_territory", message, tuple(territory.id for territory in found))


def _unknown(gazetteer: Territories, kind: Kind, code: str, field: str) -> InvalidRequest:
    """The error for an unknown code, with what was probably meant: a lost zero, another kind, a postal code."""
    near = [f"{kind}:{code.zfill(width)}" for width in (2, 5) if code.zfill(width) in gazetteer.names[kind]]
    near += [territory.id for territory in candidates(gazetteer, code)]
    message = f"Aucun territoire {kind}:{code} ({KIND_LABELS[kind]})."
    if not near and kind in ("commune", "arrondissement"):
        near = _of_postcode(gazetteer, code)
        message += f" « {code} » est un code postal, pas un code INSEE." if near else ""
    message += f" Vouliez-vous dire {_listed(tuple(near))} ?" if near else ""
    return _refusal(field, "unknown_territory", message, tuple(near))


def _refuse_postcode(gazetteer: Territories, code: str, successor: str, field: str) -> None:
    """Refuses a commune code that is rather a postal code: 75001 was Alfortville until 1968 and is the postal code of
    the 1st arrondissement of Paris."""
    found = _of_postcode(gazetteer, code)
    if found:
        message = (
            f"commune:{code} est un ancien code de {gazetteer.get(successor).name} ({successor}) et un code postal "
            f"actuel ({_listed(tuple(found))}) : précisez lequel."
        )
        raise _refusal(field, "ambiguous_commune", message, (*found, successor))


def _of_postcode(gazetteer: Territories, code: str) -> list[str]:
    communes = gazetteer.communes
    rows = [row for row, postcodes in enumerate(communes.postcodes) if code in postcodes.split()]
    kinds: tuple[Kind, Kind] = ("commune", "arrondissement")
    return [typed_id(kinds[bool(communes.is_arrondissement[row])], communes.codes[row]) for row in rows]


def _refusal(field: str, code: str, message: str, allowed: tuple[str, ...]) -> InvalidRequest:
    suggestion = allowed[0] if len(allowed) == 1 else None
    return InvalidRequest((FieldError(field, code, message, allowed, suggestion),))


def _listed(ids: tuple[str, ...], most: int = 12) -> str:
    more = and_others(len(ids), most)
    return ", ".join(ids[:most]) + more
