"""The tables of mail. Addresses, searches and letters are sealed with a key that the database does not hold; names are keyed hashes."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, Column, Date, Float, ForeignKey, Integer, String, Table, Text, UniqueConstraint

from vivier.given.tables import METADATA, OF_ADDRESS

__all__ = ["METADATA", "OUTBOX", "RECIPIENTS", "REPORTERS", "SEEN", "STOPPED", "SUBSCRIPTIONS", "WRITINGS"]

_ID: Final = String(32)
_KEY: Final = String(64)
_OF_CIPHER: Final = "repère de la clé de chiffrement"

SUBSCRIPTIONS: Final = Table(
    "mail_subscriptions",
    METADATA,
    Column("id", _ID, primary_key=True, doc="numéro tiré au hasard"),
    Column("sealed", Text, nullable=False, doc="votre adresse et la recherche suivie, chiffrées"),
    Column("sealed_by", String(8), nullable=False, doc=_OF_CIPHER),
    Column("mailbox", _KEY, nullable=False, index=True, doc="empreinte à clé de l'adresse"),
    Column("subject", _KEY, nullable=False, unique=True, doc="empreinte à clé de l'adresse et de la recherche"),
    Column("stop", _KEY, nullable=False, unique=True, doc="empreinte du lien pour arrêter"),
    Column("token", _KEY, unique=True, doc="empreinte du lien pour confirmer"),
    Column("token_until", Date, doc="dernier jour de ce lien"),
    Column("every", String(6), nullable=False, doc="chaque jour ou chaque semaine"),
    Column("dated", Boolean, nullable=False, doc="liste datée ou non"),
    Column("linked_on", Date, nullable=False, doc="jour du dernier lien"),
    Column("links", Integer, nullable=False, doc="liens envoyés ce jour-là"),
    Column("began_on", Date, doc="première confirmation"),
    Column("confirmed_on", Date, doc="dernière confirmation"),
    Column("next_on", Date, index=True, doc="prochain envoi"),
    Column("turn", Integer, nullable=False, doc="nombre d'envois regardés"),
    info={
        "part": "mail",
        "title": "Une liste suivie par courriel",
        "until": "Effacée dès que vous arrêtez ; trois jours après sans confirmation ; au bout d'un an si elle n'est pas confirmée de nouveau.",
    },
)
"""One search that one mailbox follows. ``sealed``: its address, its search and its link to stop; ``mailbox`` and ``subject``: keyed hashes
of the address, and of the address with the search; ``stop`` and ``token``: hashes of the links that stop and that confirm; ``dated``: whether
its items have a day; ``links``: confirmation letters of ``linked_on``; ``began_on``: the first confirmation, ``confirmed_on`` the last; ``turn``: counts the times it was looked at, so that two processes cannot take the same turn."""

SEEN: Final = Table(
    "mail_seen",
    METADATA,
    Column(
        "subscription", _ID, ForeignKey("mail_subscriptions.id", ondelete="CASCADE"), primary_key=True, doc="abonnement"
    ),
    Column("item", String(24), primary_key=True, doc="empreinte de la nouveauté"),
    Column("seen_on", Date, nullable=False, doc="jour"),
    info={
        "part": "mail",
        "title": "Une nouveauté déjà donnée",
        "until": "Effacée avec l'abonnement, ou au bout de 400 jours si la liste est datée.",
    },
)
"""The items that a subscription was given, or that were there before it: keyed hashes."""

OUTBOX: Final = Table(
    "mail_outbox",
    METADATA,
    Column("id", _ID, primary_key=True, doc="numéro du message"),
    Column("kind", String(12), nullable=False, doc="type de message"),
    Column("of", _ID, index=True, doc="abonnement ou envoi concerné"),
    Column("sealed", Text, nullable=False, doc="adresse et texte, chiffrés"),
    Column("sealed_by", String(8), nullable=False, doc=_OF_CIPHER),
    Column("made_at", Float, nullable=False, doc="moment où il est écrit"),
    Column("state", String(8), nullable=False, index=True, doc="à envoyer, envoyé, refusé, abandonné"),
    Column("claim", _ID, doc="envoi en cours"),
    Column("claimed_at", Float, doc="moment de cet envoi"),
    Column("tries", Integer, nullable=False, doc="nombre d'essais"),
    Column("after", Float, nullable=False, doc="prochain essai"),
    Column("code", Integer, doc="réponse du relais"),
    info={
        "part": "mail",
        "title": "Un message à envoyer, ou envoyé",
        "until": "Adresse et texte effacés dès que le message est parti ou abandonné ; le reste au bout de trente jours.",
    },
)
"""One letter. ``of``: what it belongs to; ``state``: ready, sending, sent, refused, failed; ``claim``: who is sending it, since
``claimed_at``; ``after``: not before that moment; ``code``: the last reply of the relay. ``sealed`` is emptied once the letter is over."""

WRITINGS: Final = Table(
    "mail_writings",
    METADATA,
    Column("id", _ID, primary_key=True, doc="numéro tiré au hasard"),
    Column("sealed", Text, nullable=False, doc="adresse de l'acheteur, message, boîtes des organisations, chiffrés"),
    Column("sealed_by", String(8), nullable=False, doc=_OF_CIPHER),
    Column("sender", _KEY, nullable=False, index=True, doc="empreinte à clé de l'adresse de l'acheteur"),
    Column("token", _KEY, unique=True, doc="empreinte du lien pour confirmer"),
    Column("token_until", Date, doc="dernier jour de ce lien"),
    Column("page", _KEY, nullable=False, unique=True, doc=OF_ADDRESS),
    Column("round", _KEY, doc="enquête concernée"),
    Column("asked_on", Date, nullable=False, doc="jour demandé"),
    Column("confirmed_on", Date, doc="jour confirmé"),
    Column("remind_on", Date, index=True, doc="jour de la relance"),
    Column("kept_until", Date, nullable=False, index=True, doc="dernier jour gardé"),
    Column("held", _KEY, index=True, doc="empreinte à clé du domaine, tant que l'exploitant ne l'a pas accepté"),
    info={
        "part": "mail",
        "title": "Un envoi d'un acheteur à plusieurs structures",
        "until": "Effacé au plus tard deux mois après le dernier jour de réponse, ou avant par l'acheteur ; le lendemain sans confirmation.",
    },
)
"""What one buyer writes to several structures. ``sealed``: the buyer's address, the message, who is written to; ``sender``: keyed hash of
the address; ``token`` and ``page``: hashes of the link that confirms and of the page that follows; ``round``: key of the round it is
about; ``remind_on``: the day of its one reminder, emptied once it left; ``held``: keyed hash of whom the operator must accept before
anything leaves, empty once it left."""

RECIPIENTS: Final = Table(
    "mail_recipients",
    METADATA,
    Column("writing", _ID, ForeignKey("mail_writings.id", ondelete="CASCADE"), primary_key=True, doc="envoi"),
    Column("structure", String(80), primary_key=True, doc="numéro de la fiche"),
    Column("stop", _KEY, nullable=False, doc="empreinte du lien pour refuser"),
    Column("letter", _ID, index=True, doc="message"),
    Column("state", String(8), nullable=False, doc="ce qu'il est devenu"),
    Column("code", Integer, doc="réponse du relais"),
    UniqueConstraint("stop"),
    info={"part": "mail", "title": "Une structure à qui un acheteur écrit", "until": "Effacée avec l'envoi."},
)
"""One structure written to. ``stop``: hash of its link to be written to no more; ``letter``: its last letter; ``state``: of this letter,
or « stopped »; ``code``: the reply of the relay."""

STOPPED: Final = Table(
    "mail_stopped",
    METADATA,
    Column("mailbox", _KEY, primary_key=True, doc="empreinte à clé de l'adresse"),
    Column("stopped_on", Date, nullable=False, doc="jour"),
    Column("why", String(8), nullable=False, doc="à sa demande, ou refus de sa boîte"),
    info={
        "part": "mail",
        "title": "Une boîte qui ne veut plus de message non demandé",
        "until": "Gardée, pour ne plus lui écrire.",
    },
)
"""Mailboxes that get nothing more that they did not ask for: keyed hashes. ``why``: asked, or refused by the server."""

REPORTERS: Final = Table(
    "mail_reporters",
    METADATA,
    Column("request", Integer, primary_key=True, autoincrement=False, doc="numéro de la demande"),
    Column("sealed", Text, nullable=False, doc="votre adresse et le lien de suivi, chiffrés"),
    Column("sealed_by", String(8), nullable=False, doc=_OF_CIPHER),
    Column("until", Date, nullable=False, index=True, doc="dernier jour"),
    info={
        "part": "mail",
        "title": "Une adresse où répondre à un signalement ou à une opposition",
        "until": "Effacée avec la réponse, ou quand la demande est retirée ; au bout de 60 jours de toute façon.",
    },
)
"""Who is to be answered about a request (its number) once it is decided. ``sealed``: the address, the link to follow the request, the name of
the structure; the row is deleted with the answer, and after ``until`` in any case."""
