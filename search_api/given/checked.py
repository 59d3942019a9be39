"""Reads the few texts that a structure sends, from a JSON body or a form."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, TypeVar, cast

from vivier.errors import FieldError, refuse_any
from vivier.model.base import Model

M = TypeVar("M", bound=Model)


def texts_of(model: type[M], fields: Any, chosen: str, among: Collection[str]) -> M:
    """A model of texts, all given, of which ``chosen`` is one of a few. Raises ``InvalidRequest`` naming each field to correct."""
    given = fields if isinstance(fields, dict) else {}
    names = model.model_fields
    missing = [name for name in names if not isinstance(given.get(name), str) or not given[name]]
    errors = [FieldError(name, "missing", f"« {name} » est obligatoire.") for name in missing]
    unknown = [name[:80] for name in given if name not in names]
    errors += [FieldError(name, "unknown_parameter", f"« {name} » est inconnu.") for name in unknown]
    if chosen not in missing and given[chosen] not in among:
        errors.append(FieldError(chosen, "unknown_value", f"« {chosen} » : {', '.join(among)}."))
    refuse_any(errors)
    return cast(M, model.model_construct(**given))
