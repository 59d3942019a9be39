"""Verbs of what people give: the queue of requests, the invitations of a network, a copy of all of it and its return."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
import typer
from rich.table import Table

from vivier.cli.options import Home, reading
from vivier.cli.terminal import add_row, by_count, out, say, settings_of
from vivier.errors import FieldError, InvalidRequest, refuse_any
from vivier.french import day, plural
from vivier.settings import Settings

if TYPE_CHECKING:
    from vivier.given.lessons import Taught
    from vivier.given.readings import Counted
    from vivier.given.requests import Request
    from vivier.lexicon import Lexicon


class Decision(StrEnum):
    """An action on the queue."""

    list = "list"
    show = "show"
    accept = "accept"
    refuse = "refuse"
    withdraw = "withdraw"
    learnt = "learnt"
    unlearn = "unlearn"
    readings = "readings"


def review(
    action: Annotated[
        Decision,
        typer.Argument(
            help="list : ce qui attend ; show : lire une demande ; accept, refuse : décider ; withdraw : retirer une demande acceptée ; "
            "learnt : ce que les réponses apprennent ; unlearn : retirer une réponse de ce qui est appris, ou toute une enquête ; "
            "readings : les corrections de métier signalées, comptées."
        ),
    ] = Decision.list,
    number: Annotated[int | None, typer.Argument(min=1, max=2**31 - 1, help="Numéro de la demande.")] = None,
    reason: Annotated[
        str, typer.Option("--reason", help="Motif, lu par qui a envoyé la demande ; obligatoire pour refuser.")
    ] = "",
    every: Annotated[bool, typer.Option("--all", help="Avec list : les demandes décidées aussi.")] = False,
    lesson: Annotated[
        str, typer.Option("--lesson", help="Avec unlearn : la réponse, ou l'enquête, telle que learnt la nomme.")
    ] = "",
    cases: Annotated[
        Path | None,
        typer.Option("--cases", help="Avec readings : fichier JSONL à écrire, un besoin à juger par ligne."),
    ] = None,
    home: Home = None,
) -> None:
    """Décider des demandes sur les fiches : fiches complétées, erreurs signalées, oppositions ; et des acheteurs pour qui écrire."""
    from vivier.given.queue import queue_of
    from vivier.given.readings import counted
    from vivier.given.requests import beside_text

    if action in (Decision.learnt, Decision.unlearn):
        _learnt(settings_of(home), action, lesson)
        return
    queue, today = queue_of(settings_of(home)), date.today()
    with closing(queue.database):
        if action is Decision.readings:
            _readings(counted(queue.database), cases)
            return
        if action is Decision.list:
            _list(queue.waiting(None if every else "pending"))
            say(f"À décider : {queue.count('pending')}. En vigueur : {queue.count('accepted')}.")
            return
        if number is None:
            raise InvalidRequest((FieldError("NUMBER", "missing", "Donnez le numéro de la demande."),))
        if action is Decision.accept:
            queue.accept(number, today, reason)
        elif action is Decision.refuse:
            queue.refuse(number, today, reason)
        elif action is Decision.withdraw:
            queue.withdraw(number, today, by_operator=True)
        found = queue.read(number)
        _show(found)
        others = beside_text(queue.waiting(beside=found))
    if others:
        say(others)


def _learnt(settings: Settings, action: Decision, lesson: str) -> None:
    """Lists what answers teach, or withdraws some of it."""
    from vivier.given.lessons import taught, withdraw
    from vivier.given.rounds import rounds_of
    from vivier.lexicon import load_lexicon

    rounds = rounds_of(settings)
    with closing(rounds.database):
        if action is Decision.unlearn:
            count = withdraw(rounds, lesson)
            say(
                f"{plural(count, 'réponse retirée', 'réponses retirées')} : la prochaine construction n'en tient plus compte."
            )
            return
        every = taught(rounds, date.today())
    lexicon = load_lexicon()
    table = Table("réponse", "le", "structure", "type", "dép.", "métier", "réponse donnée", "demandée par", "apprend")
    for each in every:
        add_row(table, each.id, day(each.given_on), *_lesson_cells(each, lexicon))
    out.print(table)
    say(
        f"{plural(len(every), 'réponse')}. Une même connexion compte pour six réponses au plus sur une même probabilité."
    )


def _readings(every: list[Counted], cases: Path | None) -> None:
    """Lists the corrections of readings, and writes them as cases to judge."""
    from vivier.lexicon import load_lexicon

    names = load_lexicon().trade_names
    table = Table("fois", "le", "mots", "métiers lus", "métiers choisis")
    for each in every:
        read, chosen = (
            [names.get(code, code) for code in codes] for codes in (each.corrected.read, each.corrected.chosen)
        )
        cells = (", ".join(each.corrected.words), ", ".join(read) or "aucun", ", ".join(chosen) or "aucun")
        add_row(table, str(each.times), day(each.last_on), *cells)
    out.print(table)
    say(f"{plural(len(every), 'correction')}.")
    if cases is not None:
        lines = [
            {"text": ", ".join(each.corrected.words), "trades": each.corrected.chosen, "times": each.times}
            for each in every
            if each.corrected.words
        ]
        cases.write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))
        say(f"{plural(len(lines), 'cas', 'cas')} à juger dans {cases}.")


def _lesson_cells(each: Taught, lexicon: Lexicon) -> tuple[str, ...]:
    found = each.lesson
    teaches = "retirée" if each.withdrawn else "non" if found is None else "oui" if found.silent else "d'elle seule"
    if found is None:
        return each.name, "", "", "", each.answer, "", teaches
    trades = ", ".join(lexicon.trades.get(code).name for code in found.trades)
    by = "inconnu" if found.asked_by is None else f"n° {found.asked_by}"
    return each.name, ", ".join(found.kinds), found.departement or "", trades, each.answer, by, teaches


def _list(requests: list[Request]) -> None:
    from vivier.given.queue import MOST_LISTED
    from vivier.given.requests import KINDS, STATES

    table = Table("n°", "demande", "structure", "SIRET", "reçue le", "état")
    for request in requests:
        subject = request.subject
        words = (
            KINDS[request.kind],
            subject.name or "effacée",
            subject.siret,
            day(request.received_on),
            STATES[request.state],
        )
        add_row(table, str(request.number), *words)
    out.print(table)
    shown = (
        f"Les {MOST_LISTED} plus anciennes." if len(requests) == MOST_LISTED else f"{plural(len(requests), 'demande')}."
    )
    say(shown)


def _show(request: Request) -> None:
    from search_api.given.pages.given import content_lines
    from vivier.given.requests import BYS, KINDS, STATES
    from vivier.lexicon import load_lexicon

    say(f"N° {request.number}, {KINDS[request.kind]} : {STATES[request.state]}.")
    if request.kind == "members":
        say(f"Réseau : {request.subject.name}.")
    elif request.kind == "sender":
        say(f"Adresses en {request.subject.name}.")
    elif request.subject.name:
        say(
            f"Structure : {request.subject.name} (SIRET {request.subject.siret or 'inconnu'}, {request.subject.supplier})."
        )
    say(f"Reçue le {day(request.received_on)}, {BYS[request.by]}.")
    if request.decided_on is not None:
        say(f"Décidée le {day(request.decided_on)}.{f' Motif : {request.reason}' if request.reason else ''}")
    if request.state == "accepted" and request.ends_on is not None:
        say(f"En vigueur jusqu'au {day(request.ends_on)}.")
    for title, text, _ in content_lines(request, load_lexicon()):
        say(f"  {title} : {text}")
    for left in request.content.get("left", ())[:20]:
        say(f"  Ligne {left['line']} mise de côté : {left['text']}")


def invite(
    file: Annotated[Path, typer.Argument(help="CSV avec une colonne « siret » : les structures invitées.")],
    links: Annotated[Path, typer.Argument(help="CSV à écrire : une ligne par structure, avec son lien.")],
    network: Annotated[
        str, typer.Option("--network", help="Réseau qui invite, tel que les structures le liront.")
    ] = "",
    days: Annotated[int, typer.Option("--days", min=1, max=365, help="Jours pendant lesquels un lien sert.")] = 60,
    home: Home = None,
) -> None:
    """Faire des liens par lesquels des structures complètent leur fiche sans attendre : un par SIRET, qui sert une fois."""
    from vivier.given.inviting import links_to_give, sirets_in
    from vivier.given.queue import queue_of

    settings, today = settings_of(home), date.today()
    _check_invitations(settings, links, network)
    with reading(settings) as snapshot:
        found = sirets_in(file.read_bytes(), snapshot)
    if not found.names:
        raise InvalidRequest((FieldError("FILE", "empty", f"Aucun SIRET d'une fiche connue dans « {file.name} »."),))
    queue = queue_of(settings)
    beside = links.with_name(f"{links.name}.part")
    tokens = links_to_give(beside, found.names, settings.public_url or "", today, days)
    with closing(queue.database):
        queue.keep_invitations(tokens, network.strip(), today, days)
    beside.rename(links)
    say(f"{plural(len(tokens), 'lien')} dans {links} : chacun n'est que pour sa structure, et ne sert qu'une fois.")
    if found.left_out:
        say(f"Laissés : {by_count(found.left_out, {})}.")


def invite_network(
    network: Annotated[str, typer.Argument(help="Réseau, tel que les lecteurs le liront.")],
    days: Annotated[int, typer.Option("--days", min=1, max=365, help="Jours pendant lesquels le lien sert.")] = 60,
    home: Home = None,
) -> None:
    """Faire le lien par lequel un réseau envoie la liste de ses membres."""
    from vivier.given.inviting import MEMBERS_LINKS
    from vivier.given.queue import queue_of

    settings = settings_of(home)
    _check_network(settings, network, "NETWORK")
    queue = queue_of(settings)
    with closing(queue.database):
        token = queue.invite_network(" ".join(network.split()), date.today(), days)
    say(f"{(settings.public_url or '').rstrip('/')}{MEMBERS_LINKS}/{token}")
    say(f"Ce lien sert {plural(days, 'jour')}. Il n'est gardé nulle part : donnez-le au réseau, à lui seul.")


def _is_network(name: str) -> bool:
    """Whether a name is short enough for a network, and no person's."""
    from vivier.privacy import personal

    return len(name) <= 120 and not personal(name)


