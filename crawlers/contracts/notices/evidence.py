"""Finds every signal of a provision on one lot, coded or in words, written for the lot or for its whole notice, each
with its proof."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from crawlers.contracts.notices.raw import CodedProvision, Part
from crawlers.contracts.notices.values import public_text
from vivier.contracts.provisions import (
    POSSIBLE,
    WordedProvision,
    aims_of,
    buys_employment,
    reservations_of,
    social_services,
)
from vivier.contracts.reservation import best_founded
from vivier.model import Provenance, ProvisionEvidence

WHOLE_NOTICE: Final = 0.7
"""Confidence of a box ticked once for a notice of several lots, when no text says for which lots (docs/contracts.md, «
Lot scope »)."""


def evidence_of(part: Part, whole: Part, lots: Sequence[Part], provenance: Provenance) -> tuple[ProvisionEvidence, ...]:
    """The evidence of one lot. ``part`` is the lot with what it inherits, or ``whole`` when the notice has no lots."""
    alone = len(lots) < 2
    coded = list(_coded(part, whole, alone, _scope(whole, lots)))
    reserved = any(provision.provision == "reserved" for provision in coded)
    worded = best_founded(_reservations(part, whole, _scope(whole, lots), reserved=reserved))
    services = buys_employment((part.title, whole.title), part.cpv)
    worded += _aims(part, whole, services)
    if (
        reserved
        and not any(provision.reserved_for for provision in worded)
        and not any(provision.families for provision in coded)
    ):
        coded += [
            CodedProvision("reserved", code, POSSIBLE, ("ESS",), "cpv")
            for code in part.cpv[:1]
            if code in social_services()
        ]
    return _distinct(
        (
            *(_of_code(provision, provenance) for provision in coded),
            *(_of_words(provision, provenance) for provision in worded),
        )
    )


def _texts(part: Part) -> Iterator[str]:
    yield from (text for text in (part.title, part.description, part.conditions, *part.texts) if text)
    yield from (text for criterion in part.criteria for text in (criterion.name, criterion.more) if text)


def _scope(whole: Part, lots: Sequence[Part]) -> frozenset[str]:
    """The lots that the texts of the notice name as reserved, among the lots of the notice."""
    if len(lots) < 2:
        return frozenset()
    cited = {
        lot
        for text in _texts(whole)
        for reservation in reservations_of(text, reserved=True)
        if not reservation.implied
        for lot in reservation.lots
    }
    return frozenset(cited & {lot.number for lot in lots if lot.number is not None})


def _coded(part: Part, whole: Part, alone: bool, scope: frozenset[str]) -> Iterator[CodedProvision]:
    yield from part.coded
    if part is whole:
        return
    for provision in whole.coded:
        if provision.provision != "reserved" or alone or part.number in scope:
            yield provision
        elif not scope:
            yield CodedProvision(
                provision.provision,
                provision.value,
                min(provision.confidence, WHOLE_NOTICE),
                provision.families,
                provision.signal,
            )


def _reservations(part: Part, whole: Part, scope: frozenset[str], *, reserved: bool) -> Iterator[WordedProvision]:
    for text in _texts(part):
        yield from (
            reservation
            for reservation in reservations_of(text, reserved=reserved)
            if part is whole or not reservation.lots or part.number in reservation.lots
        )
    if part is whole or (scope and part.number not in scope):
        return
    for text in _texts(whole):
        yield from (
            reservation
            for reservation in reservations_of(text, reserved=reserved)
            if not reservation.lots or part.number in reservation.lots
        )


def _aims(part: Part, whole: Part, services: bool) -> Iterator[WordedProvision]:
    for criterion in part.criteria:
        yield from aims_of(f"{criterion.name}\n{criterion.more or ''}", "criterion", services=services)
    for conditions in dict.fromkeys((part.conditions, whole.conditions)):
        if conditions is not None:
            yield from aims_of(conditions, "clause", services=services)


def _of_code(coded: CodedProvision, provenance: Provenance) -> ProvisionEvidence:
    return ProvisionEvidence(
        provision=coded.provision,
        signal=coded.signal,
        provenance=provenance,
        value=coded.value,
        reserved_for=coded.families,
        confidence=coded.confidence,
    )


def _of_words(worded: WordedProvision, provenance: Provenance) -> ProvisionEvidence:
    return ProvisionEvidence(
        provision=worded.provision,
        signal=worded.signal,
        provenance=provenance,
        value=worded.value,
        excerpt=public_text(worded.excerpt, []),
        reserved_for=worded.reserved_for,
        confidence=worded.confidence,
    )


def _distinct(evidence: Iterable[ProvisionEvidence]) -> tuple[ProvisionEvidence, ...]:
    """Each signal once, with its greatest confidence, the surest first."""
    best: dict[tuple[object, ...], ProvisionEvidence] = {}
    for item in evidence:
        key = (item.provision, item.signal, item.value, item.reserved_for)
        if key not in best or item.confidence > best[key].confidence:
            best[key] = item
    return tuple(sorted(best.values(), key=lambda item: -item.confidence))
