"""A quarter of BOAMP lived by real structures: ``python -m benchmarks stream_leads``, ``stream_questions``, ``won_before``, each with DATA.

DATA is the folder of the shared data: the stream and the real lists are indexed in a temporary home unless one is given. Only ids are kept here.

**stream_leads**: sixty structures ask for their leads each Monday. ``tests/relevance/stream_profiles.csv`` holds them: drawn before anything was
read, by kind, with seed 20210104 (15 ESAT, 14 ACI, 12 EI, 10 AI, 6 ETTI, 3 GEIQ, of those whose commune is known), every second one in the held
half; then two draws of sixty by the same shares, on two Mondays each, judged by two readers who saw neither rules nor ranks: ``blind-1`` before
the rules of 2026-11-30, of which it taught the half whose ``sha256(structure)`` is even, ``blind-2`` after them. ``blind-3`` and ``blind-4`` are
those of two more draws of 180 that had a judged pair, each read by one reader blind to rules and ranks, once: at most six leads a structure.
The day is an argument of each question: a notice of a later day does not exist yet.

``tests/relevance/stream_judged.csv`` holds the judgements, made by hand from the title and the keywords, blind to rank and to score:

- ``strict``: this structure (its kind, its trades published or read, its size, its place) could answer this notice or one of its lots itself, or
  place people under its written clause when it lends some (AI, ETTI, a GEIQ in its branch), and would thank us for the mail. Reserved to its family
  in a trade that its kind commonly does is strict, unless what is known of it tells another. A trade supposed counts when the name or the activity
  code tells it; else a structure that publishes none has a strict lead by a reservation, a clause or a purchase of insertion alone;
- ``lenient``: worth a look: a part of what is bought, a partner is needed, far or large, its trade is not sure, a box « social » without a clause;
- ``no``: a waste of the morning. ``absurd``: makes us ridiculous: nobody of that kind would ever do it.

Until ``blind-2``, a clause was ``lenient``, and a trade honestly supposed could be ``strict``. A lead that nobody judged is counted apart, never
as right.

**stream_questions**: what five answers change. The first sixty are asked five questions on 1 March 2021, when the stream has two months behind
it, and their leads of that Monday and of the four others of March are judged without these answers, then with them. Answers are simulated from
the judgements: « oui » to a trade that more leads graded ``strict`` mean than leads graded ``no`` or ``absurd``, « non » to one that these mean
more than any other, else « plus tard ». A director knows as much; yet the same hand answers and judges. « Fresh » leads were not among the
first ten when the questions were asked.

**won_before**: would the leads of a structure have shown what it won? Nobody judges, and the product does not know who holds it: each contract of
the stream whose holder is a listed structure (same SIREN) is a lead that was right. The structure asks for its leads six months before the end
of that contract, or on the day it was notified when it is shorter; the contract must be among the first twenty. Awards of 2021 name no winner,
so that notices cannot be replayed the same way.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final, Literal, NamedTuple

from benchmarks.cases import cases
from benchmarks.homes import STREAM, opened, real_home
from benchmarks.options import Data, Day, Given, Listed
from scripts.docs.markdown import table
from vivier.contracts.leads import Lead, find_leads
from vivier.contracts.leads_query import Also, LeadsQuery
from vivier.contracts.months import add_months
from vivier.contracts.objects import object_title
from vivier.contracts.opportunities import meant_trades
from vivier.contracts.outlook import best_question, next_best
from vivier.contracts.query_profile import profile_of
from vivier.contracts.to_confirm import to_confirm
from vivier.lexicon import Lexicon, load_lexicon
from vivier.search.operators import All, Exists
from vivier.search.snapshot import Snapshot

MONDAYS: Final = tuple(date(2021, 1, 4) + timedelta(weeks=week) for week in range(13))
FIRST: Final = 10
HALVES: Final[Mapping[str, tuple[date, ...]]] = {
    "tune": MONDAYS,
    "held": MONDAYS,
    "blind-1": (MONDAYS[5], MONDAYS[11]),
    "blind-2": (MONDAYS[3], MONDAYS[9]),
    "blind-3": (MONDAYS[2], MONDAYS[4], MONDAYS[7], MONDAYS[10]),
    "blind-4": (MONDAYS[2], MONDAYS[4], MONDAYS[7], MONDAYS[10]),
}
"""The halves, each with the Mondays on which its leads were judged."""

QUESTIONS: Final = 5
EVERY_MONDAY: Final = ("tune", "held")
"""The structures whose leads were judged on every Monday."""
ASKED_ON: Final = MONDAYS[8]
Reply = Literal["yes", "no", "later"]

FIRST_WON: Final = 20
BEFORE_MONTHS: Final = -6


def leads_on(day: date, structure: str, snapshot: Snapshot, lexicon: Lexicon, **more: Any) -> tuple[Lead, ...]:
    """The first leads of a structure on a day, as its page asks for them. ``more``: other parameters of the query."""
    query = LeadsQuery(supplier=structure, as_of=day, per_page=FIRST, **more)
    return find_leads(query, profile_of(query, snapshot, lexicon, day), snapshot, lexicon, day).leads


def judgements() -> dict[tuple[str, str], str]:
    """The grade of each lead of each structure."""
    return {(row["structure"], row["lead"]): row["grade"] for row in cases("stream_judged")}


def precision(grades: Counter[str]) -> str:
    """« lenient / strict (judged of shown) »."""
    judged = grades.total() - grades["unjudged"]
    if not judged:
        return f"– / – (0 of {grades.total()})"
    lenient = (grades["strict"] + grades["lenient"]) / judged
    return f"{lenient:.2f} / {grades['strict'] / judged:.2f} ({judged} of {grades.total()}, absurd {grades['absurd']})"


def stream_leads(data: Data, home: Given = None, day: Day | None = None, listed: Listed = False) -> Iterator[str]:
    """For each Monday, or on one day: the structures that have a lead, by kind, and the precision of the first ten of each half."""
    lexicon, profiles, known = load_lexicon(), cases("stream_profiles"), judgements()
    kinds = Counter(profile["kind"] for profile in profiles)
    grades: defaultdict[str, Counter[str]] = defaultdict(Counter)
    ever, rows = set[str](), list[tuple[str, ...]]()
    with real_home(STREAM, data, home) as settings, opened(settings) as snapshot:
        for monday in (day,) if day else MONDAYS:
            served = Counter[str]()
            for profile in (profile for profile in profiles if day or monday in HALVES[profile["half"]]):
                structure, kind = profile["structure"], profile["kind"]
                found = leads_on(monday, structure, snapshot, lexicon)
                served[kind] += bool(found)
                ever |= {structure} if found else set()
                for lead in found:
                    grade = known.get((structure, lead.id), "unjudged")
                    grades[profile["half"]][grade] += 1
                    if listed:
                        yield f"  {grade:8} {structure} {kind:4} {lead.id} {lead.kind} {object_title(lead.record)[:110]}"
            rows.append((str(monday), str(served.total()), *(str(served[kind]) for kind in kinds)))
    yield table(("day", "with a lead", *(f"{kind} of {count}" for kind, count in kinds.items())), rows)
    yield f"\nAt least one lead on one of these days: {len(ever)} of {len(profiles)}"
    yield from (f"precision@{FIRST}, {half}: {precision(grades[half])}" for half in HALVES)


def read_on_mondays(snapshot: Snapshot, lexicon: Lexicon) -> Counter[str]:
    """What the page of each drawn structure opens on, on four Mondays: « leads », else purchases to « confirm », else leads « farther » away, else
    « nothing ». Structures that were kept because a lead of theirs was judged (blind-3, blind-4) are left out."""
    found = Counter[str]()
    halves = (*EVERY_MONDAY, "blind-1", "blind-2")
    for structure in (profile["structure"] for half in halves for profile in cases("stream_profiles", half)):
        for day in MONDAYS[2::3]:
            query = LeadsQuery(supplier=structure, as_of=day, per_page=FIRST)
            profile = profile_of(query, snapshot, lexicon, day)
            leads = find_leads(query, profile, snapshot, lexicon, day)
            at_hand = query, profile, leads, snapshot, lexicon, day
            kinds = {"leads": leads.total, "confirm": to_confirm(*at_hand), "farther": next_best(*at_hand)}
            found[next((kind for kind, some in kinds.items() if some), "nothing")] += 1
    return found


class Director:
    """Who answers for a structure, from the grades of its leads by the trades that they mean. A strict lead speaks for one trade, the one that most
    strict leads mean: windows that are cleaned make nobody a joiner."""

    def __init__(self, grades: Mapping[str, str], meant: Mapping[str, frozenset[str]], lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        means = {lead: meant.get(lead, frozenset()) for lead in grades}
        usual = Counter(code for lead in means for code in means[lead] if grades[lead] == "strict")
        self._spoken: list[tuple[str, frozenset[str]]] = []
        for lead, codes in means.items():
            one = max(sorted(codes), key=lambda code: usual[code], default=None)
            strict = grades[lead] == "strict" and one is not None
            self._spoken.append((grades[lead], frozenset((one,)) if strict and one else codes))

    def reply(self, trade: str) -> Reply:
        """What is answered to « Faites-vous … ? »."""
        below = {each.code for each in self._lexicon.trades.descendants(trade)}
        found = Counter(grade for grade, codes in self._spoken if below & codes)
        wrong = found["no"] + found["absurd"]
        if found["strict"] > wrong:
            return "yes"
        return "no" if wrong > found["strict"] + found["lenient"] else "later"


def stream_questions(data: Data, home: Given = None, listed: Listed = False) -> Iterator[str]:
    """Precision at ten before and after, by half, on every lead and on fresh ones, and what was answered."""
    lexicon, known = load_lexicon(), judgements()
    tallies: defaultdict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    answered = Counter[str]()
    with real_home(STREAM, data, home) as settings, opened(settings) as snapshot:
        meant = meant_by({lead for _, lead in known}, snapshot)
        for profile in (profile for half in EVERY_MONDAY for profile in cases("stream_profiles", half)):
            structure = profile["structure"]
            grades = {lead: grade for (whose, lead), grade in known.items() if whose == structure}
            director, replies, seen = Director(grades, meant, lexicon), dict[str, Reply](), set[str]()
            for _ in range(QUESTIONS):
                seen |= {lead.id for lead in leads_on(ASKED_ON, structure, snapshot, lexicon, **_trades(replies))}
                query = LeadsQuery(supplier=structure, as_of=ASKED_ON, per_page=FIRST, **_trades(replies))
                question = best_question(query, snapshot, lexicon, ASKED_ON, replies)
                if question is None:
                    answered["nothing to ask"] += 1
                    continue
                reply = replies[question.trade] = director.reply(question.trade)
                answered[reply] += 1
                if listed:
                    yield f"{structure} {profile['kind']:4} {question.text} {reply}"
            for day in MONDAYS[8:]:
                for when, own in (("before", {}), ("after", replies)):
                    for lead in leads_on(day, structure, snapshot, lexicon, **_trades(own)):
                        grade = grades.get(lead.id, "unjudged")
                        tallies[profile["half"], when, "every"][grade] += 1
                        tallies[profile["half"], when, "fresh"][grade] += lead.id not in seen
    yield f"Answers: {dict(answered)}"
    for half in EVERY_MONDAY:
        for which in ("every", "fresh"):
            before, after = (precision(tallies[half, when, which]) for when in ("before", "after"))
            yield f"precision@{FIRST} (lenient / strict), {half}, {which} lead: {before} -> {after}"


def _trades(replies: Mapping[str, Reply]) -> dict[str, Any]:
    """The parameters that answers give to a query."""
    of = {"also_trade": "yes", "not_trade": "no"}
    return {name: tuple(code for code, reply in replies.items() if reply == wanted) for name, wanted in of.items()}


def meant_by(leads: set[str], snapshot: Snapshot) -> dict[str, frozenset[str]]:
    """The trades that records mean, by id."""
    readers = [snapshot.of("notices"), snapshot.of("contracts")]
    return {lead: frozenset(code for reader in readers for code in meant_trades(reader, (lead,))) for lead in leads}


class Won(NamedTuple):
    """A contract that a listed structure holds: was it among its leads, and of how many."""

    structure: str
    kind: str
    title: str
    found: bool
    leads: int


def won_before(data: Data, home: Given = None, supposed: bool = False, listed: Listed = False) -> Iterator[str]:
    """The share found, by kind. ``--supposed``: with the trades that are asked before they bring a lead."""
    with real_home(STREAM, data, home) as settings, opened(settings) as snapshot:
        found = list(won(snapshot, load_lexicon(), ("supposed",) if supposed else ()))
    for each in found if listed else ():
        yield f"{'found' if each.found else 'missed':6} {each.kind:4} {each.structure} of {each.leads:3} {each.title[:110]}"
    counts, shown = Counter(each.kind for each in found), Counter(each.kind for each in found if each.found)
    yield f"recall@{FIRST_WON}: {shown.total()} of {counts.total()}"
    yield " ; ".join(f"{kind} {shown[kind]} of {n}" for kind, n in counts.items())


def won(snapshot: Snapshot, lexicon: Lexicon, also: tuple[Also, ...] = ()) -> Iterator[Won]:
    """Each contract held by a listed structure. Of several sites of one SIREN, the one that holds it, else the first."""
    sites: dict[str, dict[str, str]] = {}
    for supplier in snapshot.suppliers.scan(All()):
        record = supplier.record
        if record["agreements"] and "siret" in record:
            siret = record["siret"]["value"]
            sites.setdefault(siret[:9], {})[siret] = record["agreements"][0]["value"]["kind"]
    for hit in snapshot.contracts.scan(Exists("ends")):
        for holder in hit.record.get("holders", ()):
            own = sites.get(holder.get("siren", ""))
            if own:
                siret = str(holder.get("siret") if holder.get("siret") in own else next(iter(own)))
                day = add_months(date.fromisoformat(hit.record["ends"]), BEFORE_MONTHS)
                day = max(day, date.fromisoformat(hit.record.get("notified") or str(day)))
                query = LeadsQuery(supplier=siret, as_of=day, per_page=FIRST_WON, also=also)
                profile = replace(profile_of(query, snapshot, lexicon, day), siren=None)
                found = find_leads(query, profile, snapshot, lexicon, day)
                shown = {id_ for lead in found.leads for id_ in (lead.id, *(lot.id for lot in lead.lots))}
                yield Won(siret, own[siret], object_title(hit.record), hit.id in shown, found.total)
