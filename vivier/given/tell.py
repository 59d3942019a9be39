"""Describes a round as plain JSON, the same for the API, the pages and the command line: who was asked, who answered, what it changed,
whom to call first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from vivier.bodies import Body, body_of
from vivier.desk.consultation import Desk, LotStudy
from vivier.desk.dossier import METHODS, QUESTIONS
from vivier.desk.method.answers import CANS, Answer
from vivier.desk.method.candidate import Can
from vivier.desk.method.lever import Lever, lever_title
from vivier.desk.method.offers import annual
from vivier.desk.method.prospects import FIRST_CALLS
from vivier.desk.read.line import Line
from vivier.desk.read.replies import ReplyBody, as_json
from vivier.desk.read.understanding import understand
from vivier.desk.tell.body import study_body
from vivier.desk.tell.feasibility_body import call_body
from vivier.desk.tell.feasibility_shapes import CallBody
from vivier.desk.tell.shapes import StudyBody, WaitingBody
from vivier.desk.tell.sourcing import by_of, said_of
from vivier.exports.delimited import csv_line
from vivier.french import day, plural
from vivier.given.round import Invited, Round, token_of
from vivier.lexicon import Lexicon
from vivier.model.views import SupplierView
from vivier.names import readable_name
from vivier.search.columns import Cell
from vivier.search.snapshot import Snapshot

LINKS: Final = "/r"
"""Path of the page where a structure answers, before its token."""
_EITHER: Final[tuple[Can, ...]] = ("yes", "no")
MERGED: Final = (
    *("Rang", "Structure", "Commune", "Type", "SIRET", "Site web", "Lien personnel"),
    *("Répondre avant le", "Objet", "Organisme", "A répondu le"),
)
"""Headings of the mail-merge file."""
TOGETHER: Final = (
    *("Structure", "Commune", "Type", "SIRET", "Site web", "Lots", "Un lien par lot"),
    *("Répondre avant le", "Organisme", "Lots répondus"),
)
"""Headings of the mail-merge file of several rounds."""


class RoundMetaBody(Body):
    method_versions: dict[str, str]
    index_generations: list[str]


class RoundBody(Body):
    title: str
    organisation: str
    opened_on: str
    closes_on: str
    kept_until: str
    open: bool
    as_of: str
    line: int
    tells_amount: bool
    seed: str
    order: str
    questionnaire: list[str]
    counts: dict[str, int]
    summary: str
    calls: list[RoundCallBody]
    invited: list[InvitedBody]
    together: list[TogetherBody]
    lot: StudyBody | WaitingBody
    meta: RoundMetaBody


class RoundCallBody(CallBody):
    """A structure to call first, with the lever that a yes and a no would lead to."""

    if_yes: dict[str, str]
    if_no: dict[str, str]


class TogetherBody(Body):
    """A lot asked together with this one; ``id`` of its round."""

    line: int
    text: str
    id: str
    answered: int


class InvitedBody(Body):
    """``distance_km``: from the place of the lot, by crow; ``phone``: published by a source. ``None``: unknown."""

    rank: int
    id: str
    name: str
    kinds: list[str]
    commune_name: str | None
    siret: str | None
    website: str | None
    phone: str | None
    distance_km: float | None
    link: str
    answer: AnswerBody | None


class AnswerBody(ReplyBody):
    can_fr: str
    by_fr: str
    said_fr: str


def round_body(
    read: Round,
    id_: str,
    snapshot: Snapshot,
    lexicon: Lexicon,
    today: date,
    siblings: Sequence[tuple[Round, str]] = (),
) -> RoundBody:
    """A round today. ``lot`` is the study of its line with the answers; ``calls`` whom to call first; ``siblings``: the rounds opened together, with
    their ids."""
    question = read.question
    desk = Desk(snapshot, lexicon, question.settings.study_settings(question.as_of))
    lines = [understand(row, lexicon, question.settings.place) for row in question.rows]
    study = desk.line_of(lines, read.line, read.answers)
    lot = study_body(study, desk.settings)
    calls = list(_calls(study, desk, read, today))
    return body_of(
        RoundBody,
        read,
        title=question.settings.title,
        open=read.is_open(today),
        as_of=question.as_of.isoformat(),
        order="neutre, SHA-256 de la graine et de l'identifiant",
        questionnaire=list(QUESTIONS),
        counts=_counts(read),
        summary=_summary(read, lot),
        calls=calls,
        invited=_listed(study, read, id_, snapshot),
        together=[
            {"line": each.line, "text": line_of(each, lexicon).text, "id": own, "answered": len(each.answers)}
            for each, own in siblings
        ],
        lot=lot,
        meta={
            "method_versions": dict(METHODS),
            "index_generations": [made.version for made in (desk.generation, desk.contracts) if made is not None],
        },
    )


def _counts(read: Round) -> dict[str, int]:
    """Structures asked, how many answered and what; ``withdrawn``: those that asked since to be left out."""
    by_can: dict[str, int] = {can: sum(answer.can == can for answer in read.answers) for can in CANS}
    return {"invited": len(read.invited), "answered": len(read.answers), **by_can, "withdrawn": read.withdrawn}


def _summary(read: Round, lot: StudyBody | WaitingBody) -> str:
    """How many answered, then what it changed."""
    if not read.answers:
        return (
            f"Aucune réponse encore, sur {plural(len(read.invited), 'structure interrogée', 'structures interrogées')}."
        )
    who = f"{plural(len(read.answers), 'réponse')} sur {plural(len(read.invited), 'structure interrogée', 'structures interrogées')}."
    return f"{who} {lot['sourcing']['summary']}" if lot["studied"] is True and "sourcing" in lot else who


def _calls(study: LotStudy, desk: Desk, read: Round, today: date) -> Iterator[RoundCallBody]:
    """The structures of the list to call first, each with the lever that a yes and a no would lead to."""
    if study.feasibility is None:
        return
    best, listed = study.feasibility.best, read.names()
    calls = [call for call in best.prospects.calls if call.prospect.site.id in listed][:FIRST_CALLS]
    yes, no = (
        desk.levers_after(study, read.answers, [_typed(call.prospect.site.id, can, today) for call in calls])
        for can in _EITHER
    )
    for call, if_yes, if_no in zip(calls, yes, no, strict=True):
        yield {
            **call_body(call),
            "if_yes": _lever(if_yes, best.confirmed + 1),
            "if_no": _lever(if_no, best.confirmed),
        }


def _typed(structure: str, can: Can, today: date) -> Answer:
    return Answer(structure, can, today, "facilitator")


def _lever(lever: Lever, confirmed: int) -> dict[str, str]:
    return {"lever": lever, "lever_fr": lever_title(lever, confirmed)}


def _listed(study: LotStudy, read: Round, id_: str, snapshot: Snapshot) -> list[InvitedBody]:
    """The structures of the list, with the distance and the telephone that are known today."""
    found = () if study.feasibility is None else study.feasibility.best.prospects.every
    sites = [contact.structure.site for contact in study.contacts] + [prospect.site for prospect in found]
    distances = {site.id: site.distance_km for site in sites}
    records = snapshot.suppliers.get([invited.structure for invited in read.invited])
    return [
        _invited(each, read, id_, records.get(each.structure), distances.get(each.structure)) for each in read.invited
    ]


def _invited(
    invited: Invited, read: Round, id_: str, record: SupplierView | None, distance_km: float | None
) -> InvitedBody:
    """A structure of the list, with its link and its answer."""
    answer = read.answer_of(invited.structure)
    return body_of(
        InvitedBody,
        invited,
        id=invited.structure,
        commune_name=invited.commune,
        phone=None if record is None or "phone" not in record else record["phone"]["value"],
        distance_km=distance_km,
        link=f"{LINKS}/{token_of(id_, invited.structure)}",
        answer=None if answer is None else answer_body(answer),
    )


def answer_body(answer: Answer) -> AnswerBody:
    """An answer with its French words."""
    return {
        **as_json(answer),
        "can_fr": CANS[answer.can],
        "by_fr": by_of(answer),
        "said_fr": said_of(answer),
    }


def line_of(read: Round, lexicon: Lexicon) -> Line:
    """The line that a round asks about, as we read it."""
    row = next(row for row in read.question.rows if row.line == read.line)
    return understand(row, lexicon, read.question.settings.place)


def year_of(read: Round, lexicon: Lexicon) -> float | None:
    """Euros a year of the lot of a round; ``None`` when its amount is unknown."""
    line = line_of(read, lexicon)
    return None if line.amount is None else annual(line.amount, line.months)


def mail_merge(read: Round, id_: str, base: str, text: str) -> bytes:
    """One row a structure, with its own link: a CSV for a mail merge (UTF-8 with BOM, « ; », CRLF, guarded against formulas). ``base``:
    address of the service; ``text``: the object of the lot."""
    headings: list[Cell] = [*MERGED]
    rows = (_row(invited, read, id_, base, text) for invited in read.invited)
    return ("\ufeff" + "".join(csv_line(row) for row in (headings, *rows))).encode()


def mail_merge_together(rounds: Sequence[tuple[Round, str, str]], base: str) -> bytes:
    """One row a structure for several rounds: one letter, with its own link for each lot on whose list it is, and one link for the lots asked together.
    ``rounds``: each with its id and the object of its lot. Rows are in the neutral order of the first round, then of the next."""
    headings: list[Cell] = [*TOGETHER]
    letters: dict[str, list[tuple[Invited, Round, str, str]]] = {}
    for read, id_, text in rounds:
        for invited in read.invited:
            link = f"{base}{LINKS}/{token_of(id_, invited.structure)} (avant le {day(read.closes_on)})"
            letters.setdefault(invited.structure, []).append((invited, read, text, link))
    rows = (_letter(lots) for lots in letters.values())
    return ("\ufeff" + "".join(csv_line(row) for row in (headings, *rows))).encode()


def _letter(lots: Sequence[tuple[Invited, Round, str, str]]) -> list[Cell]:
    """The row of a structure, with the links of its lots."""
    invited, read, _, _ = lots[0]
    by_page: dict[str, list[tuple[str, str]]] = {}
    for _, each, text, link in lots:
        by_page.setdefault(each.together or each.key, []).append((text, link))
    return [
        readable_name(invited.name),
        invited.commune,
        ", ".join(invited.kinds),
        invited.siret,
        invited.website,
        len(lots),
        tuple(f"{' ; '.join(text for text, _ in some)} : {some[0][1]}" for some in by_page.values()),
        day(min(each.closes_on for _, each, _, _ in lots)),
        read.organisation,
        sum(about.answer_of(each.structure) is not None for each, about, _, _ in lots),
    ]


def _row(invited: Invited, read: Round, id_: str, base: str, text: str) -> list[Cell]:
    answer = read.answer_of(invited.structure)
    return [
        invited.rank,
        readable_name(invited.name),
        invited.commune,
        ", ".join(invited.kinds),
        invited.siret,
        invited.website,
        f"{base}{LINKS}/{token_of(id_, invited.structure)}",
        day(read.closes_on),
        text,
        read.organisation,
        None if answer is None else day(answer.given_on),
    ]
