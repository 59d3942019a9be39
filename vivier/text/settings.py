"""Reads one entry of the analysis settings. A setting that is not understood is refused by name, never skipped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import regex

from vivier.errors import VivierError

Spec = Mapping[str, Any]


class AnalysisError(VivierError):
    """``mappings/analysis.json`` asks for something that this interpreter does not do exactly as OpenSearch does."""


def only(name: str, spec: Spec, *known: str) -> Spec:
    """The entry itself, once it is checked that its only settings are ``type`` and the ``known`` ones.

    Raises AnalysisError: a setting that is ignored here and obeyed by OpenSearch would make the two engines differ.
    """
    unknown = sorted(set(spec) - {"type", *known})
    if unknown:
        raise AnalysisError(f"analysis.json, « {name} » : réglage non pris en charge : {', '.join(unknown)}.")
    missing = [key for key in known if key not in spec]
    if missing:
        raise AnalysisError(f"analysis.json, « {name} » : réglage absent : {', '.join(missing)}.")
    return spec


def pattern(name: str, source: str) -> regex.Pattern[str]:
    """A Java pattern, compiled with the ``regex`` module: character classes such as ``\\p{L}`` mean the same there."""
    try:
        return regex.compile(source)
    except regex.error as error:
        raise AnalysisError(f"analysis.json, « {name} » : motif illisible ({error}).") from error


def replacement(name: str, source: str) -> str:
    """A Java replacement (``$1er``) in Python's notation (``\\g<1>er``)."""
    if "\\" in source:
        raise AnalysisError(f"analysis.json, « {name} » : « \\ » n'est pas pris en charge dans un remplacement.")
    return regex.sub(r"\$(\d)", r"\\g<\1>", source)
