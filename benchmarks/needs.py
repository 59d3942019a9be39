"""How well needs are understood: ``python -m benchmarks needs``, ``needs_judged``, ``needs_mistyped``.

**needs**: dev, the half the words and weights were tuned on; held, the other half, by the author of the table's words, on which nothing was
tuned; blind, needs written before the words of the table were read, by the author of this room, for which no word was added. Their figures
were read a few times on the way, and one rule came of it: a sure answer shows two alternatives (blind top-3 .908 before, .923 after).

- top-1, top-3, MRR: over needs that have an answer, its place among ``sectors`` then ``alternatives`` (``expect`` only; « top-1, also » accepts
  the trades called acceptable too); refused: needs that must yield nothing and got ``unresolved``;
- kept: needs that have an answer and got one; auto right: of those answered ``auto``, the share whose first trade is expected or acceptable;
- read whole: sentences of ``needs_read.jsonl`` of which trades, places, distance and every other parameter are as judged.

**needs_judged**: what a blind judge wrote and labelled. Each field of each sentence is right or wrong (tests/relevance/SOURCES.md); « all fields »
counts the sentences with none wrong. A trade is right when every trade that must be found is applied, or offered among the first three; a sure
trade is right when the judge expects or accepts it. Objects of real contracts and notices (``VIVIER_SHARED_DATA``): whether the first trade, or
one of the first three, is one that the judge gave.

**needs_mistyped**: a thousand needs, each a name or a phrase of a trade and a town, drawn at random, with one error in each (two in a name of nine
letters or more, once in two), in eight frames, one in eight in capitals (``seed``: 1 to tune, another to judge). « town »: the town is read or
offered; « lost »: it is neither, and no word of its name is among those that the answer says it does not understand, or reads as another word.
"""

from __future__ import annotations

import random
import statistics
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Final

from benchmarks.cases import Case, cases
from benchmarks.homes import shared
from benchmarks.options import Failures, Half
from scripts.docs.markdown import table
from tests.relevance.objects import objects
from vivier.lexicon import Lexicon, load_lexicon
from vivier.needs import Need, applied, resolve_need
from vivier.trades.table import STAFFING

OFFERED: Final = 3
"""Trades offered that count as found."""
_NEAR_KM: Final = 5.0
"""Kilometres by which a distance may differ from the judge's, which a travel time gives."""
MISTYPED: Final = 1_000
LEAST_POPULATION: Final = 5_000
LEAST_LETTERS: Final = 5
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_FORMS: Final = (
    "{} à {}",
    "{} {}",
    "{}, {}",
    "{} près de {}",
    "{} du gymnase de {} pour 2 ans",
    "{} du foyer ({}), 20 000 €",
    "ESAT {} {}, 3 sites",
    "Bonjour, nous cherchons un prestataire pour {} sur {}. Merci",
)
"""How a need is written around a trade and a town; one in eight is typed in capitals."""


def needs(half: Half = None, failures: Failures = False) -> Iterator[str]:
    """Three halves of needs, the sentences read whole, and milliseconds of processor."""
    lexicon = load_lexicon()
    chosen = {name: some for name, some in halves().items() if half in (None, name)}
    rows = {name: figures(some, lexicon) for name, some in chosen.items()}
    columns = list(next(iter(rows.values())))
    yield table(
        ("half", *columns), ((name, *(f"{row[column]:.3g}" for column in columns)) for name, row in rows.items())
    )
    for split in ("tune", "held"):
        gaps = {case["query"]: reading_gaps(case, lexicon) for case in cases("needs_read", split)}
        yield f"read whole, {split}: {sum(not found for found in gaps.values())} of {len(gaps)}"
        if failures:
            yield from (f"{split}: {query} | {'; '.join(found)}" for query, found in gaps.items() if found)
    if failures:
        yield from (f"{name}: {line}" for name, some in chosen.items() for line in _failures(some, lexicon))
    timed = [case for some in chosen.values() for case in some]
    speed(timed, lexicon)
    yield "ms of processor: short p50 {:.2f}, p95 {:.2f}; 500 characters p50 {:.2f}".format(*speed(timed, lexicon))


def halves() -> dict[str, list[Case]]:
    """Cases by half, in the order they are reported."""
    every = [*cases("needs"), *cases("needs_blind")]
    return {split: [case for case in every if case["split"] == split] for split in ("dev", "held", "blind")}


