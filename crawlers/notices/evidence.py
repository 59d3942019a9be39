"""Every signal of a provision on one lot, coded or in words, of the lot or of its whole notice, each with its proof."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from crawlers.notices.raw import Part, Said
from crawlers.notices.values import public_text
from vivier.contracts.provisions import POSSIBLE, Told, aims_of, buys_employment, reservations_of, social_services
from vivier.model import Provenance, ProvisionEvidence

WHOLE_NOTICE: Final = 0.7
"""A box ticked once for a notice of several lots, no text saying for which (docs/contracts.md, « Lot scope »)."""


def evidence_of(part: Part, whole: Part, lots: Sequence[Part], provenance: Provenance) -> tuple[ProvisionEvidence, ...]:
    """The evidence of one lot (``part``, what it inherits included); ``whole`` when the notice has no lots."""
    alone = len(lots) < 2
    said = list(_said(part, whole, alone, _scope(whole, lots)))
    reserved = any(one.provision == "reserved" for one in said)
    told = list(_reservations(part, whole, _scope(whole, lots), reserved=reserved))
    services = buys_employment((part.title, whole.title), part.cpv)
    told += _aims(part, whole, services)
    if reserved and not any(one.reserved_for for one in told) and not any(one.families for one in said):
        said += [
            Said("reserved", code, POSSIBLE, ("ESS",), "cpv") for code in part.cpv[:1] if code in social_services()
        ]
    return _distinct((*(_of_code(one, provenance) for one in said), *(_of_words(one, provenance) for one in told)))


def _texts(part: Part) -> Iterator[str]:
    yield from (text for text in (part.title, part.description, part.conditions, *part.texts) if text)
    yield from (text for criterion in part.criteria for text in (criterion.name, criterion.more) if text)


def _scope(whole: Part, lots: Sequence[Part]) -> frozenset[str]:
    """The lots that the texts of the notice name as reserved, among those it has."""
    if len(lots) < 2:
        return frozenset()
    cited = {lot for text in _texts(whole) for told in reservations_of(text, reserved=True) for lot in told.lots}
    return frozenset(cited & {lot.number for lot in lots if lot.number is not None})


def _said(part: Part, whole: Part, alone: bool, scope: frozenset[str]) -> Iterator[Said]:
    yield from part.said
    if part is whole:
        return
    for one in whole.said:
        if one.provision != "reserved" or alone or part.number in scope:
            yield one
        elif not scope:
            yield Said(one.provision, one.value, min(one.confidence, WHOLE_NOTICE), one.families, one.signal)


def _reservations(part: Part, whole: Part, scope: frozenset[str], *, reserved: bool) -> Iterator[Told]:
    for text in _texts(part):
        yield from (one for one in reservations_of(text, reserved=reserved) if not one.lots or part.number in one.lots)
    if part is whole or (scope and part.number not in scope):
        return
    for text in _texts(whole):
        yield from (one for one in reservations_of(text, reserved=reserved) if not one.lots or part.number in one.lots)


def _aims(part: Part, whole: Part, services: bool) -> Iterator[Told]:
    for criterion in part.criteria:
        yield from aims_of(f"{criterion.name}\n{criterion.more or ''}", "criterion", services=services)
    for conditions in dict.fromkeys((part.conditions, whole.conditions)):
        if conditions is not None:
            yield from aims_of(conditions, "clause", services=services)


def _of_code(said: Said, provenance: Provenance) -> ProvisionEvidence:
    return ProvisionEvidence(
        provision=said.provision,
        signal=said.signal,
        provenance=provenance,
        value=said.value,
        reserved_for=said.families,
        confidence=said.confidence,
    )


def _of_words(told: Told, provenance: Provenance) -> ProvisionEvidence:
    return ProvisionEvidence(
        provision=told.provision,
        signal=told.signal,
        provenance=provenance,
        value=told.value,
        excerpt=public_text(told.excerpt, []),
        reserved_for=told.reserved_for,
        confidence=told.confidence,
    )


def _distinct(evidence: Iterable[ProvisionEvidence]) -> tuple[ProvisionEvidence, ...]:
    """Each signal once, its surest telling, surest first."""
    best: dict[tuple[object, ...], ProvisionEvidence] = {}
    for one in evidence:
        key = (one.provision, one.signal, one.value, one.reserved_for)
        if key not in best or one.confidence > best[key].confidence:
            best[key] = one
    return tuple(sorted(best.values(), key=lambda one: -one.confidence))
