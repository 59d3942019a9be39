"""What lists that know only a legal unit share: they check its number and make a record that holds labels and nothing else."""

from __future__ import annotations

from typing import Any

from crawlers.kit import Aside, Intake
from crawlers.kit.values import identifiers, public_text, text
from vivier.identity import digits, is_siren
from vivier.law.labels import LABELS
from vivier.model import Agreement, Label, Record


def siren_of(value: object, column: str, *, lost_zeros: int = 0) -> str | Aside:
    """A valid SIREN, at most ``lost_zeros`` leading zeros put back; else why the row is set aside.

    A number cut at its end looks like one that lost its zeros: only the check digit differs, so a source that cuts
    numbers puts no zero back.
    """
    written = text(value)
    if written is None:
        return Aside("siren_missing", f"« {column} » est vide")
    number = digits(written)
    if 9 - lost_zeros <= len(number) < 9:
        number = number.zfill(9)
    if is_siren(number):
        return number
    return Aside("siren_invalid", f"« {column} » vaut « {written} » : neuf chiffres valides attendus")


def unit_label(code: str, **given: Any) -> Label:
    """A label of the whole legal unit, with the issuer the vocabulary knows."""
    return Label(code=code, scope="legal_unit", issuer=LABELS[code].issuer, **given)


def seat_of(value: object, siren: str, issues: list[str]) -> str | None:
    """The valid SIRET of the head office of a legal unit; a SIRET of another legal unit is left, and is an issue."""
    siret, unit = identifiers(value, issues) if text(value) is not None else (None, None)
    if siret is not None and unit != siren:
        issues.append("siret_elsewhere")
        return None
    return siret


def unit_record(
    siren: str,
    intake: Intake,
    *,
    siret: str | None = None,
    name: object = None,
    key: str | None = None,
    labels: tuple[Label, ...] = (),
    kinds: tuple[str, ...] = (),
    naf: str | None = None,
    issues: tuple[str, ...] = (),
) -> Record:
    """A record that adds labels to a whole legal unit. It is joined to the sites of that SIREN, which keep their names; where none is
    known, the ``siret`` of its head office makes it a supplier."""
    doubts = list(issues)
    written = public_text(name, doubts)
    return Record(
        source_id=key or siren,
        provenance=intake.provenance(),
        name=(written or f"Unité légale {siren}")[:300],
        siren=siren,
        siret=siret,
        agreements=tuple(Agreement(kind=kind, scope="legal_unit") for kind in kinds),
        labels=labels,
        naf=naf,
        issues=tuple(dict.fromkeys(doubts)),
    )
