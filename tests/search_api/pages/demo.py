"""The service on a whole demonstration: invented suppliers, buyers, contracts and notices, built as « vivier demo » builds them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from pydantic import SecretStr

from indexer.demo import write_demo, write_demo_contracts, write_demo_notices, write_demo_requests
from search_api.app import create_app
from tests.built import copy_of
from vivier.cli.building import publish
from vivier.engine import open_engine
from vivier.given.queue import queue_of
from vivier.given.rounds import rounds_of
from vivier.given.shelf import registry_of, studies_of
from vivier.lexicon import Lexicon
from vivier.mail.draft import Draft
from vivier.mail.letter import Letter
from vivier.mail.office import Office, office_of
from vivier.mail.recipients import Recipient
from vivier.settings import Operator, Settings

DAY = date(2026, 11, 27)
PUBLIC = "https://vivier.example.org"
MAIL = {"smtp_url": "smtp://127.0.0.1:9", "mail_from": "Vivier <vivier@example.org>", "mail_key": f"{'A' * 43}="}
"""Nothing listens there: letters are written down, and none leaves."""
REVIEW_TOKEN = "mot de passe fictif"
OPERATOR = Operator("Ville d'essai", "1 place d'Essai", "marches@example.org", "La maire d'essai", "Hébergeur d'essai")


def _settings(folder: Path) -> Settings:
    return Settings.model_validate({"home": folder, "public_url": PUBLIC, **MAIL})


def _build(folder: Path, *, keeps: bool = False) -> None:
    settings = _settings(folder)
    write_demo(settings, 300, today=DAY)
    write_demo_contracts(settings, 300, today=DAY)
    write_demo_notices(settings, today=DAY)
    if keeps:
        write_demo_requests(settings, today=DAY)
    publish(settings, sources=["demo"], accept_drops=True, skip_judged=True, today=DAY)


@contextmanager
def demonstration(folder: Path, lexicon: Lexicon, *, keeps: bool = False) -> Iterator[FastAPI]:
    """The application on 300 suppliers, 300 contracts and their notices. ``keeps``: whether it keeps studies, dossiers, rounds and requests
    about sheets, and writes by mail."""
    settings = _settings(folder)
    if keeps:
        copy_of("demonstration-that-keeps", partial(_build, keeps=True), folder)
    else:
        copy_of("demonstration", _build, folder)
    with closing(open_engine(settings)) as engine:
        office, queue = (office_of(settings), queue_of(settings)) if keeps else (None, None)
        kept: dict[str, Any] = (
            {
                "dossiers": registry_of(settings),
                "studies": studies_of(settings),
                "rounds": rounds_of(settings),
                "queue": queue,
                "review_token": SecretStr(REVIEW_TOKEN),
                "mail": office,
            }
            if keeps
            else {}
        )
        app = create_app(engine, lexicon, today=lambda: DAY, public_url=PUBLIC, operator=OPERATOR, **kept)
        app.state.office, app.state.queue = office, queue
        yield app


def mail_pages(office: Office) -> dict[str, str]:
    """The addresses that letters give: to confirm and to stop a list, to confirm, follow and refuse what a buyer writes."""
    links: dict[str, str] = {}

    def written(token: str, followed: Any) -> Letter:
        links.update(
            list_confirm=f"/courriel/confirmer/{token}",
            list_stop=f"/courriel/arreter/{followed.stop}",
            list_question=f"/courriel/question/{followed.stop}",
        )
        return office.letters.confirm(token, followed, refusal, 0.0)

    refusal = office.post.outbox.refusals.link(PUBLIC, "a@exemple.example")

    search = "supplier=pages-jardins&trade=entretien-espaces-verts"
    office.subscriptions.ask("a@exemple.example", "leads", search, "Entretien des espaces verts", "daily", DAY, written)
    sent: list[str] = []
    for number in range(2):
        sender = f"achats{number}@exemple.gouv.fr"
        recipients = [
            Recipient(f"r{rank}", f"Structure fictive {rank}", "Rennes", None, None, f"contact@s{rank}.example")
            for rank in (1, 2)
        ]
        draft = Draft("Pouvez-vous répondre à ce besoin ?", "Bonjour,\n\nPouvez-vous tondre nos parcs ?")
        letter = office.writings.ask(
            sender, "Ville d'essai", draft, recipients, DAY, 0.0, DAY + timedelta(days=20), remind=True
        )
        every = iter(lambda: office.post.outbox.claim(1.0), None)
        confirming = next(each for each in every if each.id == letter)
        sent.append(confirming.letter.text.partition("/ecrire/confirmer/")[2][:40])
    page = office.writings.confirm(sent[0], DAY, 0.0)
    stop = next(
        claimed.letter.stop
        for _ in range(9)
        if (claimed := office.post.outbox.claim(1.0)) and claimed.kind == "writing"
    )
    writing = {"write_confirm": f"/ecrire/confirmer/{sent[1]}", "write_follow": f"/ecrire/suivi/{page}"}
    refuse = {"list_refuse": refusal.removeprefix(PUBLIC), "write_stop": str(stop).removeprefix(PUBLIC)}
    return {**links, **writing, **refuse}
