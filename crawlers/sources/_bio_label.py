"""Certificates of an organic operator → labels with their state (docs/generated/sources.md, « agence_bio »)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from crawlers.kit import Intake, Row
from crawlers.kit.proof import proof_url
from crawlers.kit.values import iso_date, public_text, text
from vivier.model import Label

CONVERSION = frozenset({"C1", "C2", "C3"})
_STATES = frozenset({"ENGAGEE", "ARRETEE", "SUSPENDUE"})
_USED = ("organisme", "etatCertification", "dateEngagement", "dateArret", "dateSuspension", "dateNotification", "url")


@dataclass(frozen=True)
class Certificate:
    """A certificate in one of the states that have a meaning: engaged, suspended or stopped."""

    state: str
    issuer: str | None
    start: date | None
    end: date | None
    url: str | None


@dataclass(frozen=True)
class Operator:
    """The fields that decide labels and trades: certificates, productions (name, code, state), activities, categories."""

    number: str
    certificates: tuple[Certificate, ...]
    productions: tuple[tuple[str, str, str], ...]
    activities: tuple[str, ...]
    categories: tuple[str, ...]
    mixed: bool

    @classmethod
    def read(cls, row: Row, number: str, intake: Intake, issues: list[str]) -> Operator:
        """Consume the fields of an operator that speak of its certification."""
        return cls(
            number=number,
            certificates=tuple(_certificates(row.take("certificats"), intake, issues)),
            productions=tuple(_productions(row.take("productions"))),
            activities=_names(row.take("activites"), issues),
            categories=_names(row.take("categories"), issues),
            mixed=(text(row.take("mixite")) or "").lower() == "oui",
        )

    @property
    def organic(self) -> list[tuple[str, str]]:
        """Name and code of what is sold as organic: productions whose state is not a year of conversion."""
        return [(name, code) for name, code, state in self.productions if state not in CONVERSION]

    @property
    def converting(self) -> list[tuple[str, str]]:
        """Name and code of what is in conversion only."""
        sold = {name for name, _ in self.organic}
        return [(name, code) for name, code, state in self.productions if state in CONVERSION and name not in sold]

    @property
    def only_converting(self) -> bool:
        """Whether everything it makes is in conversion: nothing is sold as organic yet."""
        return bool(self.productions) and not self.organic


def _objects(value: object) -> list[dict[str, object]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _names(value: object, issues: list[str]) -> tuple[str, ...]:
    names = (public_text(item.get("nom"), issues) for item in _objects(value))
    return tuple(dict.fromkeys(name for name in names if name))


def _productions(value: object) -> Iterator[tuple[str, str, str]]:
    for item in _objects(value):
        name, code = text(item.get("nom")), text(item.get("code")) or ""
        states = [text(state.get("etatProduction")) or "" for state in _objects(item.get("etatProductions"))]
        for state in dict.fromkeys(states or [""]):
            if name:
                yield name, code, state.upper()


def _certificates(value: object, intake: Intake, issues: list[str]) -> Iterator[Certificate]:
    for item in _objects(value):
        intake.unknown.update(f"certificats.{key}" for key in item if key not in _USED)
        state = (text(item.get("etatCertification")) or "").upper().replace("É", "E")
        if state in _STATES:
            yield Certificate(
                state=state,
                issuer=public_text(item.get("organisme"), issues),
                start=iso_date(item.get("dateEngagement")),
                end=iso_date(item.get("dateArret")),
                url=proof_url(item.get("url"), issues),
            )


def labels_of(operator: Operator, issues: list[str]) -> tuple[Label, ...]:
    """One label per certificate; none while everything is in conversion, since nothing is sold as organic."""
    if operator.only_converting:
        issues.append("bio_conversion")
        return ()
    return tuple(dict.fromkeys(_labels(operator, issues)))


def _labels(operator: Operator, issues: list[str]) -> Iterator[Label]:
    domain = " ; ".join(dict.fromkeys(name for name, _ in operator.organic)) or " ; ".join(operator.activities)
    for certificate in operator.certificates:
        if certificate.state == "ARRETEE" and certificate.end is None:
            # Without its end the label would look valid for ever.
            issues.append("certificate_end_unknown")
            continue
        yield Label(
            code="BIO",
            scope="product",
            domain=domain or None,
            title="production mixte, bio et non bio" if operator.mixed else None,
            number=operator.number,
            issuer=certificate.issuer,
            valid_from=certificate.start,
            valid_until=certificate.end,
            suspended=certificate.state == "SUSPENDUE",
            proof_url=certificate.url,
        )
