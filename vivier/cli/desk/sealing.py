"""The verb that seals the verdicts of a day, and checks that none was altered."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from vivier.cli.options import Home, Json, reading
from vivier.cli.terminal import bars, err, say, settings_of
from vivier.cli.terminal_tables import show_json
from vivier.errors import NotFound
from vivier.french import plural
from vivier.runs.audit import note
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
    else:
        say(seal_day(settings) or "Aucun avis n'est indexé : rien à sceller.")


def seal_day(settings: Settings) -> str | None:
    """Seals the verdicts of today, and says how many; ``None`` when no notice is indexed. Raises ``RegisterDamaged``."""
    from vivier.desk.sealed.register import Register
    from vivier.desk.sealed.run import seal as seal_notices
    from vivier.lexicon import load_lexicon

    register = Register(settings.verdicts)
    with reading(settings) as snapshot, bars() as advance:
        try:
            made = seal_notices(
                register, snapshot, load_lexicon(), date.today(), lambda done, of: advance("Verdicts", done, of)
            )
        except NotFound:
            return None
    note(settings, "seal", verdicts=made.verdicts, outcomes=made.outcomes, lines=made.lines, head=made.head)
    left = f" ; {plural(made.left, 'avis', 'avis')} au prochain passage" if made.left else ""
    verdicts, results = plural(made.verdicts, "verdict scellé", "verdicts scellés"), plural(made.outcomes, "résultat")
    return f"{verdicts}, {results}{left}. Empreinte : {made.head}"


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
