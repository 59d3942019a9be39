"""The verb that seals the verdicts of a day, and checks that none was altered."""

from __future__ import annotations

from typing import Annotated

import typer

from vivier.cli.options import Home, Json
from vivier.cli.terminal import err, say, settings_of
from vivier.cli.terminal_tables import show_json
from vivier.french import plural
from vivier.settings import Settings


def seal(
    check: Annotated[
        bool, typer.Option("--check", help="Seulement relire le registre : dire chaque ligne changée.")
    ] = False,
    head: Annotated[str | None, typer.Option("--head", help="Chercher aussi une empreinte notée plus tôt.")] = None,
    json: Json = False,
    home: Home = None,
) -> None:
    """Sceller les verdicts du jour sur les avis ouverts, avant leur résultat. « --check » sort 1 si le registre a changé."""
    settings = settings_of(home)
    if check or head is not None:
        _check(settings, head, as_json=json)
        return
    from vivier.cli.building import seal_day

    say(seal_day(settings) or "Aucun avis n'est indexé : rien à sceller.")


def _check(settings: Settings, head: str | None, *, as_json: bool) -> None:
    from vivier.desk.sealed.register import Register

    found = Register(settings.verdicts).check(head)
    altered = [each.text for each in found.altered]
    if not found.known:
        altered.append(f"l'empreinte {head} n'est celle d'aucune ligne : des lignes manquent ou ont changé")
    if as_json:
        show_json({"lines": found.lines, "head": found.head, "altered": altered})
    else:
        for text in altered:
            err.print(f"Registre des verdicts, {text}.", markup=False)
        if not altered:
            say(f"Registre intact : {plural(found.lines, 'ligne')}. Empreinte : {found.head}")
    if altered:
        raise typer.Exit(1)
