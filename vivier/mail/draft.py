"""The neutral draft that a buyer writes to several structures: the same facts and the same questions to all, and the same day to answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from vivier.desk.dossier import QUESTIONS
from vivier.errors import FieldError, InvalidRequest, refuse_any
from vivier.given.asked import check_nobody
from vivier.mail.recipients import Recipient
from vivier.mail.weblinks import weblinks

LINK: Final = "{lien}"
"""Stands for the own link of each structure of a round, in a message."""
FIELDS: Final = ("organisation", "text", "place", "amount", "dates", "closes_on", "questions")
LONGEST: Final[Mapping[str, int]] = {
    "organisation": 120,
    "text": 2_000,
    "place": 200,
    "amount": 80,
    "dates": 200,
    "closes_on": 40,
    "questions": 2_000,
}
LONGEST_BODY: Final = 8_000
LONGEST_SUBJECT: Final = 150


@dataclass(frozen=True)
class Draft:
    """A subject and a message, as plain text."""

    subject: str
    body: str

    def for_one(self, recipient: Recipient, base: str) -> str:
        """The message for one structure: with its own link, when it has one."""
        return self.body.replace(LINK, f"{base}{recipient.link}" if recipient.link else "")


def drafted(fields: Mapping[str, str], *, has_links: bool) -> Draft:
    """The draft of what a buyer says of the need; what is not said is left out. ``has_links``: each structure answers by its own link."""
    given = {
        name: " ".join(fields.get(name, "").split()) if name != "questions" else fields.get(name, "") for name in FIELDS
    }
    who = given["organisation"] or "Notre organisme"
    rows = (("Besoin", "text"), ("Lieu", "place"), ("Montant estimé", "amount"), ("Dates", "dates"))
    facts = [f"{title} : {given[name]}" for title, name in rows if given[name]]
    questions = [line.strip() for line in given["questions"].splitlines() if line.strip()] or list(QUESTIONS)
    until = f" au plus tard le {given['closes_on']}," if given["closes_on"] else ""
    how = (
        f"Répondez{until} par ce lien, qui est propre à votre structure :\n{LINK}"
        if has_links
        else f"Répondez{until} à ce message."
    )
    numbered = "\n".join(f"{rank}. {line}" for rank, line in enumerate(questions, 1))
    body = "\n\n".join(
        (
            "Bonjour,",
            f"{who} prépare un achat et interroge les structures qui pourraient y répondre. Les mêmes questions sont posées à toutes.",
            "\n".join(facts),
            f"Nous aimerions savoir :\n{numbered}",
            how,
            "Répondre n'est ni une offre ni un engagement ; ne pas répondre ne vous écarte de rien.",
        )
    )
    need = given["text"][:60] or "un achat en préparation"
    return Draft(f"Pouvez-vous répondre à ce besoin ? {need}"[:LONGEST_SUBJECT], body.replace("\n\n\n\n", "\n\n"))


def checked_draft(subject: str, body: str, organisation: str, *, has_links: bool) -> Draft:
    """A draft as the buyer edited it. Raises ``InvalidRequest`` with all to correct."""
    errors = []
    if not subject.strip() or len(subject) > LONGEST_SUBJECT:
        errors.append(
            FieldError(
                "subject", "invalid_value", f"« subject » : donnez un objet, de {LONGEST_SUBJECT} caractères au plus."
            )
        )
    if not body.strip() or len(body) > LONGEST_BODY:
        errors.append(
            FieldError("body", "invalid_value", f"« body » : écrivez le message, de {LONGEST_BODY} caractères au plus.")
        )
    if has_links and LINK not in body:
        errors.append(
            FieldError(
                "body", "missing", f"« body » : gardez {LINK} là où chaque structure doit lire son lien de réponse."
            )
        )
    if not organisation.strip():
        errors.append(FieldError("organisation", "missing", "« organisation » : dites quel organisme écrit."))
    try:
        check_nobody(organisation, "")
    except InvalidRequest as error:
        errors += error.errors
    refuse_any(errors)
    return Draft(" ".join(subject.split()), body.replace("\r\n", "\n"))


def check_no_links(draft: Draft, organisation: str) -> None:
    """Refuses a message with an address of the web, for the service to send: the only link of its letters is that of a round. Raises
    ``InvalidRequest`` with all to correct."""
    texts = {"subject": draft.subject, "body": draft.body.replace(LINK, " "), "organisation": organisation}
    errors = tuple(
        FieldError(
            name,
            "has_link",
            f"« {name} » : ce service n'envoie aucune adresse web ni courriel. Retirez « {found[0][:60]} », ou ajoutez une espace après le point.",
        )
        for name, text in texts.items()
        if (found := weblinks(text))
    )
    refuse_any(errors)