def reading_gaps(case: Case, lexicon: Lexicon) -> list[str]:
    """Differences between the reading of such a sentence and the judgement, a line for each: trades, places, distance, other
    parameters.

    ``trades``: null when they are not judged; ``offered``: must be candidates of an uncertain place; ``around``: (centre,
    kilometres); ``asks``: other parameters of the search; ``not_applied``: what must be said not to be applied, or applied with an assumption, at least.
    """
    need = resolve_need(case["query"], lexicon)
    search = applied(need, lexicon)
    places, others = need.territory.places, ("trade", "territory", "near", "radius_km")
    found = {
        "trades": [match.id for match in need.sectors] if case["trades"] is not None else None,
        "places": [place.territory for place in places if place.territory is not None],
        "around": [value for name, value in search.pairs if name in ("near", "radius_km")],
        "asks": sorted(f"{name}={value}" for name, value in search.pairs if name not in others),
    }
    wanted = {**case, "around": _circle(case["around"], lexicon), "asks": sorted(case["asks"])}
    offered = {candidate.id for place in places if place.territory is None for candidate in place.candidates}
    not_applied = {words.what for words in (*search.not_applied, *search.assumed)}
    return [
        *(f"{name}: {value}, not {wanted[name]}" for name, value in found.items() if value != wanted[name]),
        *(f"not offered: {id}" for id in case["offered"] if id not in offered),
        *(f"not said: {what}" for what in case["not_applied"] if what not in not_applied),
    ]


def _circle(around: list[Any] | None, lexicon: Lexicon) -> list[str]:
    point = None if around is None else lexicon.gazetteer.reference_point(around[0])
    return [] if around is None or point is None else [f"{point[0]:.5f},{point[1]:.5f}", f"{around[1]:g}"]


def _proposed(need: Need) -> list[str]:
    return [match.id for match in (*need.sectors, *need.alternatives)]


def rank(need: Need, expected: Iterable[str]) -> int | None:
    """Rank of the first expected trade, from 1; ``None`` when none is proposed."""
    proposed = _proposed(need)
    return min((proposed.index(code) + 1 for code in expected if code in proposed), default=None)


def figures(some: list[Case], lexicon: Lexicon) -> dict[str, float]:
    """The figures of one half."""
    read = [(case, resolve_need(case["query"], lexicon)) for case in some]
    ranked = [(case, need, rank(need, case["expect"])) for case, need in read if case["expect"]]
    refused = [need.status == "unresolved" for case, need in read if not case["expect"]]
    loose = [rank(need, (*case["expect"], *case["also"])) == 1 for case, need, _ in ranked]
    auto = [right for right, (_, need, _) in zip(loose, ranked, strict=True) if need.status == "auto"]
    return {
        "needs": len(ranked),
        "top-1": statistics.fmean(place == 1 for _, _, place in ranked),
        "top-1, also": statistics.fmean(loose),
        "top-3": statistics.fmean(place is not None and place <= 3 for _, _, place in ranked),
        "MRR": statistics.fmean(0.0 if place is None else 1 / place for _, _, place in ranked),
        "kept": statistics.fmean(need.status != "unresolved" for _, need, _ in ranked),
        "auto": statistics.fmean(need.status == "auto" for _, need, _ in ranked),
        "auto right": statistics.fmean(auto) if auto else 0.0,
        "to refuse": len(refused),
        "refused": statistics.fmean(refused),
    }


def _failures(some: list[Case], lexicon: Lexicon) -> Iterator[str]:
    """One line for each need whose first trade is not an expected one, or that must not be answered and was."""
    for case in some:
        need = resolve_need(case["query"], lexicon)
        place = rank(need, case["expect"])
        if place != 1 if case["expect"] else need.status != "unresolved":
            near = ", ".join(f"{match.id} {match.confidence:.2f}" for match in (*need.sectors, *need.alternatives)[:3])
            yield f"{place or '-'} {need.status} | {case['query']} | {', '.join(case['expect']) or '(rien)'} | {near}"