def _check_network(settings: Settings, network: str, name: str) -> None:
    if settings.public_url is None:
        message = "VIVIER_PUBLIC_URL : donnez l'adresse publique du service, que les liens commencent."
        raise InvalidRequest((FieldError("VIVIER_PUBLIC_URL", "missing", message),))
    if not network.strip() or not _is_network(network):
        raise InvalidRequest(
            (FieldError(name, "invalid_value", f"« {name} » : le nom d'un réseau, jamais une personne."),)
        )


def _check_invitations(settings: Settings, links: Path, network: str) -> None:
    errors = []
    if settings.public_url is None:
        message = "VIVIER_PUBLIC_URL : donnez l'adresse publique du service, que les liens commencent."
        errors.append(FieldError("VIVIER_PUBLIC_URL", "missing", message))
    if links.exists():
        errors.append(FieldError("LINKS", "exists", f"« {links.name} » existe déjà : donnez un autre nom."))
    if not _is_network(network):
        errors.append(
            FieldError("--network", "invalid_value", "« --network » : le nom d'un réseau, jamais une personne.")
        )
    refuse_any(errors)


def backup(
    file: Annotated[
        Path | None, typer.Argument(help="Archive à écrire (.tar.gz) ; sinon une copie chiffrée dans le dossier.")
    ] = None,
    home: Home = None,
) -> None:
    """Copier dans une archive ce qui ne se refait pas : base donnée, dossiers, opposition, identifiants, décisions."""
    from vivier.given.archive import write_archive
    from vivier.operation.backups import make_copy
    from vivier.runs.audit import note

    settings, today = settings_of(home), date.today()
    if file is None:
        file, made = make_copy(settings, today)
    else:
        made = write_archive(settings, file, today)
    note(settings, "backup", files=len(made.files))
    say(f"{plural(len(made.files), 'fichier')} dans {file}, avec leurs empreintes.")


def restore(
    file: Annotated[Path | None, typer.Argument(help="Archive faite par « vivier backup », chiffrée ou non.")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Remplacer ce qui est déjà là.")] = False,
    trial: Annotated[
        bool, typer.Option("--try", help="Essayer la dernière copie chiffrée dans un dossier à part.")
    ] = False,
    home: Home = None,
) -> None:
    """Remettre en place une archive, une fois vérifiée en entier. Arrêtez le service avant."""
    from vivier.operation.backups import rehearse, restore_copy
    from vivier.runs.audit import note

    settings = settings_of(home)
    if trial:
        copy, made = rehearse(settings)
        say(f"« {copy.name} » se restaure : {plural(len(made.files), 'fichier')}, du {day(made.made_on)}.")
        return
    if file is None:
        message = "« FILE » : donnez l'archive à remettre, ou « --try » pour essayer la dernière."
        raise InvalidRequest((FieldError("FILE", "missing", message),))
    made = restore_copy(settings, file, replace=replace)
    note(settings, "restore", files=len(made.files), replace=replace)
    say(f"{plural(len(made.files), 'fichier remis', 'fichiers remis')} en place, du {day(made.made_on)}.")
