"""What the API and the pages of rounds share: they are read by who has their address, are never cached, never indexed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from fastapi import Request, Response

from search_api.context import Context
from search_api.given import kept
from search_api.responses import NEVER
from vivier.desk.method.answers import Answer
from vivier.desk.read.replies import reply_of
from vivier.given.round import Round
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
