"""Cleans single values. A function that doubts a value adds a code to ``issues``; nothing is repaired by guess."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Literal, TypedDict
from urllib.parse import urlsplit

from crawlers.kit.source import Aside, Intake
from vivier.identity import digits, is_antenna_siret, is_siren, is_siret, names_a_company
from vivier.lists.words import number as number
from vivier.privacy.contacts import scrub
from vivier.privacy.organisations import looks_like_a_contact, organisation_contact
from vivier.privacy.people import scrub_people

DESCRIPTION_LIMIT = 4000
"""Characters kept of a description. A longer text is no longer a presentation (our bound)."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
_NAF = re.compile(r"\d{4}[A-Z]")
_SCIENTIFIC = re.compile(r"\d[eE]\+?\d")
_DECIMAL = re.compile(r"[.,]0+$")
_MOJIBAKE = re.compile("\ufffd|Ã[\x80-\xbf]|â€")
_CLOCK = r"(?:[T ]\d{1,2}:\d{2}.*)?"
_DATES = (
    ("iso", re.compile(rf"(?P<y>\d{{4}})-(?P<m>\d\d)-(?P<d>\d\d){_CLOCK}")),
    ("french", re.compile(rf"(?P<d>\d{{1,2}})([/.-])(?P<m>\d{{1,2}})\2(?P<y>\d{{4}}){_CLOCK}")),
    ("compact", re.compile(r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)")),
)


def text(value: object) -> str | None:
    """One line of text: no control characters, single spaces; ``None`` when nothing is left, or it is no text nor number."""
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return None
    return " ".join(_CONTROL.sub(" ", str(value)).split()) or None


def public_text(value: object, issues: list[str]) -> str | None:
    """One line of text that may be shown: contacts are removed (issue ``contact_removed``)."""
    cleaned = text(value)
    if cleaned is None:
        return None
    scrubbed, removed = scrub(cleaned)
    if removed:
        issues.append("contact_removed")
    if _MOJIBAKE.search(scrubbed):
        issues.append("text_damaged")
    return scrubbed


class Reached(TypedDict):
    """Where an organisation is reached: a mailbox, ten digits; ``None`` when the source gives none that is surely its own."""

    mailbox: str | None
    phone: str | None


def reached(intake: Intake, names: Iterable[str | None], *values: object) -> Reached:
    """The first mailbox and the first number of values that are surely an organisation's. Others are counted (``contact_set_aside``) and
    never kept."""
    own = tuple(name for name in names if name)
    found: dict[str, str] = {}
    for written in filter(None, map(text, values)):
        retained = organisation_contact(written, own)
        if retained is not None:
            found.setdefault(retained.kind, retained.value)
        elif looks_like_a_contact(written):
            intake.issues["contact_set_aside"] += 1
    return {"mailbox": found.get("mailbox"), "phone": found.get("phone")}


def company_reached(intake: Intake, names: Sequence[str | None], *values: object) -> Reached:
    """As :func:`reached`, for a list where sole traders are many: only a name that has a legal form is surely a company's, any other
    contact is counted as set aside."""
    known = any(name is not None and names_a_company(name) for name in names)
    if not known:
        intake.issues["contact_set_aside"] += sum(
            looks_like_a_contact(written) for written in filter(None, map(text, values))
        )
    return reached(intake, names, *(values if known else ()))


def free_text(value: object, issues: list[str]) -> str | None:
    """One line that somebody wrote freely: contacts and names of persons are removed (issue ``name_removed``).

    Not for names of structures nor for addresses, which are made of names of persons.
    """
    written = public_text(value, issues)
    if written is None:
        return None
    scrubbed, removed = scrub_people(written)
    if removed:
        issues.append("name_removed")
    return scrubbed


def description(value: object, issues: list[str]) -> str | None:
    """Free text, its lines kept, contacts and names removed, at most :data:`DESCRIPTION_LIMIT` characters."""
    lines = [free_text(line, issues) for line in (value.splitlines() if isinstance(value, str) else ())]
    whole = "\n".join(line for line in lines if line)
    if len(whole) > DESCRIPTION_LIMIT:
        issues.append("description_shortened")
        whole = whole[:DESCRIPTION_LIMIT].rsplit(" ", 1)[0] + " …"
    return whole or None


def identifiers(value: object, issues: list[str], *, lost_zeros: int = 0) -> tuple[str | None, str | None]:
    """SIRET and SIREN out of a SIRET cell.

    At most ``lost_zeros`` leading zeros are put back (only for sources known to lose them). A number that fails the check
    is not kept (issue ``siret_invalid``, ``siret_scientific`` when a spreadsheet ate its digits); an antenna number of
    les-emplois leaves its SIREN only (``siret_antenna``). Repairs are issues too: ``siret_spaces``,
    ``siret_decimal``, ``siret_zeros``.
    """
    written = text(value)
    if written is None:
        issues.append("siret_absent")
        return None, None
    if _SCIENTIFIC.search(written):
        issues.append("siret_scientific")
        return None, None
    whole = _DECIMAL.sub("", written)
    found = digits(whole)
    padded = found.zfill(14) if 14 - lost_zeros <= len(found) < 14 else found
    siret, siren = _checked(padded, issues)
    if siret is not None and siret != written:
        issues.extend(_repairs(written, whole, found, siret))
    return siret, siren


def _repairs(written: str, whole: str, found: str, siret: str) -> Iterator[str]:
    if whole != written:
        yield "siret_decimal"
    if found != whole:
        yield "siret_spaces"
    if found != siret:
        yield "siret_zeros"


def siret_refused(column: str, value: object, issues: Sequence[str]) -> Aside:
    """The refusal of a row whose key is a SIRET that :func:`identifiers` did not keep."""
    if "siret_scientific" in issues:
        detail = f"« {column} » vaut « {value} » : un tableur a perdu des chiffres ; mettez la colonne au format texte"
        return Aside("siret_scientific", detail)
    if text(value) is None:
        return Aside("siret_invalid", f"« {column} » est vide : il sert d'identifiant")
    why = _why_refused(digits(text(value) or ""))
    return Aside("siret_invalid", f"« {column} » vaut « {value} » : {why}")


def _why_refused(found: str) -> str:
    """Why the digits of a SIRET are refused, in French."""
    if len(found) != 14:
        return f"{len(found)} chiffres, quatorze valides attendus"
    if found.endswith("0000000"):
        return "arrondi par un tableur, quatorze chiffres valides attendus"
    return "clé de contrôle fausse, quatorze chiffres valides attendus"


def _checked(number: str, issues: list[str]) -> tuple[str | None, str | None]:
    valid, made_up = is_siret(number), is_antenna_siret(number)
    if valid and not made_up:
        return number, number[:9]
    siren = number[:9] if len(number) == 14 and (valid or is_siren(number[:9])) else None
    issues.append("siret_antenna" if made_up and siren else "siret_invalid")
    return None, siren


def website(value: object, issues: list[str]) -> str | None:
    """An http(s) address with a host and no user name; anything else is left out (issue ``website_invalid``)."""
    written = text(value)
    if written is None:
        return None
    try:
        parts = urlsplit(written)
        good = parts.scheme.lower() in ("http", "https") and "." in (parts.hostname or "")
    except ValueError:
        good = False
    if good and "@" not in written and " " not in written and len(written) <= 500 and not scrub(written)[1]:
        return written
    issues.append("website_invalid")
    return None


def iso_date(value: object) -> date | None:
    """The day of an ISO 8601 date or moment; ``None`` when there is none or it cannot be read."""
    written = text(value)
    if written is None:
        return None
    try:
        return datetime.fromisoformat(written).date()
    except ValueError:
        return None


def day(value: object, issues: list[str], *, usual: Literal["iso", "french"] = "iso") -> date | None:
    """The day of a date, in any of the forms met: ``2026-07-01`` (a moment too), ``01/07/2026``, ``01.07.2026``,
    ``20260701``.

    ``usual`` is the form of the source: a date in another form is read all the same (issue ``date_form``). A value in
    none of these forms is unknown (issue ``date_invalid``): a month first, two digits of year or a spreadsheet's number
    are not guessed.
    """
    written = text(value)
    if written is None:
        return None
    for form, pattern in _DATES:
        found = pattern.fullmatch(written)
        try:
            read = date(int(found["y"]), int(found["m"]), int(found["d"])) if found else None
        except ValueError:
            break
        if read is not None:
            if form != usual:
                issues.append("date_form")
            return read
    issues.append("date_invalid")
    return None


def naf(value: object, issues: list[str]) -> str | None:
    """A NAF code without its dot (``8810C``); anything else is left out (issue ``naf_invalid``)."""
    written = (text(value) or "").replace(".", "").upper()
    if not written or _NAF.fullmatch(written):
        return written or None
    issues.append("naf_invalid")
    return None
