"""The log of contacts (R2111-1): which structure was asked what and when, and the role of the person. It refuses the name of a
person, an address, a telephone number."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from vivier.dossiers.listing import structures
from vivier.errors import FieldError, InvalidRequest, refuse_any
from vivier.model.base import Given, Model
from vivier.privacy import personal
from vivier.search.messages import validated

CHANNELS: Final[Mapping[str, str]] = {
    "email": "courriel",
    "phone": "téléphone",
    "meeting": "rencontre",
    "letter": "courrier",
    "platform": "plateforme d'achat",
    "event": "salon ou rencontre collective",
}
MOST_CONTACTS: Final = 1_000
_PERSONAL: Final = (
    "ne nommez personne : dites la fonction (« responsable commercial »), sans nom, courriel ni téléphone."
)


class Contact(Model):
    """One exchange with one structure of the list. The questions sent are those of the dossier, the same for all."""

    date: Annotated[date, Field(ge=date(2019, 4, 1), description="jour de l'échange")]
    structure: Annotated[str, Field(min_length=1, max_length=80, description="identifiant d'une structure de la liste")]
    channel: Annotated[
        Literal["email", "phone", "meeting", "letter", "platform", "event"],
        Field(description="moyen : " + ", ".join(CHANNELS)),
    ]
    role: Annotated[str, Field(max_length=80, description="fonction de l'interlocuteur, jamais son nom")] = ""
    answer: Annotated[str, Field(max_length=2_000, description="réponse, en résumé ; vide : pas encore de réponse")] = (
        ""
    )


class Change(Given):
    """What a new version changes: contacts added, order drawn again with the reason, or everything counted on the data in
    service."""

    contacts: Annotated[
        tuple[Contact, ...], Field(max_length=100, description="échanges à ajouter au journal, 100 au plus à la fois")
    ] = ()
    redraw: Annotated[
        str, Field(max_length=300, description="raison de tirer un nouvel ordre ; vide : l'ordre reste")
    ] = ""
    refresh: Annotated[bool, Field(description="refaire l'analyse sur les données en service")] = False


def change_of(body: object) -> Change:
    """Validates the change that a request makes. Raises ``InvalidRequest`` with everything to correct."""
    made = validated(Change, body)
    if not made.contacts and not made.redraw.strip() and not made.refresh:
        message = "Rien à changer : donnez « contacts », « redraw » ou « refresh »."
        raise InvalidRequest((FieldError("contacts", "missing", message),))
    if made.refresh and (made.contacts or made.redraw.strip()):
        message = "« refresh » se demande seul : refaites l'analyse, puis ajoutez à la version obtenue."
        raise InvalidRequest((FieldError("refresh", "alone", message),))
    return made


def logged(contact: Contact, dossier: Mapping[str, Any], today: date) -> dict[str, object]:
    """A line of the log. Raises ``InvalidRequest`` for a structure that is not in the list, a day to come, or personal data."""
    name = next(
        (structure["name"] for _, structure in structures(dossier["lots"]) if structure.get("id") == contact.structure),
        None,
    )
    errors = []
    if name is None:
        message = f"« structure » : « {contact.structure[:80]} » n'est pas dans la liste de ce dossier."
        errors.append(FieldError("structure", "unknown_value", message))
    if contact.date > today:
        errors.append(FieldError("date", "out_of_range", "« date » : ce jour est à venir."))
    if personal(contact.role):
        errors.append(FieldError("role", "personal_data", f"« role » : {_PERSONAL}"))
    if personal(contact.answer):
        errors.append(FieldError("answer", "personal_data", f"« answer » : {_PERSONAL}"))
    refuse_any(errors)
    return {
        "date": contact.date.isoformat(),
        "structure": contact.structure,
        "name": name,
        "channel": contact.channel,
        "channel_fr": CHANNELS[contact.channel],
        "questions": len(dossier["questionnaire"]),
        "role": " ".join(contact.role.split()),
        "answer": contact.answer.strip(),
    }
