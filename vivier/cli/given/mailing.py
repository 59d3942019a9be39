"""Verbs of mail: the run of each day, and what the operator may look at or stop."""

from __future__ import annotations

import time
from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from vivier.cli.options import Home, reading
from vivier.cli.terminal import err, say, settings_of
from vivier.errors import EngineUnavailable, VivierError
from vivier.french import plural

if TYPE_CHECKING:
    from vivier.mail.letter import Letter
    from vivier.mail.office import Office
    from vivier.settings import Settings

Action = Literal["status", "test", "stop", "accept", "key", "bounces", "report"]
_STATES = {
    "ready": "à envoyer",
    "sending": "en cours d'envoi",
    "sent": "envoyés",
    "refused": "refusés par leur destinataire",
    "failed": "abandonnés",
    "later": "remis à plus tard",
}


def notify(home: Home = None) -> None:
    """Écrire à ceux qui suivent une liste ce qu'elle a de nouveau, puis envoyer les messages en attente. À lancer chaque jour, ou plus souvent."""
    from vivier.lexicon import load_lexicon
    from vivier.mail.notify import notify as run_once

    settings = settings_of(home)
    with reading(settings) as snapshot:
        run = run_once(_office(settings), snapshot, load_lexicon, date.today(), time.time)
    say(
        f"{plural(run.turns, 'abonnement regardé', 'abonnements regardés')}, dont {run.quiet} sans nouveauté ; "
        f"{plural(run.letters.total(), 'message écrit', 'messages écrits')}."
    )
    say(f"Messages : {_counts(run.delivered)}.")
    if run.deleted or run.stopped:
        say(
            f"Abonnements effacés : {run.deleted} non confirmés ou d'un an passé, {run.stopped} refusés par leur "
            "destinataire ou dont la recherche ne se lit plus."
        )
    if run.delivered["later"]:
        raise VivierError("Le relais n'a pas tout pris : relancez « vivier notify » plus tard, rien n'est perdu.")


def mail(
    action: Annotated[
        Action,
        typer.Argument(
            help="status : ce qui est gardé et en attente ; test ADRESSE : envoyer un message d'essai ; stop ADRESSE : effacer ses abonnements ; "
            "report : écrire à l'exploitant l'état du service ; accept ADRESSE : oublier son refus, à sa demande ; key : tirer une clé ; bounces FICHIER…|- : lire les messages revenus sans être remis (fichiers, dossiers Maildir, entrée standard)."
        ),
    ],
    given: Annotated[
        list[str] | None,
        typer.Argument(
            help="Adresse électronique, pour « test », « stop » et « accept » ; fichiers, pour « bounces »."
        ),
    ] = None,
    home: Home = None,
) -> None:
    """Regarder, essayer ou arrêter le courriel du service."""
    from vivier.mail.letter import mail_address
    from vivier.mail.sealing import new_key

    if action == "key":
        say(new_key())
        return
    settings = settings_of(home)
    office = _office(settings)
    if action == "report":
        _report(office, settings)
        return
    if action == "status":
        _status(office)
        return
    if action == "bounces":
        _bounces(office, given or [])
        return
    mailbox = mail_address(" ".join(given or []), "ADRESSE")
    if action == "stop":
        stopped = office.subscriptions.stop_mailbox(mailbox)
        say(f"{plural(stopped, 'abonnement effacé', 'abonnements effacés')}.")
    elif action == "accept":
        known = office.post.outbox.refusals.forget(mailbox)
        say("Ce refus est oublié." if known else "Cette boîte n'avait rien refusé.")
    else:
        _test(office, mailbox)


def _status(office: Office) -> None:
    confirmed, waiting = office.subscriptions.counts()
    say(f"{plural(confirmed, 'abonnement confirmé', 'abonnements confirmés')}, {waiting} à confirmer.")
    say(f"Messages des trente derniers jours : {_counts(office.post.outbox.counts())}.")


def _bounces(office: Office, places: list[str]) -> None:
    """Reads what came back. When the database is away it exits 75, by which a mail server that pipes to it tries again later."""
    import sys

    from vivier.mail.bounces import read_bounces

    if not places:
        raise VivierError("Donnez des fichiers, un dossier Maildir, ou « - » pour l'entrée standard.")
    try:
        read = read_bounces(office, places, sys.stdin.buffer, date.today(), time.time())
    except EngineUnavailable as error:
        err.print(str(error))
        raise typer.Exit(75) from None
    noted = read.noted.total()
    say(
        f"{plural(noted, 'message revenu', 'messages revenus')} pour de bon ; "
        f"{plural(read.stopped, 'abonnement ou message en attente arrêté', 'abonnements ou messages en attente arrêtés')}."
    )
    if read.aside:
        say(f"Laissés : {read.reasons()}.")


def _report(office: Office, settings: Settings) -> None:
    from indexer.doctor import diagnose
    from vivier.mail.office import mailbox_of, report_letter
    from vivier.runs.ledger import last_update

    mailbox = mailbox_of(settings.operator_contact)
    if mailbox is None:
        raise VivierError("VIVIER_OPERATOR_CONTACT n'est pas une adresse électronique : personne à qui écrire.")
    words = office.letters.base, settings.operator_name
    night = last_update(settings.home)
    _send(office, report_letter(diagnose(settings), mailbox, *words, date.today(), time.time(), night), "etat")
    say("Le relais a pris la lettre de l'exploitant.")


def _test(office: Office, mailbox: str) -> None:
    from vivier.mail.letter import Letter

    text = "Ce message d'essai vient du service Vivier. Il n'y a rien à faire."
    letter = Letter(mailbox, "Essai du courriel de Vivier", text + "\n", f"<p>{text}</p>", time.time())
    _send(office, letter, "essai")
    say("Le relais a pris le message. Regardez s'il arrive, et s'il est signé (DKIM).")


def _send(office: Office, letter: Letter, key: str) -> None:
    """Offers one letter to the relay. Raises ``VivierError`` when it does not take it."""
    from vivier.mail.letter import message_of

    outcome = office.post.relay.send(message_of(letter, f"{key}-{time.time_ns()}", office.post.sender))
    if outcome.state != "sent":
        raise VivierError(f"Le relais n'a pas pris le message ({outcome.state}, réponse {outcome.code or 'aucune'}).")


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{_STATES[state]} : {count}" for state, count in sorted(counts.items()) if count) or "aucun"


def _office(settings: Settings) -> Office:
    from vivier.mail.office import missing_settings, office_of

    office = office_of(settings)
    if office is None:
        names = ", ".join(missing_settings(settings))
        raise VivierError(f"Le courriel n'est pas réglé : il manque {names}. Rien n'est parti.")
    return office
