"""Checks whether the installation is fit to serve: one line for each question, with the fix."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Final

from indexer.decisions import read_decisions
from indexer.doubts import read_doubts
from indexer.ids import read_ledger
from indexer.promotion import parted
from vivier.check import Check
from vivier.engine import open_engine
from vivier.errors import InvalidRequest, NotFound, VivierError
from vivier.french import plural
from vivier.given.check import given_checks
from vivier.lexicon import load_lexicon
from vivier.mail.check import mail_checks
from vivier.operation.checks import backup_check, job_checks, request_checks, source_checks
from vivier.operation.configured import settings_checks
from vivier.privacy.opposition import Opposition
from vivier.runs.audit import last_notes
from vivier.runs.records import Content, loaded_sources
from vivier.search.messages import system
from vivier.search.operators import COLLECTIONS, Collection
from vivier.search.port import Store
from vivier.settings import Settings

_LAST: Final = 3
"""Decisions of the operator that are shown."""


def diagnose(settings: Settings) -> Iterator[Check]:
    """Runs every check, in the order a reader would repair them. A broken part is an answer, never an error."""
    now = datetime.now(UTC)
    yield from settings_checks(settings)
    yield _folder(settings)
    yield _tables()
    yield from source_checks(settings, now.date())
    yield _identity(settings)
    yield from _opposition(settings)
    yield from _engine(settings)
    yield from given_checks(settings)
    yield from request_checks(settings)
    yield from mail_checks(settings, now.timestamp())
    yield from job_checks(settings, now)
    yield from backup_check(settings, now)
    yield _audit(settings)


def _audit(settings: Settings) -> Check:
    """The last decisions of the operator."""
    lines = []
    for line in last_notes(settings, _LAST):
        counted = (f"{name} {value}" for name, value in line.items() if name not in ("at", "verb"))
        lines.append(f"{line['at'][:16].replace('T', ' ')} {line['verb']} ({', '.join(counted)})")
    return Check("décisions", True, " ; ".join(lines) or "aucune notée")


def _folder(settings: Settings) -> Check:
    folder = settings.home
    nearest = next(parent for parent in (folder.absolute(), *folder.absolute().parents) if parent.exists())
    if not nearest.is_dir():
        return Check("dossier", False, f"{nearest} est un fichier : changez VIVIER_HOME")
    writable = os.access(nearest, os.W_OK)
    return Check("dossier", writable, f"{folder}{'' if writable else ' : non inscriptible, changez VIVIER_HOME'}")


def _tables() -> Check:
    lexicon = load_lexicon()
    communes = len(lexicon.gazetteer.communes.codes)
    return Check("tables", True, f"{communes} communes et arrondissements, {len(lexicon.trade_names)} métiers")


def _identity(settings: Settings) -> Check:
    try:
        decided, given = len(read_decisions(settings.decisions)), len(set(read_ledger(settings.ids).ids.values()))
    except InvalidRequest as error:
        problems = " ; ".join(f"{problem.field} : {problem.message}" for problem in error.errors)
        return Check("identité", False, problems)
    except VivierError as error:
        return Check("identité", False, str(error))
    pairs = len(read_doubts(settings.doubts))
    text = f"{given} identifiants donnés, {plural(decided, 'décision')}, {plural(pairs, 'paire')} à relire (« vivier pairs »)"
    return Check("identité", True, text)


def _opposition(settings: Settings) -> Iterator[Check]:
    opposition = Opposition(settings)
    if opposition.path.exists():
        try:
            yield Check("opposition", True, f"{len(opposition.hashes)} SIRET sur la liste")
        except VivierError as error:
            yield Check("opposition", False, str(error))


def _index(engine: Store, settings: Settings, collection: Collection) -> Iterator[Check]:
    """The check of the generation in service of a collection; none for a collection that has no source."""
    title = f"index {COLLECTIONS[collection]}"
    content: Content = "contracts" if collection == "buyers" else collection
    try:
        live = engine.live(collection)
        damage = engine.damaged(collection, live.name)
        text = f"{live.documents}, {live.name}" + "".join(f" ; {reason}" for reason in damage)
        text += " : « vivier rollback », ou « vivier index »" if damage else ""
        yield Check(title, live.documents > 0 and not damage, text)
    except NotFound:
        if loaded_sources(settings.records, content):
            yield Check(title, False, "une source est lue, rien n'est en service : « vivier index »")


def _twins(engine: Store) -> Iterator[Check]:
    apart = parted(engine)
    if apart is not None:
        contracts, buyers = apart
        text = f"{buyers.name} n'est pas de la même construction : « vivier rollback {contracts.name} »"
        yield Check(f"index {COLLECTIONS['buyers']}", False, text)


def _engine(settings: Settings) -> Iterator[Check]:
    title = f"moteur {settings.engine}"
    try:
        with closing(open_engine(settings)) as engine:
            reasons = engine.ready()
            yield Check(title, not reasons, " ; ".join(reasons) or "répond")
            if not reasons:
                yield from (check for name in COLLECTIONS for check in _index(engine, settings, name))
                yield from _twins(engine)
    except VivierError as error:
        yield Check(title, False, str(error))
    except OSError as error:
        yield Check(title, False, system(error))
