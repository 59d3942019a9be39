"""Is the installation fit to serve? One line per question, with the fix."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from vivier.engine import open_engine
from vivier.errors import VivierError
from vivier.lexicon import load_lexicon
from vivier.runs import current_run, loaded_sources, read_statistics
from vivier.settings import Settings


@dataclass(frozen=True)
class Check:
    """One question, its answer, and what to do when it is not right."""

    name: str
    ok: bool
    text: str


def diagnose(settings: Settings) -> Iterator[Check]:
    """All checks, in the order a reader would repair them."""
    yield _folder(settings)
    lexicon = load_lexicon()
    communes = len(lexicon.gazetteer.communes.codes)
    yield Check("tables", True, f"{communes} communes et arrondissements, {len(lexicon.trade_names)} métiers")
    yield from _sources(settings)
    yield from _engine(settings)


def _folder(settings: Settings) -> Check:
    folder = settings.home
    nearest = next(parent for parent in (folder, *folder.parents) if parent.exists())
    writable = os.access(nearest, os.W_OK)
    fix = "" if writable else " : non inscriptible, changez VIVIER_HOME"
    return Check("dossier", writable, f"{folder}{fix}")


def _sources(settings: Settings) -> Iterator[Check]:
    names = loaded_sources(settings.records)
    if not names:
        yield Check("sources", False, "aucune source importée : « vivier import SOURCE FICHIER », ou « vivier demo »")
    for name in names:
        statistics = read_statistics(current_run(settings.records, name))
        age = (datetime.now(UTC) - statistics.finished_at).days
        limit = statistics.source.cadence_days
        late = limit is not None and age > 2 * limit
        text = f"{statistics.kept} enregistrements lus il y a {age} jour(s)"
        yield Check(
            f"source {name}", not late, text + (f", attendue tous les {limit} jours : à relire" if late else "")
        )


def _engine(settings: Settings) -> Iterator[Check]:
    engine = open_engine(settings)
    try:
        reasons = engine.ready()
        yield Check(f"moteur {settings.engine}", not reasons, " ; ".join(reasons) or "répond")
        if not reasons:
            live = engine.live("suppliers")
            yield Check("index", live.documents > 0, f"{live.documents} fournisseurs, {live.name}")
    except VivierError as error:
        yield Check(f"moteur {settings.engine}", False, str(error))
    finally:
        engine.close()
