"""How well one word of role is read: ``python -m benchmarks needs_roles``.

Pairs of sentences that differ by the role of a word: « bio », « 30 % bio », « si possible bio », « pas de bio »; « à Lens », « rue de Lens ». A
pair is right when both sentences ask of the search what the judge says, and name one of his trades first (none: no trade is sure).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from benchmarks.cases import Case, cases
from benchmarks.options import Failures, Half
from vivier.lexicon import Lexicon, load_lexicon
from vivier.needs import applied, resolve_need

_NOT_JUDGED = frozenset(("trade", "wish_trade", "service_type"))


def roles(half: Half = None, failures: Failures = False) -> Iterator[str]:
    """The pairs right both ways, by half."""
    lexicon = load_lexicon()
    for split in ("dev", "held") if half is None else (half,):
        wrong = gaps_of_pairs(split, lexicon)
        right = sum(not found for found in wrong.values())
        yield f"pairs, {split}: {right} of {len(wrong)}   {right / len(wrong):.3f}"
        if failures:
            yield from (f"{split}: {line}" for found in wrong.values() for line in found)


def gaps_of_pairs(split: str, lexicon: Lexicon) -> dict[int, list[str]]:
    """What is read otherwise than the judge reads it, by pair; nothing for a pair that is right both ways."""
    wrong: defaultdict[int, list[str]] = defaultdict(list)
    for case in cases("needs_roles", split):
        wrong[case["pair"]] += gaps(case, lexicon)
    return dict(wrong)


def gaps(case: Case, lexicon: Lexicon) -> list[str]:
    """What is read otherwise than the judge reads it, a line for each."""
    need = resolve_need(case["query"], lexicon)
    asks = sorted(f"{name}={value}" for name, value in applied(need, lexicon).pairs if name not in _NOT_JUDGED)
    first = [match.id for match in (*need.sectors, *need.alternatives)][:1]
    found = []
    if asks != case["asks"]:
        found.append(f"{case['query']} | {asks} | not {case['asks']}")
    if case["trades"] and not set(first) & set(case["trades"]):
        found.append(f"{case['query']} | {need.status} {first} | not {case['trades']}")
    if not case["trades"] and need.status == "auto":
        found.append(f"{case['query']} | sure of {first} | out of scope")
    return found