def speed(some: list[Case], lexicon: Lexicon) -> tuple[float, float, float]:
    """Milliseconds of processor: median of the needs up to 60 characters, 95th percentile of them, median ms of titles of 500 characters."""
    joined = " ; lot 2 : ".join(case["query"] for case in some)
    short = [_milliseconds(case["query"], lexicon) for case in some if len(case["query"]) <= 60]
    long = [_milliseconds(joined[start : start + 500], lexicon) for start in range(0, len(joined) - 500, 500)]
    return statistics.median(short), statistics.quantiles(short, n=20)[-1], statistics.median(long)


def _milliseconds(text: str, lexicon: Lexicon) -> float:
    start = time.thread_time()
    resolve_need(text, lexicon)
    return 1e3 * (time.thread_time() - start)


def judged(half: Half = None, failures: Failures = False) -> Iterator[str]:
    """The share of each field that is right, then how well objects are read."""
    lexicon, right, asked = load_lexicon(), Counter[str](), Counter[str]()
    for case in cases("needs_written", half):
        fields = graded(case, lexicon)
        fields["all fields"] = all(fields.values())
        asked.update(fields.keys())
        right.update(name for name, is_right in fields.items() if is_right)
        if failures and not fields["all fields"]:
            yield from _misread(case, [name for name, is_right in fields.items() if not is_right][:-1], lexicon)
    for name, count in asked.items():
        yield _share(name, right[name], count)
    if (shared() / "contracts").is_dir():
        yield ""
        yield from _objects_read(half, lexicon, failures)


def _share(name: str, count: int, of: int) -> str:
    return f"{name:14} {count:4} of {of:4}   {count / max(1, of):.3f}"


def graded(case: Case, lexicon: Lexicon) -> dict[str, bool]:
    """Whether each field of a sentence is read as the judge read it. ``sure`` is absent when no trade is sure."""
    need = resolve_need(case["query"], lexicon)
    search = applied(need, lexicon)
    pairs, places = search.pairs, _places(need)
    accepted = {*case["trades"], *case["also"], *((STAFFING,) if case["staffing"] else ())}
    sure = {match.id for match in need.sectors} if need.status == "auto" else set()
    radius = dict(pairs).get("radius_km")
    read = {
        "place": all(any(id_ in places for id_ in ids) for ids in case["places"])
        and (bool(case["places"]) or not any(name in ("territory", "near") for name, _ in pairs)),
        "km": case["km"] is None or (radius is not None and abs(float(radius) - case["km"]) <= _NEAR_KM),
        "kinds": {piece.code for piece in need.kinds} == set(case["kinds"]),
        "labels": {piece.code for piece in need.labels} == set(case["labels"]),
        "wish": {piece.code for piece in (*need.kinds, *need.labels) if piece.strength == "wish"} == set(case["wish"]),
        "amount": case["amount"] is None or any(amount.euros == case["amount"] for amount in need.amounts),
        "months": case["months"] is None or any(round(found.months) == case["months"] for found in need.durations),
        "staffing": case["staffing"] == any(piece.code == "staffing" for piece in need.service_types),
        "unknown": all(any(word in left.text for left in search.not_applied) for word in case["unknown"]),
    }
    if case["out"]:
        read["out"] = not sure - accepted
    else:
        found = [match.id for match in (*need.sectors, *need.alternatives[:OFFERED])]
        read["trades"] = set(case["trades"]) <= set(found)
        read["first"] = bool(found) and found[0] in accepted
    if sure:
        read["sure"] = sure <= accepted
    return read


def _places(need: Need) -> set[str]:
    """The ids read or offered; an arrondissement is a commune for the judge."""
    found = {candidate.id for place in need.territory.places for candidate in place.candidates}
    found |= {place.territory for place in need.territory.places if place.territory is not None}
    return {id_.replace("arrondissement:", "commune:") for id_ in found}


def _misread(case: Case, wrong: list[str], lexicon: Lexicon) -> Iterator[str]:
    need = resolve_need(case["query"], lexicon)
    search = applied(need, lexicon)
    yield f"{wrong} {case['query'][:300]!r}"
    yield f"    judge: { {name: value for name, value in case.items() if value and name not in ('query', 'split')} }"
    yield f"    {need.status} {[(match.id, match.confidence) for match in (*need.sectors, *need.alternatives)][:5]}"
    yield f"    {search.pairs} {[(left.what, left.text) for left in search.not_applied]}"


