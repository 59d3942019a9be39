"""What five answers change: ``python -m benchmarks.stream_questions DATA [--home HOME] [--list]``.

The first sixty structures of :mod:`benchmarks.stream_leads` are asked five questions on 1 March 2021, when the stream has two months behind it, and their
leads of that Monday and of the four others of March are judged without these answers, then with them.

Answers are simulated from the judgements made by hand: « oui » to a trade that more leads graded ``strict`` mean than leads graded ``no`` or
``absurd``, « non » to one that these mean more than any other, else « plus tard ». A director knows as much; yet the same hand answers and judges.
« Fresh » leads were not among the first ten when the questions were asked.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Final, Literal

from benchmarks.stream_leads import FIRST, MONDAYS, judgements, precision, rows_of, stream_home
from vivier.contracts.leads import Lead, find_leads
from vivier.contracts.leads_query import LeadsQuery
from vivier.contracts.objects import object_title
from vivier.contracts.opportunities import meant_trades
from vivier.contracts.outlook import best_question
from vivier.contracts.query_profile import profile_of
from vivier.engine import open_engine
from vivier.lexicon import Lexicon, load_lexicon
from vivier.search.snapshot import Snapshot

QUESTIONS: Final = 5
HALVES: Final = ("tune", "held")
"""The structures whose leads were judged on every Monday."""
ASKED_ON: Final = MONDAYS[8]
MEASURED: Final = MONDAYS[8:]
Reply = Literal["yes", "no", "later"]


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


def query_of(structure: str, day: date, replies: Mapping[str, Reply]) -> LeadsQuery:
    """The leads of a structure on a day, with its answers."""
    yes, no = (tuple(code for code, reply in replies.items() if reply == wanted) for wanted in ("yes", "no"))
    return LeadsQuery(supplier=structure, as_of=day, per_page=FIRST, also_trade=yes, not_trade=no)


def leads_of(query: LeadsQuery, snapshot: Snapshot, lexicon: Lexicon) -> tuple[Lead, ...]:
    """The first leads of a query."""
    assert query.as_of is not None
    profile = profile_of(query, snapshot, lexicon, query.as_of)
    return find_leads(query, profile, snapshot, lexicon, query.as_of).leads


def meant_by(leads: set[str], snapshot: Snapshot) -> dict[str, frozenset[str]]:
    """The trades that records mean, by id."""
    readers = [snapshot.of("notices"), snapshot.of("contracts")]
    return {lead: frozenset(code for reader in readers for code in meant_trades(reader, (lead,))) for lead in leads}


def main() -> int:
    """Prints precision at ten before and after, by half, on every lead and on fresh ones, and what was answered."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--list", action="store_true", help="each answer, and the leads of each structure")
    options = parser.parse_args()
    lexicon, known = load_lexicon(), judgements()
    tallies: defaultdict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    answered: Counter[str] = Counter()
    with stream_home(options.data, options.home) as settings, closing(open_engine(settings)) as engine:
        snapshot = Snapshot(engine)
        meant = meant_by({lead for _, lead in known}, snapshot)
        for profile in (profile for profile in rows_of("stream_profiles") if profile["half"] in HALVES):
            structure = profile["structure"]
            grades = {lead: grade for (whose, lead), grade in known.items() if whose == structure}
            director, replies, seen = Director(grades, meant, lexicon), dict[str, Reply](), set[str]()
            for _ in range(QUESTIONS):
                day = ASKED_ON
                query = query_of(structure, day, replies)
                seen |= {lead.id for lead in leads_of(query, snapshot, lexicon)}
                question = best_question(query, snapshot, lexicon, day, replies)
                if question is None:
                    answered["nothing to ask"] += 1
                    continue
                reply = replies[question.trade] = director.reply(question.trade)
                answered[reply] += 1
                if options.list:
                    print(f"{structure} {profile['kind']:4} {day} {question.text} {reply}")
            for day in MEASURED:
                for when, own in (("before", {}), ("after", replies)):
                    for lead in leads_of(query_of(structure, day, own), snapshot, lexicon):
                        grade = grades.get(lead.id, "unjudged")
                        if grade == "unjudged" and options.list:
                            title, trades = (
                                object_title(lead.record)[:110],
                                sorted(meant_by({lead.id}, snapshot)[lead.id]),
                            )
                            print(f"  unjudged {structure} {profile['kind']} {lead.id} {title} {trades[:6]}")
                        tallies[profile["half"], when, "every"][grade] += 1
                        tallies[profile["half"], when, "fresh"][grade] += lead.id not in seen
    print(f"Answers: {dict(answered)}")
    for half in HALVES:
        for which in ("every", "fresh"):
            before, after = (precision(tallies[half, when, which]) for when in ("before", "after"))
            print(f"precision@{FIRST} (lenient / strict), {half}, {which} lead: {before} -> {after}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
