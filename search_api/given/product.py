"""What people give: declarations, rounds, requests, mail, review.

It owns the one database that has migrations (``vivier/given/migrations``), in which mail and the dossiers of the desk are kept too:
they run when it is opened (:func:`vivier.given.migrate.bring_up_to_date`). An index has none: it is built anew."""

from __future__ import annotations

from typing import Final

from search_api.doors import Doors
from search_api.given import additions, kept, rounds
from search_api.given.routes import (
    given_pages,
    hours_pages,
    lead_questions,
    lead_refusals,
    mail_pages,
    members_pages,
    readings,
    review_pages,
    round_pages,
    writing_pages,
)
from search_api.given.routes import rounds as round_routes
from search_api.problems import quota_reached, refused
from search_api.product import Product
from vivier.given.hours import HoursGone
from vivier.given.quotas import QuotaSpent
from vivier.given.requests import AlreadyDecided, InvitationGone, QueueFull
from vivier.given.round import AnswerTaken, RoundClosed, RoundGone, RoundsFull
from vivier.mail.subscriptions import TooManySubscriptions
from vivier.mail.writing import QuotaReached
from vivier.settings.given import OfGiven
from vivier.settings.mail import OfMail

GIVEN: Final = Product(
    name="given",
    routers=(
        round_routes.router,
        round_pages.router,
        hours_pages.router,
        given_pages.router,
        lead_refusals.router,
        lead_questions.router,
        readings.router,
        members_pages.router,
        review_pages.router,
        mail_pages.router,
        writing_pages.router,
    ),
    settings=(OfGiven, OfMail),
    errors={
        RoundGone: refused(410),
        RoundClosed: refused(409),
        AnswerTaken: refused(409),
        RoundsFull: refused(503),
        HoursGone: refused(410),
        AlreadyDecided: refused(409),
        InvitationGone: refused(410),
        QuotaSpent: quota_reached,
        QueueFull: refused(503),
        TooManySubscriptions: refused(503),
        QuotaReached: quota_reached,
    },
    keeps=kept.KEEPS,
    doors=Doors(people=additions, rounds=rounds),
    running=kept.running,
)
