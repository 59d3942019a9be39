"""``docs/generated/survivorship.md``: which source is believed for each field, from the table that the merge reads."""

from __future__ import annotations

from collections.abc import Mapping

from crawlers.kit import Source
from indexer.survivorship import SURVIVORSHIP, Rule
from scripts.docs.markdown import code, table
from scripts.docs.markdown import page as whole
from vivier.vocabulary import ROLES

_INTRODUCTION = """Several sources tell of one supplier. For each field this table says which one is believed, from the most trusted
role to the least. An empty value never overwrites a value. At equal role an official source comes before a declared one, then
the more recent `updated_at` wins (a dated value before an undated one); the name and the numbers of what a structure declares here
(source `declared`, of the role of that name), and of what its network declares of it (source `members`, role `network`: after the structure itself), are copied from its
sheet and never win; the last tie is settled by the key of the record, so
that the order of the sources never shows. The merge reads the table itself (`indexer/survivorship.py`)."""

_CHOICES = """**first**: one value is kept. **all**: every distinct value is kept, each with its source, the most trusted first.
**shown**: values that differ from the one kept stay in `others`, on the page of the supplier under « Autres valeurs ». Other
names are in `other_names`, other numbers also in `identifiers`, by which the supplier is found. What contradicts is an issue
too (`closed_conflict`, `commune_conflict`, `siren_conflict`, `siret_conflict`)."""

_PLACED = """A source is placed by the `role` of its card. Without one, an official source counts as `register`, a declared one as
`declared`, anything inferred or computed as `website`."""


def _rules() -> str:
    return table(("field", "kept", "trusted from first to last", "why"), map(_rule, SURVIVORSHIP))


def _rule(rule: Rule) -> tuple[str, ...]:
    choice = f"{rule.keep}, shown" if rule.others else rule.keep
    return code(rule.field), choice, " > ".join(rule.order), rule.why


def _roles(sources: Mapping[str, Source]) -> str:
    return table(
        ("role", "in French", "sources"),
        ((code(role), text, ", ".join(_of(role, sources)) or "–") for role, text in ROLES.items()),
    )


def _of(role: str, sources: Mapping[str, Source]) -> list[str]:
    return [code(name) for name, source in sources.items() if source.card.role == role]


def page(sources: Mapping[str, Source]) -> str:
    """The whole page."""
    return whole("Survivorship", _INTRODUCTION, _rules(), _CHOICES, f"## Roles\n\n{_PLACED}", _roles(sources))
