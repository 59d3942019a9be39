"""Checks whether the installation is fit to serve: one line for each question, with the fix."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from limits.storage import storage_from_string

from indexer.decisions import read_decisions
from indexer.doubts import read_doubts
from indexer.ids import read_ledger
from indexer.promotion import parted
from vivier.check import Check
from vivier.engine import open_engine
from vivier.errors import InvalidRequest, NotFound, VivierError
from vivier.french import day, plural
from vivier.given.check import given_checks
from vivier.given.queue import queue_of
from vivier.lexicon import load_lexicon
from vivier.mail.check import mail_checks
from vivier.privacy.opposition import Opposition
from vivier.runs.audit import last_notes
from vivier.runs.context import CARDS, has_context
from vivier.runs.failures import failures, read_failure
from vivier.runs.freshness import age_of, badge_of, cadence_text, dated_text
from vivier.runs.records import Content, current_run, loaded_sources, read_statistics
from vivier.search.messages import system
from vivier.search.operators import COLLECTIONS, Collection
from vivier.search.port import Store
from vivier.settings import Settings, misspelt_variables, unread_variables

_PATIENCE: Final = 2.0
"""Seconds that the store of the limits has to answer."""
_LAST: Final = 3
"""Decisions of the operator that are shown."""


def diagnose(settings: Settings) -> Iterator[Check]:
    """Runs every check, in the order a reader would repair them. A broken part is an answer, never an error."""
    yield _variables()
    yield from _clients(settings)
    yield _folder(settings)
    yield _tables()
    yield from _sources(settings)
    yield _identity(settings)
    yield from _opposition(settings)
    yield from _engine(settings)
    yield from given_checks(settings)
    yield from _requests(settings)
    yield from mail_checks(settings, datetime.now(UTC).timestamp())
    yield _audit(settings)


def _requests(settings: Settings) -> Iterator[Check]:
    """What people ask about sheets and nobody decided; nothing when nobody ever asked."""
    try:
        queue = queue_of(settings)
        with closing(queue.database):
            count, oldest = queue.count("pending"), queue.waiting(limit=1)
    except VivierError as error:
        yield Check("demandes", False, str(error))
        return
    if count:
        since = day(oldest[0].received_on) if oldest else "inconnue"
        words = plural(count, "demande attend", "demandes attendent")
        yield Check("demandes", True, f"{words} une décision, la plus ancienne du {since} : vivier review")


def _audit(settings: Settings) -> Check:
    """The last decisions of the operator."""
    lines = []
    for line in last_notes(settings, _LAST):
        counted = (f"{name} {value}" for name, value in line.items() if name not in ("at", "verb"))
        lines.append(f"{line['at'][:16].replace('T', ' ')} {line['verb']} ({', '.join(counted)})")
    return Check("décisions", True, " ; ".join(lines) or "aucune notée")


def _variables() -> Check:
    wrong = misspelt_variables()
    problems = " ; ".join(f"{given} n'existe pas : vouliez-vous dire {meant} ?" for given, meant in wrong.items())
    unread = ", ".join(sorted(unread_variables() - wrong.keys()))
    ignored = f"lus, mais sans effet, car ces réglages n'existent pas ou plus : {unread}" if unread else "lus"
    return Check("réglages", not wrong, problems or ignored)


def _clients(settings: Settings) -> Iterator[Check]:
    """Whether clients can be told apart and counted."""
    if settings.public_url is not None and not settings.proxies:
        text = "VIVIER_PUBLIC_URL annonce un mandataire que VIVIER_TRUSTED_PROXIES ne nomme pas : tous ses lecteurs comptent pour un seul"
        yield Check("mandataire", False, text)
    store = settings.rate_store.get_secret_value()
    if settings.rate and store.startswith("redis"):
        storage = storage_from_string(store, socket_timeout=_PATIENCE, socket_connect_timeout=_PATIENCE)
        answers = storage.check() is True
        text = "le compteur partagé répond" if answers else "VIVIER_RATE_STORE ne répond pas : personne n'est compté"
        yield Check("limites", answers, text)


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


def _sources(settings: Settings) -> Iterator[Check]:
    names = loaded_sources(settings.records)
    if not names:
        yield Check("sources", False, "aucune source importée : « vivier import SOURCE FICHIER », ou « vivier demo »")
    yield from (_source("source", settings.records, name) for name in names)
    yield from (_source("contexte", settings.context, name) for name in CARDS if has_context(settings.context, name))
    yield from _never_loaded(settings, names)


def _source(what: str, folder: Path, name: str) -> Check:
    title = f"{what} {name}"
    try:
        statistics = read_statistics(current_run(folder, name))
    except VivierError as error:
        return Check(title, False, str(error))
    fetched_at, today = statistics.finished_at.isoformat(), datetime.now(UTC).date()
    age = age_of(statistics.updated_at, fetched_at, today)
    limit = statistics.source.cadence_days
    late = limit is not None and age > 2 * limit
    text = f"{plural(statistics.kept, 'enregistrement')}, {dated_text(statistics.updated_at, fetched_at, age)}"
    text += f", {cadence_text(limit)} : à relire" if late else ""
    old = badge_of(statistics.updated_at, today) if limit is None else None
    text += f" : {old}, à renouveler s'il en existe une plus récente" if old else ""
    signals = "".join(f" ; colonne {signal.text()} depuis le {day(signal.since)}" for signal in statistics.drift)
    failure = read_failure(folder, name)
    warning = "" if failure is None else f" ; ces données restent en service : {failure.text()}"
    return Check(title, not late and failure is None, text + signals + warning)


def _never_loaded(settings: Settings, names: list[str]) -> Iterator[Check]:
    for name, failure in failures(settings.records).items():
        if name not in names:
            yield Check(f"source {name}", False, f"jamais lue ; {failure.text()}")


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
