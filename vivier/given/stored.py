"""What the given database holds, told in French to the persons concerned: every table and every column. The data protection page is made of it; a
test holds that nothing is stored that is not told here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Part = Literal["studies", "rounds", "requests", "mail", "service"]
_KEY: Final = "empreinte de l'adresse secrète"
_LINK: Final = "empreinte du lien"
_SEALED_BY: Final = "repère de la clé de chiffrement"
_SIGNED: Final[Mapping[str, str]] = {
    "signed_on": "jour de la signature par un code",
    "signed_by": "registre qui publie la boîte où le code est parti",
    "signed_hash": "empreinte de ce qui est signé",
}


@dataclass(frozen=True)
class Stored:
    """One table. ``part``: the part of the service that fills it; ``title``: what a row is; ``until``: when it is erased; ``columns``: what each
    column holds."""

    part: Part
    title: str
    until: str
    columns: Mapping[str, str]


STORED: Final[Mapping[str, Stored]] = {
    "shelf": Stored(
        "studies",
        "Un dossier créé, ou la question d'une étude",
        "Effacé après le jour écrit dessus, une étude dès que vous la supprimez ; il reste une empreinte de l'adresse, qui dit qu'il a existé.",
        {
            "what": "dossier ou étude",
            "key": _KEY,
            "kept_until": "dernier jour",
            "sha256": "empreinte du contenu",
            "content": "le dossier tel qu'il a été créé, ou la question tapée",
        },
    ),
    "rounds": Stored(
        "rounds",
        "Une enquête auprès de structures",
        "Effacée après le jour écrit dessus, ou quand son auteur la supprime ; il reste une empreinte de l'adresse.",
        {
            "key": _KEY,
            "opened_on": "jour d'ouverture",
            "closes_on": "dernier jour pour répondre",
            "kept_until": "dernier jour gardé",
            "question": "le besoin tapé par l'acheteur",
            "line": "lot concerné",
            "organisation": "organisme acheteur",
            "tells_amount": "montant montré ou non",
            "seed": "numéro du tirage au sort",
            "withdrawn": "nombre de structures retirées à leur demande",
            "gone": "supprimée ou non",
            "trades": "métiers du lot",
            "together": "repère des enquêtes ouvertes ensemble",
            "opener": "qui l'a ouverte : un numéro parmi 256, que plusieurs connexions partagent",
            "teaches": "compte ou non dans ce que les réponses apprennent",
        },
    ),
    "invited": Stored(
        "rounds",
        "Une structure interrogée",
        "Effacée avec l'enquête, ou dès que la structure s'oppose.",
        {
            "round": "enquête",
            "structure": "numéro de la fiche",
            "rank": "rang dans la liste neutre",
            "name": "nom de la structure",
            "kinds": "types de structure",
            "commune": "commune",
            "website": "site",
            "sirets": "SIRET",
            "token": _LINK,
            "departement": "département du siège",
            "silent": "son métier était inconnu ou non",
        },
    ),
    "answers": Stored(
        "rounds",
        "La réponse d'une structure",
        "Effacée avec l'enquête, ou quand la structure la retire.",
        {
            "round": "enquête",
            "structure": "numéro de la fiche",
            "can": "peut répondre ou non",
            "given_on": "jour",
            "by": "saisie par la structure ou par le facilitateur",
            "volume": "volume possible",
            "start": "date possible",
            "together": "seule ou avec d'autres",
            "article": "article du code visé",
            "why": "pourquoi elle ne peut pas",
            "teaches": "compte ou non dans ce que les réponses apprennent",
            **_SIGNED,
        },
    ),
    "follow_ups": Stored(
        "rounds",
        "Un suivi d'heures d'insertion",
        "Effacé un an après le dernier mois suivi, ou quand son auteur le supprime ; il reste une empreinte de l'adresse.",
        {
            "key": _KEY,
            "opened_on": "jour d'ouverture",
            "kept_until": "dernier jour gardé",
            "lots": "nombre de lots suivis depuis l'ouverture",
            "gone": "supprimé ou non",
        },
    ),
    "followed_lots": Stored(
        "rounds",
        "Un lot suivi",
        "Effacé avec le suivi, ou quand son auteur le retire.",
        {
            "follow_up": "suivi",
            "lot": "numéro du lot",
            "object": "objet",
            "reference": "référence",
            "buyer": "acheteur",
            "basin": "bassin",
            "hours": "heures dues",
            "start": "premier mois",
            "months": "durée en mois",
        },
    ),
    "followed_companies": Stored(
        "rounds",
        "Une entreprise qui dit ses heures",
        "Effacée avec le lot.",
        {
            "follow_up": "suivi",
            "lot": "numéro du lot",
            "company": "rang de l'entreprise",
            "name": "nom de l'entreprise",
            "token": _LINK,
        },
    ),
    "followed_hours": Stored(
        "rounds",
        "Les heures d'une entreprise en un mois",
        "Effacées avec le lot, ou quand l'entreprise les retire.",
        {
            "follow_up": "suivi",
            "lot": "numéro du lot",
            "company": "rang de l'entreprise",
            "month": "mois",
            "hours": "nombre d'heures, jamais qui les a faites",
            "given_on": "jour où elles ont été dites",
            "by": "saisies par l'entreprise ou par le facilitateur",
        },
    ),
    "followed_shares": Stored(
        "rounds",
        "Les heures d'un trimestre, par public ou par voie",
        "Effacées avec le lot.",
        {
            "follow_up": "suivi",
            "lot": "numéro du lot",
            "quarter": "rang du trimestre",
            "what": "public ou voie",
            "hours": "nombre d'heures",
        },
    ),
    "leads_refused": Stored(
        "requests",
        "Une opportunité qu'une structure écarte",
        "Effacée au bout de six mois, ou dès que la structure s'oppose.",
        {
            "structure": "numéro de la fiche",
            "lead": "marché ou avis écarté",
            "why": "pourquoi",
            "given_on": "jour",
            "kept_until": "dernier jour gardé",
            "siret": "SIRET de la structure",
            "kinds": "types de structure",
            "departement": "département du siège",
            "trades": "métiers concernés",
            "silent": "son métier était inconnu ou non",
            "opener": "qui l'a écartée : un numéro parmi 256, que plusieurs connexions partagent",
            "teaches": "compte ou non dans ce que les réponses apprennent",
        },
    ),
    "lead_questions": Stored(
        "requests",
        "La question de la semaine posée à une structure",
        "Effacée à la fin de la semaine sans réponse, au bout de six mois avec une réponse, ou dès que la structure s'oppose.",
        {
            "structure": "numéro de la fiche",
            "week": "lundi de la semaine",
            "trade": "métier demandé",
            "text": "la question",
            "answer": "oui, non ou plus tard",
            "given_on": "jour de la question, puis de la réponse",
            "kept_until": "dernier jour gardé",
            "siret": "SIRET de la structure",
            "kinds": "types de structure",
            "departement": "département du siège",
            "silent": "son métier était inconnu ou non",
            "opener": "qui a répondu : un numéro parmi 256, que plusieurs connexions partagent",
            "teaches": "compte ou non dans ce que les réponses apprennent",
        },
    ),
    "readings": Stored(
        "requests",
        "Une correction de la lecture d'un besoin, comptée",
        "Effacée au bout d'un an sans nouvelle correction.",
        {
            "words": "mots de nos tables qui ont désigné le métier, jamais ce qui a été tapé",
            "read": "métiers lus",
            "chosen": "métiers choisis à la place",
            "times": "nombre de fois",
            "last_on": "dernier jour",
        },
    ),
    "requests": Stored(
        "requests",
        "Une fiche complétée, une erreur signalée, une opposition",
        "Contenu effacé dès que la demande est refusée, retirée ou remplacée ; le reste au bout de douze mois.",
        {
            "number": "numéro d'ordre",
            "key": _KEY,
            "kind": "type de demande",
            "state": "décision",
            "supplier": "numéro de la fiche",
            "siret": "SIRET de la structure",
            "finess": "FINESS de la structure",
            "name": "nom de la structure",
            "content": "ce qui a été envoyé",
            "by": "par la fiche ou par une invitation",
            "received_on": "jour reçu",
            "decided_on": "jour de la décision",
            "ends_on": "dernier jour en vigueur",
            "reason": "motif de l'exploitant",
            **_SIGNED,
        },
    ),
    "members": Stored(
        "requests",
        "Ce qu'un réseau déclare d'un de ses membres",
        "Effacé dès que la liste du réseau est refusée, retirée ou remplacée, ou que la structure s'oppose ; sinon au bout de douze mois.",
        {
            "request": "numéro d'ordre de la liste",
            "line": "ligne du fichier",
            "siret": "SIRET de la structure",
            "finess": "numéro FINESS, quand plusieurs structures partagent un SIRET",
            "supplier": "identifiant de la fiche",
            "name": "nom de la structure",
            "content": "ce qui est déclaré",
        },
    ),
    "invitations": Stored(
        "requests",
        "Une invitation à compléter une fiche",
        "Effacée après son dernier jour, ou dès que la structure s'oppose.",
        {
            "key": _LINK,
            "siret": "SIRET de la structure invitée",
            "network": "réseau qui invite",
            "issued_on": "jour d'envoi",
            "expires_on": "dernier jour",
            "used_on": "jour où elle a servi",
        },
    ),
    "quotas": Stored(
        "requests",
        "Ce qu'une connexion ou une boîte a demandé dans la journée",
        "Effacé le surlendemain.",
        {
            "who": "empreinte à clé de la connexion, de la boîte ou du domaine",
            "what": "type de demande",
            "day": "jour",
            "count": "nombre de demandes",
        },
    ),
    "mail_subscriptions": Stored(
        "mail",
        "Une liste suivie par courriel",
        "Effacée dès que vous arrêtez ; trois jours après sans confirmation ; au bout d'un an si elle n'est pas confirmée de nouveau.",
        {
            "id": "numéro tiré au hasard",
            "sealed": "votre adresse et la recherche suivie, chiffrées",
            "sealed_by": _SEALED_BY,
            "mailbox": "empreinte à clé de l'adresse",
            "subject": "empreinte à clé de l'adresse et de la recherche",
            "stop": "empreinte du lien pour arrêter",
            "token": "empreinte du lien pour confirmer",
            "token_until": "dernier jour de ce lien",
            "every": "chaque jour ou chaque semaine",
            "dated": "liste datée ou non",
            "linked_on": "jour du dernier lien",
            "links": "liens envoyés ce jour-là",
            "began_on": "première confirmation",
            "confirmed_on": "dernière confirmation",
            "next_on": "prochain envoi",
            "turn": "nombre d'envois regardés",
        },
    ),
    "mail_seen": Stored(
        "mail",
        "Une nouveauté déjà donnée",
        "Effacée avec l'abonnement, ou au bout de 400 jours si la liste est datée.",
        {"subscription": "abonnement", "item": "empreinte de la nouveauté", "seen_on": "jour"},
    ),
    "mail_outbox": Stored(
        "mail",
        "Un message à envoyer, ou envoyé",
        "Adresse et texte effacés dès que le message est parti ou abandonné ; le reste au bout de trente jours.",
        {
            "id": "numéro du message",
            "kind": "type de message",
            "of": "abonnement ou envoi concerné",
            "sealed": "adresse et texte, chiffrés",
            "sealed_by": _SEALED_BY,
            "made_at": "moment où il est écrit",
            "state": "à envoyer, envoyé, refusé, abandonné",
            "claim": "envoi en cours",
            "claimed_at": "moment de cet envoi",
            "tries": "nombre d'essais",
            "after": "prochain essai",
            "code": "réponse du relais",
        },
    ),
    "mail_writings": Stored(
        "mail",
        "Un envoi d'un acheteur à plusieurs structures",
        "Effacé au plus tard deux mois après le dernier jour de réponse, ou avant par l'acheteur ; le lendemain sans confirmation.",
        {
            "id": "numéro tiré au hasard",
            "sealed": "adresse de l'acheteur, message, boîtes des organisations, chiffrés",
            "sealed_by": _SEALED_BY,
            "sender": "empreinte à clé de l'adresse de l'acheteur",
            "token": "empreinte du lien pour confirmer",
            "token_until": "dernier jour de ce lien",
            "page": _KEY,
            "round": "enquête concernée",
            "asked_on": "jour demandé",
            "confirmed_on": "jour confirmé",
            "remind_on": "jour de la relance",
            "kept_until": "dernier jour gardé",
            "held": "empreinte à clé du domaine, tant que l'exploitant ne l'a pas accepté",
        },
    ),
    "mail_recipients": Stored(
        "mail",
        "Une structure à qui un acheteur écrit",
        "Effacée avec l'envoi.",
        {
            "writing": "envoi",
            "structure": "numéro de la fiche",
            "stop": "empreinte du lien pour refuser",
            "letter": "message",
            "state": "ce qu'il est devenu",
            "code": "réponse du relais",
        },
    ),
    "mail_stopped": Stored(
        "mail",
        "Une boîte qui ne veut plus de message non demandé",
        "Gardée, pour ne plus lui écrire.",
        {"mailbox": "empreinte à clé de l'adresse", "stopped_on": "jour", "why": "à sa demande, ou refus de sa boîte"},
    ),
    "mail_reporters": Stored(
        "mail",
        "Une adresse où répondre à un signalement ou à une opposition",
        "Effacée avec la réponse, ou quand la demande est retirée ; au bout de 60 jours de toute façon.",
        {
            "request": "numéro de la demande",
            "sealed": "votre adresse et le lien de suivi, chiffrés",
            "sealed_by": _SEALED_BY,
            "until": "dernier jour",
        },
    ),
    "mail_codes": Stored(
        "mail",
        "Un code de signature envoyé",
        "Sert une fois, pendant dix minutes ; effacé dès qu'il a servi, sinon au plus tard le lendemain.",
        {
            "key": "empreinte de ce qui est à signer",
            "code": "empreinte à clé du code",
            "digest": "empreinte du contenu à signer",
            "mailbox": "empreinte à clé de la boîte",
            "sent_at": "moment de l'envoi",
            "tries": "nombre d'essais",
        },
    ),
    "given_format": Stored(
        "service",
        "Le format de la base",
        "Gardé.",
        {"number": "numéro du format", "least": "plus ancien format compatible"},
    ),
    "jobs": Stored(
        "service",
        "Un travail de nuit du service",
        "Gardé.",
        {
            "name": "nom du travail",
            "began_at": "dernier début",
            "succeeded_at": "dernier succès",
            "failed_at": "dernier échec",
            "reason": "motif de cet échec",
        },
    ),
}


def stored_in(parts: frozenset[Part]) -> list[Stored]:
    """The tables that these parts of the service fill, in order; none when there is no part."""
    return [row for row in STORED.values() if parts and row.part in parts | {"service"}]
