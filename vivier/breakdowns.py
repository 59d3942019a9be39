"""What can break, each once: its cause in a sentence, what is done of it, and who does it.

Errors and checks say the cause; « vivier doctor », ``/ready``, the page and the letter of the operator add the deed, found by the cause.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MACHINE: Final = "qui tient la machine"
NETWORK: Final = "qui tient le réseau"
PRODUCER: Final = "le producteur de la source"
MAINTAINER: Final = "qui maintient Vivier"
OPERATOR: Final = "l'exploitant"


@dataclass(frozen=True)
class Card:
    """A breakdown. ``cause``: the sentence, or its part, by which it is known; ``command``: what the deed types, if anything."""

    cause: str
    deed: str
    who: str
    command: str | None = None


NETWORK_AWAY: Final = Card(
    "Le réseau est absent : aucune source n'a été demandée.",
    "Rétablissez l'accès à Internet de cette machine, ou son mandataire (HTTPS_PROXY). La nuit suivante lira.",
    NETWORK,
)
DISK_FULL: Final = Card(
    "Le disque est plein : rien n'a été enregistré.",
    "Faites de la place. La purge ôte les fichiers bruts échus.",
    MACHINE,
    "vivier purge",
)
DISK_LOW: Final = Card(
    "Go libres : moins que n'en prend une construction", "Faites de la place.", MACHINE, "vivier purge"
)
READ_ONLY: Final = Card(
    "Ce service ne peut rien garder : son disque refuse l'écriture. Rien n'a été enregistré.",
    "Donnez à l'utilisateur du service le droit d'écrire dans VIVIER_HOME.",
    MACHINE,
)
DATABASE_AWAY: Final = Card(
    "La base de ce que les gens donnent ne répond pas.",
    "Relancez PostgreSQL, ou corrigez VIVIER_GIVEN_URL.",
    "qui tient PostgreSQL",
    "systemctl status postgresql",
)
CERTIFICATE: Final = Card(
    "certificat refusé : l'autorité qui le signe est inconnue de cette machine",
    "Donnez l'autorité de votre mandataire à la machine, et son fichier à SSL_CERT_FILE.",
    NETWORK,
)
ROBOTS_UNREAD: Final = Card(
    "robots.txt n'a pas pu être lu, le site est en panne",
    "Attendez une nuit : le site est redemandé. S'il reste muet, écrivez-lui.",
    PRODUCER,
)
ROBOTS_FORBID: Final = Card(
    "robots.txt interdit cette adresse",
    "Demandez le fichier à son producteur, puis importez-le.",
    OPERATOR,
    "vivier import SOURCE FICHIER",
)
NO_ANSWER: Final = Card(
    "pas de réponse",
    "Attendez une nuit : l'adresse est redemandée. Sinon, essayez-la.",
    PRODUCER,
    "vivier doctor --live",
)
OUT_OF_MEMORY: Final = Card(
    "Le système a tué le travail, sans doute faute de mémoire.",
    "Donnez plus de mémoire à la machine : docs/exploitants.md dit combien.",
    MACHINE,
)
UNEXPECTED: Final = Card(
    "une erreur imprévue, dont la trace est dans le journal",
    "Envoyez le journal du service.",
    MAINTAINER,
    "journalctl -u vivier",
)
CARDS: Final = (
    NETWORK_AWAY,
    DISK_FULL,
    DISK_LOW,
    READ_ONLY,
    DATABASE_AWAY,
    CERTIFICATE,
    ROBOTS_UNREAD,
    ROBOTS_FORBID,
    OUT_OF_MEMORY,
    UNEXPECTED,
    NO_ANSWER,
    Card("le site refuse", "N'insistez pas : écrivez au producteur.", PRODUCER),
    Card("le site demande d'attendre", "Attendez une nuit : l'adresse est redemandée.", PRODUCER),
    Card("n'a pas les colonnes attendues", "Prévenez-le : la source a changé. Les données restent.", MAINTAINER),
    Card("renommée", "Prévenez-le : la source a changé. Les données restent.", MAINTAINER),
    Card("à renouveler", "Téléchargez une liste plus récente.", OPERATOR, "vivier import SOURCE FICHIER"),
    Card("à relire", "Relisez la source, ou importez son fichier.", OPERATOR, "vivier update"),
    Card("réglages :", "Corrigez le réglage nommé, puis relancez le service.", OPERATOR, "systemctl restart vivier"),
    Card("offert", "Regardez ce que dit le relais de courriel.", "qui tient le courriel", "vivier doctor"),
    Card("relais :", "Corrigez VIVIER_SMTP_URL, ou relancez le relais.", "qui tient le courriel"),
)
"""The cards, in the order in which they are looked for."""
_OTHER: Final = Card("", "Faites ce que dit le constat. Sinon, envoyez cette ligne.", MAINTAINER)


def card_of(text: str) -> Card:
    """The card of the first cause that a text says; one that sends the text to who maintains Vivier when none does."""
    return next((card for card in CARDS if card.cause in text), _OTHER)


def has_card(text: str) -> bool:
    """Whether a text says a cause that a card knows."""
    return card_of(text) is not _OTHER
