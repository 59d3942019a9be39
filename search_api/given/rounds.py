"""What the API and the pages of rounds share: they are read by who has their address, are never cached, never indexed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from fastapi import Request, Response

from search_api.context import Context
from search_api.doors import Called
from search_api.given import kept
from search_api.responses import NEVER
from vivier.desk.method.answers import Answer
from vivier.desk.read.replies import reply_of
from vivier.dossiers.question import Question
from vivier.errors import NotFound
from vivier.given.asked import MOST_INVITED, Opening
from vivier.given.opening import open_round
from vivier.given.round import Round, RoundGone, called_from
from vivier.given.tell import RoundBody, line_of, mail_merge, mail_merge_together, round_body, year_of

PAGES: Final = "/enquetes"
PRIVATE: Final = {"Cache-Control": NEVER, "X-Robots-Tag": "noindex, nofollow"}


def body_of(id_: str, context: Context) -> RoundBody:
    """A round today. Raises the errors of :meth:`vivier.given.rounds.Rounds.read`."""
    today, rounds = context.today(), kept.rounds(context)
    read = rounds.read(id_, today)
    context.generation()
    siblings = rounds.siblings(id_, read, today)
    return round_body(read, id_, context.snapshot, context.lexicon, today, siblings)


def opens(context: Context) -> bool:
    return kept.rounds.find(context) is not None


MOST_DELETED: Final = 8
"""Rounds of calls about one lot that may be deleted, each followed by another."""


def _of_study(study: str, line: int, context: Context) -> tuple[str, Round | None]:
    """The id of the round of calls about a lot of a study, and the round once it is open. Raises :class:`RoundGone` when too many were deleted."""
    rounds, today = kept.rounds(context), context.today()
    for rank in range(MOST_DELETED):
        id_ = called_from(study, line, rank)
        try:
            return id_, rounds.read(id_, today)
        except NotFound:
            return id_, None
        except RoundGone:
            continue
    raise RoundGone("Trop d'enquêtes de ce lot ont été supprimées : étudiez-le de nouveau.")


def called(study: str, lines: Iterable[int], context: Context) -> dict[int, Called]:
    """What was noted of the calls about lots of a study, by line; a lot of which nobody noted a call is absent."""
    if not opens(context):
        return {}
    found = ((line, *_of_study(study, line, context)) for line in lines)
    return {line: Called(f"{PAGES}/{id_}", read.answers) for line, id_, read in found if read is not None}


def note(study: str, question: Question, line: int, call: Mapping[str, str], context: Context, client: str) -> None:
    """Notes what a structure answers by telephone; the first call opens the round. Raises ``InvalidRequest``."""
    rounds, today = kept.rounds(context), context.today()
    id_, read = _of_study(study, line, context)
    if read is None:
        opening = Opening(line=line, size=MOST_INVITED)
        open_round(question, line, opening, rounds, context.snapshot, context.lexicon, today, client, id_)
        read = rounds.read(id_, today)
    structure = call.get("structure", "")
    if call.get("action") == "withdraw":
        rounds.withdraw(read, structure, "facilitator", today)
    else:
        answer = answer_from({"can": call.get("can", "")}, structure, read, context, own=False)
        rounds.answer(read, [answer], today)


def answer_from(fields: object, structure: str, read: Round, context: Context, *, own: bool) -> Answer:
    """The answer that a request gives for a structure. ``own``: the structure types it itself. Raises ``InvalidRequest``."""
    reply = reply_of(fields, year_of(read, context.lexicon))
    return reply.answer(structure, "structure" if own else "facilitator", context.today())


def merge_file(request: Request, id_: str, context: Context, others: Sequence[str] = ()) -> Response:
    """The mail-merge file of a round, or of several: one letter a structure, whatever the number of lots on whose list it is. Raises
    the errors of :meth:`vivier.given.rounds.Rounds.read`."""
    today, rounds, base = context.today(), kept.rounds(context), context.address(request)
    every = [(rounds.read(each, today), each) for each in dict.fromkeys((id_, *others))]
    every += [sibling for sibling in rounds.siblings(id_, every[0][0], today) if sibling[1] not in others]
    named = [(read, each, line_of(read, context.lexicon).text) for read, each in every]
    read, _, text = named[0]
    content = mail_merge(read, id_, base, text) if len(named) == 1 else mail_merge_together(named, base)
    name = f"enquete-{_day(read.opened_on)}-publipostage.csv"
    headers = {**PRIVATE, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, headers=headers, media_type="text/csv; charset=utf-8; header=present")


def _day(opened_on: date) -> str:
    return opened_on.isoformat()
