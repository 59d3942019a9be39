"""What another version of Vivier did to a home, and what this one will do to it: said before it is started (« vivier upgrade --check »)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Final

from vivier.check import Check
from vivier.engine import open_engine
from vivier.errors import NotFound, VivierError
from vivier.given.database import database_of
from vivier.given.migrate import FORMAT as GIVEN_FORMAT
from vivier.given.migrate import is_pending, later_format, lets_former_write
from vivier.search.formats import FORMAT, refusal
from vivier.search.operators import COLLECTIONS
from vivier.search.port import Generation
from vivier.settings import Settings

_BESIDE: Final = "la version d'avant continue d'y lire et d'y écrire"
_ALONE: Final = "la version d'avant n'y écrira plus : faites d'abord « vivier backup »"


def upgrade_checks(settings: Settings) -> Iterator[Check]:
    """One line for each generation in service, then one for the given database, whose migrations are tried. Nothing is changed."""
    with closing(open_engine(settings)) as engine:
        for collection, name in COLLECTIONS.items():
            try:
                yield _of_index(f"index {name}", engine.live(collection))
            except NotFound:
                continue
            except VivierError as error:
                yield Check(f"index {name}", False, str(error))
    yield _of_database(settings)


def _of_index(title: str, live: Generation) -> Check:
    refused = refusal(live.name, live.format)
    if refused is not None:
        return Check(title, False, refused)
    text = f"{live.name} a le format {live.format}"
    if live.format == FORMAT:
        return Check(title, True, f"{text}, celui de cette version")
    return Check(title, True, f"{text}, que cette version lit : elle sert jusqu'au prochain « vivier index »")


def _of_database(settings: Settings) -> Check:
    database = database_of(settings)
    if not database.begun:
        return Check("base", True, "rien n'a encore été donné")
    try:
        with closing(database):
            later, pending, beside = (database.look(read) for read in (later_format, is_pending, lets_former_write))
            if pending:
                database.rehearse()
    except VivierError as error:
        return Check("base", False, str(error))
    if later is not None:
        text = f"elle a le format {later}, d'une version plus récente ; celle-ci écrit le format {GIVEN_FORMAT}"
        return Check("base", True, text)
    if not pending:
        return Check("base", True, "elle est au format de cette version")
    text = "sa première ouverture la complète : c'est essayé, et rien n'y est changé"
    return Check("base", True, f"{text} ; {_BESIDE if beside else _ALONE}")
