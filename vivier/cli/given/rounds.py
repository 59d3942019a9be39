"""The verb of sourcing rounds: opens one from a programme, reads it, notes answers, writes its mail-merge file, issues its dossier."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from vivier.cli.options import Home, Json, reading
from vivier.cli.terminal import add_row, err, out, say, settings_of
from vivier.cli.terminal_tables import show_json
from vivier.durable import write_whole
from vivier.french import chance, day, plural


class Action(StrEnum):
    """An action on a round."""

    open = "open"
    show = "show"
    links = "links"
    answer = "answer"
    withdraw = "withdraw"
    dossier = "dossier"
    delete = "delete"


def round_(
    action: Annotated[
        Action,
        typer.Argument(
            help="open : ouvrir ; show : qui a répondu, ce que cela change ; links : le publipostage ; answer : noter une réponse ; "
            "withdraw : la retirer ; dossier : créer le dossier avec les réponses ; delete : tout effacer."
        ),
    ],
    subject: Annotated[str, typer.Argument(help="Programme d'achats (open), ou numéro de l'enquête.")],
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[VALEUR]...",
            help="open : réglages (buyer=État…) ; answer : STRUCTURE can=yes|part|no volume=80000 start=2027-03-01 together=alone|inclusive|"
            "company article=L2113-12 ; withdraw : STRUCTURE ; links : fichier CSV à écrire.",
        ),
    ] = None,
    line: Annotated[
        int | None,
        typer.Option("--line", min=1, help="Ligne interrogée, telle que le fichier la numérote (sinon la première)."),
    ] = None,
    place: Annotated[str, typer.Option("--place", help="Lieu des lignes qui n'en disent pas.")] = "",
    closes_on: Annotated[str, typer.Option("--closes-on", help="Dernier jour des réponses, AAAA-MM-JJ.")] = "",
    organisation: Annotated[
        str, typer.Option("--organisation", help="Organisme qui interroge, jamais une personne.")
    ] = "",
    size: Annotated[int | None, typer.Option("--size", help="Nombre de structures interrogées, au plus.")] = None,
    hide_amount: Annotated[
        bool, typer.Option("--hide-amount", help="Ne pas dire aux structures le montant estimé.")
    ] = False,
    json: Json = False,
    home: Home = None,
) -> None:
    """Interroger des structures sur un lot, noter ce qu'elles répondent, et voir l'avis changer."""
    given = list(words or ())
    if action is Action.open:
        opening = {
            "closes_on": closes_on or None,
            "organisation": organisation,
            "tells_amount": not hide_amount,
        }
        _open(Path(subject), given, place, opening | ({} if size is None else {"size": size}), line, home)
    elif action is Action.show:
        _show(subject, home, json=json)
    elif action is Action.links:
        _links(subject, given, home)
    elif action is Action.answer:
        _answer(subject, given, home)
    elif action is Action.withdraw:
        _withdraw(subject, given, home)
    elif action is Action.dossier:
        _issue(subject, home)
    else:
        _delete(subject, home)


def _open(
    file: Path, words: list[str], place: str, opening: Mapping[str, Any], line: int | None, home: Path | None
) -> None:
    from vivier.cli.desk.studies import given_settings
    from vivier.desk.read.asked import settings_of as desk_settings
    from vivier.desk.read.letter import read_lots
    from vivier.dossiers.question import question_for
    from vivier.given.asked import Opening
    from vivier.given.opening import open_round
    from vivier.given.rounds import rounds_of
    from vivier.lexicon import load_lexicon
    from vivier.search.messages import validated

    settings = settings_of(home)
    wanted = desk_settings({"title": file.stem[:200], "place": place} | given_settings(words))
    programme = read_lots(file.read_bytes(), lexicon := load_lexicon())
    rounds, how, today = rounds_of(settings), validated(Opening, opening), date.today()
    line = line or next((row.line for row in programme.rows), 1)
    with reading(settings) as snapshot:
        question = question_for(wanted, programme.rows, today)
        id_ = open_round(question, line, how, rounds, snapshot, lexicon, today)
    read = rounds.read(id_, today)
    say(id_)
    err.print(
        f"Enquête ouverte : /enquetes/{id_}, {plural(len(read.invited), 'structure')}, réponses jusqu'au {day(read.closes_on)}, gardée "
        f"jusqu'au {day(read.kept_until)}. Son numéro est sa seule clé.",
        markup=False,
    )


def _show(id_: str, home: Path | None, *, json: bool) -> None:
    from vivier.given.rounds import rounds_of
    from vivier.given.tell import round_body
    from vivier.lexicon import load_lexicon

    settings, today = settings_of(home), date.today()
    read = rounds_of(settings).read(id_, today)
    with reading(settings) as snapshot:
        body = round_body(read, id_, snapshot, load_lexicon(), today)
    if json:
        show_json(body)
        return
    lot = body["lot"]
    if lot["studied"] is True:
        say(f"{lot['understood']['text'][:120]} : {lot['advice']['lever_fr']}. {lot['advice']['reason']}")
    say(body["summary"])
    for step in lot["sourcing"]["steps"] if lot["studied"] is True and "sourcing" in lot else ():
        say(
            f"  {step.get('name', step['id'])} {step['said_fr']} ({step['by_fr']}, {day(step['given_on'])}). {step['text']}"
        )
    for call in body["calls"]:
        say(
            f"À appeler : {call['name']} ({call['id']}), {chance(call['probability'])} ; si oui : {call['if_yes']['lever_fr']}."
        )
    table = Table("rang", "identifiant", "structure", "commune", "réponse")
    for invited in body["invited"]:
        answer = invited["answer"]
        reply = "pas encore" if answer is None else f"{answer['said_fr']} ({answer['by_fr']})"
        add_row(table, str(invited["rank"]), invited["id"], invited["name"], invited["commune_name"] or "", reply)
    out.print(table)


def _links(id_: str, words: list[str], home: Path | None) -> None:
    from vivier.desk.read.amounts import wrong
    from vivier.given.rounds import rounds_of
    from vivier.given.tell import line_of, mail_merge
    from vivier.lexicon import load_lexicon

    settings = settings_of(home)
    if settings.public_url is None:
        raise wrong(
            "VIVIER_PUBLIC_URL", "VIVIER_PUBLIC_URL : donnez l'adresse publique du service, que les liens commencent."
        )
    path = Path(_first(words, "Donnez le fichier CSV à écrire."))
    if path.exists():
        raise wrong("FILE", f"« {path.name} » existe déjà : donnez un autre nom.")
    read = rounds_of(settings).read(id_, date.today())
    write_whole(path, mail_merge(read, id_, settings.public_url, line_of(read, load_lexicon()).text))
    say(f"{plural(len(read.invited), 'lien')} dans {path} : chacun n'est que pour sa structure.")


def _answer(id_: str, words: list[str], home: Path | None) -> None:
    from vivier.cli.desk.studies import given_settings
    from vivier.desk.read.replies import reply_of
    from vivier.given.rounds import rounds_of
    from vivier.given.tell import year_of
    from vivier.lexicon import load_lexicon

    structure, rounds, today = (
        _first(words, "Donnez la structure qui a répondu."),
        rounds_of(settings_of(home)),
        date.today(),
    )
    read = rounds.read(id_, today)
    reply = reply_of(given_settings(words[1:]), year_of(read, load_lexicon()))
    rounds.answer(read, [reply.answer(structure, "facilitator", today)], today)
    _show(id_, home, json=False)


def _withdraw(id_: str, words: list[str], home: Path | None) -> None:
    from vivier.given.rounds import rounds_of

    rounds, today = rounds_of(settings_of(home)), date.today()
    structure = _first(words, "Donnez la structure dont la réponse est à retirer.")
    done = rounds.withdraw(rounds.read(id_, today), structure, "facilitator", today)
    say("Réponse retirée." if done else "Aucune réponse notée par un facilitateur pour cette structure.")


def _issue(id_: str, home: Path | None) -> None:
    from vivier.dossiers.compose import compose
    from vivier.given.rounds import rounds_of
    from vivier.given.shelf import registry_of
    from vivier.lexicon import load_lexicon

    settings, today = settings_of(home), date.today()
    read = rounds_of(settings).read(id_, today)
    with reading(settings) as snapshot:
        made = registry_of(settings).keep(compose(read.answered, snapshot, load_lexicon()), today)
    say(f"Dossier créé : /dossiers/{made['dossier_id']}, gardé jusqu'au {day(str(made['kept_until']))}")


def _delete(id_: str, home: Path | None) -> None:
    from vivier.given.rounds import rounds_of

    rounds_of(settings_of(home)).delete(id_, date.today())
    say("Enquête supprimée, avec sa liste et ses réponses.")


def _first(words: list[str], message: str) -> str:
    from vivier.desk.read.amounts import wrong

    if not words:
        raise wrong("VALEUR", message)
    return words[0]