def _objects_read(half: str | None, lexicon: Lexicon, failures: bool) -> Iterator[str]:
    """How well the objects of one half, or of both, are read."""
    count = Counter[str]()
    for text, line in objects(shared()):
        if half not in (None, line["split"]):
            continue
        need = resolve_need(text, lexicon)
        found, accepted = _proposed(need), {*line["trades"], *line["also"]}
        sure = need.status == "auto"
        wrong = sure and found[0] not in accepted
        count.update(all=1, sure=sure)
        count["sure and wrong"] += wrong
        if line["trades"]:
            count["with a trade"] += 1
            count["first"] += bool(accepted & set(found[:1]))
            count["one of three"] += bool(accepted & set(found[:OFFERED]))
        else:
            count["without"] += 1
            count["no sure trade"] += not wrong
        if failures and (wrong or (line["trades"] and not accepted & set(found[:1]))):
            yield f"{'SURE' if wrong else '    '} {text[:160]} {line['trades']} {line['also']} {need.status} {found[:3]}"
    of = {"first": "with a trade", "one of three": "with a trade", "no sure trade": "without"}
    for name in (*of, "sure", "sure and wrong"):
        yield _share(name, count[name], count[of.get(name, "all")])


def mistyped(seed: int = 1, failures: Failures = False) -> Iterator[str]:
    """The shares of trades and towns found in spite of typing errors, and milliseconds of processor."""
    lexicon, count, taken = load_lexicon(), Counter[str](), list[float]()
    resolve_need("tonte à Lille", lexicon)
    for text, typed, trade, town in needs_mistyped(seed, lexicon):
        taken.append(_milliseconds(text, lexicon))
        need = resolve_need(text, lexicon)
        search = applied(need, lexicon)
        found = {candidate.id for place in need.territory.places for candidate in place.candidates}
        words = [piece.text for piece in (*search.not_applied, *search.assumed)]
        words += [correction.written for correction in need.corrections]
        is_reported = any(word.casefold() in typed.casefold() for word in words)
        count["trade"] += trade in _proposed(need)[:OFFERED]
        count["town"] += town in found
        count["lost"] += town not in found and not is_reported
        if failures and town not in found:
            yield f"{'told' if is_reported else 'LOST'} {text} {town} {[place.text for place in need.territory.places]}"
    yield from (f"{name:6} {count[name] / MISTYPED:.3f}" for name in ("trade", "town", "lost"))
    yield f"ms of processor: p50 {statistics.median(taken):.1f}, p95 {statistics.quantiles(taken, n=20)[-1]:.1f}"


def needs_mistyped(seed: int, lexicon: Lexicon) -> Iterator[tuple[str, str, str, str]]:
    """(text, name of the town as typed, code of the trade, id of the town)."""
    chance, communes, trades = random.Random(seed), lexicon.gazetteer.communes, list(lexicon.trades)
    people = zip(communes.codes, communes.population, communes.is_arrondissement, strict=True)
    towns = [code for code, inhabitants, within in people if inhabitants >= LEAST_POPULATION and not within]
    made = 0
    while made < MISTYPED:
        trade = chance.choice(trades)
        phrase = chance.choice((trade.name, *trade.words[:6])).casefold()
        id_ = f"commune:{chance.choice(towns)}"
        town = lexicon.gazetteer.get(id_).name
        if len(town) < LEAST_LETTERS or len(phrase) < LEAST_LETTERS:
            continue
        wrong = misspelt(town, chance)
        if len(town) >= 9 and chance.random() < 0.5:
            wrong = misspelt(wrong, chance)
        made += 1
        text = chance.choice(_FORMS).format(misspelt(phrase, chance), wrong)
        yield text.upper() if chance.random() < 1 / 8 else text, wrong, trade.code, id_


def misspelt(text: str, chance: random.Random) -> str:
    """A text with one typing error in its longest word, never in the first letter: a letter left out, doubled, changed or swapped."""
    words = text.split(" ")
    at = max(range(len(words)), key=lambda number: len(words[number]))
    word = words[at]
    if len(word) < LEAST_LETTERS:
        return text
    place = chance.randrange(1, len(word) - 1)
    before, letter, after = word[:place], word[place], word[place + 1 :]
    match chance.randrange(4):
        case 0:
            words[at] = before + after
        case 1:
            words[at] = before + letter + letter + after
        case 2:
            words[at] = before + chance.choice(_LETTERS) + after
        case _:
            words[at] = before + after[0] + letter + after[1:]
    return " ".join(words)
