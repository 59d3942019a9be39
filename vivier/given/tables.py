"""The tables of what people give. Keys are hashes: who reads the database can neither open a round nor answer for a structure."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    true,
)

METADATA: Final = MetaData()
_KEY: Final = String(64)
OF_ADDRESS: Final = "empreinte de l'adresse secrète"
_OF_LINK: Final = "empreinte du lien"


def _teaches() -> Column[bool]:
    words = "compte ou non dans ce que les réponses apprennent"
    return Column("teaches", Boolean, nullable=False, default=True, server_default=true(), doc=words)


def _signed() -> tuple[Column[Any], ...]:
    """The day and the hash of what was signed, by a code sent to the mailbox that a register publishes (:mod:`vivier.given.signed`)."""
    return (
        Column("signed_on", Date, doc="jour de la signature par un code"),
        Column("signed_by", Text, doc="registre qui publie la boîte où le code est parti"),
        Column("signed_hash", _KEY, doc="empreinte de ce qui est signé"),
    )


ROUNDS: Final = Table(
    "rounds",
    METADATA,
    Column("key", _KEY, primary_key=True, doc=OF_ADDRESS),
    Column("opened_on", Date, nullable=False, doc="jour d'ouverture"),
    Column("closes_on", Date, nullable=False, doc="dernier jour pour répondre"),
    Column("kept_until", Date, nullable=False, index=True, doc="dernier jour gardé"),
    Column("question", Text, nullable=False, doc="le besoin tapé par l'acheteur"),
    Column("line", Integer, nullable=False, doc="lot concerné"),
    Column("organisation", Text, nullable=False, doc="organisme acheteur"),
    Column("tells_amount", Boolean, nullable=False, doc="montant montré ou non"),
    Column("seed", Text, nullable=False, doc="numéro du tirage au sort"),
    Column("withdrawn", Integer, nullable=False, default=0, doc="nombre de structures retirées à leur demande"),
    Column("gone", Boolean, nullable=False, default=False, doc="supprimée ou non"),
    Column("trades", Text, doc="métiers du lot"),
    Column("opener", Integer, doc="qui l'a ouverte : un numéro parmi 256, que plusieurs connexions partagent"),
    _teaches(),
    Column("together", _KEY, index=True, doc="repère des enquêtes ouvertes ensemble"),
    info={
        "part": "rounds",
        "title": "Une enquête auprès de structures",
        "until": "Effacée après le jour écrit dessus, ou quand son auteur la supprime ; il reste une empreinte de l'adresse.",
    },
)
"""One round. ``key``: hash of its id, the address; ``withdrawn``: structures that opposed since; ``gone``: everything else is erased;
``trades``: of its lot, as we read them; ``opener``: who opened it, as one of a few hundred (:mod:`vivier.given.lessons`); ``together``: a hash shared by
the rounds opened together, ``NULL`` for one opened alone."""

INVITED: Final = Table(
    "invited",
    METADATA,
    Column("round", _KEY, ForeignKey("rounds.key"), primary_key=True, doc="enquête"),
    Column("structure", String(80), primary_key=True, doc="numéro de la fiche"),
    Column("rank", Integer, nullable=False, doc="rang dans la liste neutre"),
    Column("name", Text, nullable=False, doc="nom de la structure"),
    Column("kinds", Text, nullable=False, doc="types de structure"),
    Column("commune", Text, doc="commune"),
    Column("website", Text, doc="site"),
    Column("sirets", Text, nullable=False, doc="SIRET"),
    Column("token", _KEY, nullable=False, doc=_OF_LINK),
    Column("departement", String(3), doc="département du siège"),
    Column("silent", Boolean, doc="son métier était inconnu ou non"),
    UniqueConstraint("token"),
    info={
        "part": "rounds",
        "title": "Une structure interrogée",
        "until": "Effacée avec l'enquête, ou dès que la structure s'oppose.",
    },
)
"""The structures of a round. ``rank``: in the neutral order; ``token``: hash of the one in its link; ``kinds`` and ``sirets`` are separated
by spaces, its own SIRET first; ``departement``: of its seat; ``silent``: no source gave its trade."""

ANSWERS: Final = Table(
    "answers",
    METADATA,
    Column("round", _KEY, ForeignKey("rounds.key"), primary_key=True, doc="enquête"),
    Column("structure", String(80), primary_key=True, doc="numéro de la fiche"),
    Column("can", String(4), nullable=False, doc="peut répondre ou non"),
    Column("given_on", Date, nullable=False, doc="jour"),
    Column("by", String(12), nullable=False, doc="saisie par la structure ou par le facilitateur"),
    Column("volume", Float, doc="volume possible"),
    Column("start", Date, doc="date possible"),
    Column("together", String(12), doc="seule ou avec d'autres"),
    Column("article", String(20), doc="article du code visé"),
    Column("why", String(8), doc="pourquoi elle ne peut pas"),
    _teaches(),
    *_signed(),
    info={
        "part": "rounds",
        "title": "La réponse d'une structure",
        "until": "Effacée avec l'enquête, ou quand la structure la retire.",
    },
)
"""One answer a structure. There is no column for a person, nor for a free text."""

LEADS_REFUSED: Final = Table(
    "leads_refused",
    METADATA,
    Column("structure", String(80), primary_key=True, doc="numéro de la fiche"),
    Column("lead", String(120), primary_key=True, doc="marché ou avis écarté"),
    Column("why", String(8), nullable=False, doc="pourquoi"),
    Column("given_on", Date, nullable=False, doc="jour"),
    Column("kept_until", Date, nullable=False, index=True, doc="dernier jour gardé"),
    Column("siret", String(14), nullable=False, index=True, doc="SIRET de la structure"),
    Column("kinds", Text, nullable=False, doc="types de structure"),
    Column("departement", String(3), doc="département du siège"),
    Column("trades", Text, nullable=False, doc="métiers concernés"),
    Column("silent", Boolean, nullable=False, doc="son métier était inconnu ou non"),
    Column("opener", Integer, doc="qui l'a écartée : un numéro parmi 256, que plusieurs connexions partagent"),
    _teaches(),
    info={
        "part": "requests",
        "title": "Une opportunité qu'une structure écarte",
        "until": "Effacée au bout de six mois, ou dès que la structure s'oppose.",
    },
)
"""A lead that a structure set aside. ``lead``: contract or notice, with its collection; ``trades``: those of the structure that the lead is
about."""

LEAD_QUESTIONS: Final = Table(
    "lead_questions",
    METADATA,
    Column("structure", String(80), primary_key=True, doc="numéro de la fiche"),
    Column("week", Date, primary_key=True, doc="lundi de la semaine"),
    Column("trade", String(80), nullable=False, doc="métier demandé"),
    Column("text", Text, nullable=False, doc="la question"),
    Column("answer", String(5), doc="oui, non ou plus tard"),
    Column("given_on", Date, nullable=False, doc="jour de la question, puis de la réponse"),
    Column("kept_until", Date, nullable=False, index=True, doc="dernier jour gardé"),
    Column("siret", String(14), nullable=False, index=True, doc="SIRET de la structure"),
    Column("kinds", Text, nullable=False, doc="types de structure"),
    Column("departement", String(3), doc="département du siège"),
    Column("silent", Boolean, nullable=False, doc="son métier était inconnu ou non"),
    Column("opener", Integer, doc="qui a répondu : un numéro parmi 256, que plusieurs connexions partagent"),
    _teaches(),
    info={
        "part": "requests",
        "title": "La question de la semaine posée à une structure",
        "until": "Effacée à la fin de la semaine sans réponse, au bout de six mois avec une réponse, ou dès que la structure s'oppose.",
    },
)
"""The question of a week to a structure, and its answer. ``week``: its Monday; ``text``: the question in French; ``given_on``: the day asked, then the day
answered; ``opener``: who answered."""

READINGS: Final = Table(
    "readings",
    METADATA,
    Column(
        "words",
        String(200),
        primary_key=True,
        doc="mots de nos tables qui ont désigné le métier, jamais ce qui a été tapé",
    ),
    Column("read", String(200), primary_key=True, doc="métiers lus"),
    Column("chosen", String(200), primary_key=True, doc="métiers choisis à la place"),
    Column("times", Integer, nullable=False, doc="nombre de fois"),
    Column("last_on", Date, nullable=False, index=True, doc="dernier jour"),
    info={
        "part": "requests",
        "title": "Une correction de la lecture d'un besoin, comptée",
        "until": "Effacée au bout d'un an sans nouvelle correction.",
    },
)
"""Corrections of readings, counted. ``words``: those of our tables that spoke for the trades read, never what was typed; ``read``, ``chosen``:
codes of trades."""

FOLLOW_UPS: Final = Table(
    "follow_ups",
    METADATA,
    Column("key", _KEY, primary_key=True, doc=OF_ADDRESS),
    Column("opened_on", Date, nullable=False, doc="jour d'ouverture"),
    Column("kept_until", Date, nullable=False, index=True, doc="dernier jour gardé"),
    Column("lots", Integer, nullable=False, default=0, doc="nombre de lots suivis depuis l'ouverture"),
    Column("gone", Boolean, nullable=False, default=False, doc="supprimé ou non"),
    info={
        "part": "rounds",
        "title": "Un suivi d'heures d'insertion",
        "until": "Effacé un an après le dernier mois suivi, ou quand son auteur le supprime ; il reste une empreinte de l'adresse.",
    },
)
"""One follow-up of insertion hours. ``key``: hash of its id, the address; ``lots``: added since it was opened, withdrawn ones included, so that the
link of a withdrawn lot is never drawn again; ``gone``: everything else is erased."""

FOLLOWED_LOTS: Final = Table(
    "followed_lots",
    METADATA,
    Column("follow_up", _KEY, ForeignKey("follow_ups.key"), primary_key=True, doc="suivi"),
    Column("lot", Integer, primary_key=True, doc="numéro du lot"),
    Column("object", Text, nullable=False, doc="objet"),
    Column("reference", Text, nullable=False, doc="référence"),
    Column("buyer", Text, nullable=False, doc="acheteur"),
    Column("basin", Text, nullable=False, doc="bassin"),
    Column("hours", Float, doc="heures dues"),
    Column("start", Date, nullable=False, doc="premier mois"),
    Column("months", Integer, nullable=False, doc="durée en mois"),
    info={"part": "rounds", "title": "Un lot suivi", "until": "Effacé avec le suivi, ou quand son auteur le retire."},
)
"""A lot of a follow-up. ``lot``: its number, from 1; ``basin``: a territory; ``hours``: due, ``NULL`` when nobody set them; ``start``: the
first day of the first month."""

FOLLOWED_COMPANIES: Final = Table(
    "followed_companies",
    METADATA,
    Column("follow_up", _KEY, ForeignKey("follow_ups.key"), primary_key=True, doc="suivi"),
    Column("lot", Integer, primary_key=True, doc="numéro du lot"),
    Column("company", Integer, primary_key=True, doc="rang de l'entreprise"),
    Column("name", Text, nullable=False, doc="nom de l'entreprise"),
    Column("token", _KEY, nullable=False, doc=_OF_LINK),
    UniqueConstraint("token"),
    info={"part": "rounds", "title": "Une entreprise qui dit ses heures", "until": "Effacée avec le lot."},
)
"""A company that tells the hours of a lot. ``token``: hash of the one in its link."""

FOLLOWED_HOURS: Final = Table(
    "followed_hours",
    METADATA,
    Column("follow_up", _KEY, ForeignKey("follow_ups.key"), primary_key=True, doc="suivi"),
    Column("lot", Integer, primary_key=True, doc="numéro du lot"),
    Column("company", Integer, primary_key=True, doc="rang de l'entreprise"),
    Column("month", Date, primary_key=True, doc="mois"),
    Column("hours", Float, nullable=False, doc="nombre d'heures, jamais qui les a faites"),
    Column("given_on", Date, nullable=False, doc="jour où elles ont été dites"),
    Column("by", String(12), nullable=False, doc="saisies par l'entreprise ou par le facilitateur"),
    info={
        "part": "rounds",
        "title": "Les heures d'une entreprise en un mois",
        "until": "Effacées avec le lot, ou quand l'entreprise les retire.",
    },
)
"""The hours of a company in a month: ``month`` is its first day. A month without a row is unknown. No column is for a person."""

FOLLOWED_SHARES: Final = Table(
    "followed_shares",
    METADATA,
    Column("follow_up", _KEY, ForeignKey("follow_ups.key"), primary_key=True, doc="suivi"),
    Column("lot", Integer, primary_key=True, doc="numéro du lot"),
    Column("quarter", Integer, primary_key=True, doc="rang du trimestre"),
    Column("what", String(12), primary_key=True, doc="public ou voie"),
    Column("hours", Float, nullable=False, doc="nombre d'heures"),
    info={
        "part": "rounds",
        "title": "Les heures d'un trimestre, par public ou par voie",
        "until": "Effacées avec le lot.",
    },
)
"""The hours of a quarter of a lot by public or by way. ``what``: a code of :mod:`vivier.desk.tell.follow_up`."""

REQUESTS: Final = Table(
    "requests",
    METADATA,
    Column("number", Integer, primary_key=True, doc="numéro d'ordre"),
    Column("key", _KEY, nullable=False, unique=True, doc=OF_ADDRESS),
    Column("kind", String(12), nullable=False, doc="type de demande"),
    Column("state", String(12), nullable=False, index=True, doc="décision"),
    Column("supplier", String(80), nullable=False, doc="numéro de la fiche"),
    Column("siret", String(14), nullable=False, index=True, doc="SIRET de la structure"),
    Column("finess", String(9), doc="FINESS de la structure"),
    Column("name", Text, nullable=False, doc="nom de la structure"),
    Column("content", Text, nullable=False, doc="ce qui a été envoyé"),
    Column("by", String(12), nullable=False, doc="par la fiche ou par une invitation"),
    Column("received_on", Date, nullable=False, doc="jour reçu"),
    Column("decided_on", Date, doc="jour de la décision"),
    Column("ends_on", Date, doc="dernier jour en vigueur"),
    Column("reason", Text, nullable=False, doc="motif de l'exploitant"),
    *_signed(),
    info={
        "part": "requests",
        "title": "Une fiche complétée, une erreur signalée, une opposition",
        "until": "Contenu effacé dès que la demande est refusée, retirée ou remplacée ; le reste au bout de douze mois.",
    },
)
"""What people ask about a structure: a declaration, a report, an opposition; or the list of its members that a network sends. ``key``: hash of the id in the link of who sent it; ``content``:
JSON, erased when it is refused, withdrawn or replaced; ``by``: « form », « invitation », « network » or « operator »."""

MEMBERS: Final = Table(
    "members",
    METADATA,
    Column("request", Integer, ForeignKey("requests.number"), primary_key=True, doc="numéro d'ordre de la liste"),
    Column("line", Integer, primary_key=True, doc="ligne du fichier"),
    Column("siret", String(14), nullable=False, index=True, doc="SIRET de la structure"),
    Column("finess", String(9), doc="numéro FINESS, quand plusieurs structures partagent un SIRET"),
    Column("supplier", String(80), nullable=False, doc="identifiant de la fiche"),
    Column("name", Text, nullable=False, doc="nom de la structure"),
    Column("content", Text, nullable=False, doc="ce qui est déclaré"),
    info={
        "part": "requests",
        "title": "Ce qu'un réseau déclare d'un de ses membres",
        "until": "Effacé dès que la liste du réseau est refusée, retirée ou remplacée, ou que la structure s'oppose ; sinon au bout de douze mois.",
    },
)
"""The rows kept of the list of a network, which is a request of the kind « members ». They are erased with what the request says."""

INVITATIONS: Final = Table(
    "invitations",
    METADATA,
    Column("key", _KEY, primary_key=True, doc=_OF_LINK),
    Column("siret", String(14), nullable=False, doc="SIRET de la structure invitée"),
    Column("network", Text, nullable=False, doc="réseau qui invite"),
    Column("issued_on", Date, nullable=False, doc="jour d'envoi"),
    Column("expires_on", Date, nullable=False, doc="dernier jour"),
    Column("used_on", Date, doc="jour où elle a servi"),
    info={
        "part": "requests",
        "title": "Une invitation à compléter une fiche",
        "until": "Effacée après son dernier jour, ou dès que la structure s'oppose.",
    },
)
"""Links by which a structure speaks for itself, once. ``key``: hash of the token of the link; ``network``: who vouches for it. Without a SIRET: a link
by which this network sends the list of its members."""

SHELF: Final = Table(
    "shelf",
    METADATA,
    Column("what", String(8), primary_key=True, doc="dossier ou étude"),
    Column("key", _KEY, primary_key=True, doc=OF_ADDRESS),
    Column("kept_until", Date, nullable=False, index=True, doc="dernier jour"),
    Column("sha256", _KEY, doc="empreinte du contenu"),
    Column("content", LargeBinary, doc="le dossier tel qu'il a été créé, ou la question tapée"),
    info={
        "part": "studies",
        "title": "Un dossier créé, ou la question d'une étude",
        "until": "Effacé après le jour écrit dessus, une étude dès que vous la supprimez ; il reste une empreinte de l'adresse, qui dit qu'il a existé.",
    },
)
"""Dossiers issued and questions of studies, byte for byte. ``what``: « dossier » or « study »; ``key``: hash of its id, the address; ``sha256``:
hash of ``content``. Both are emptied once it is deleted: the row stays, so that its address can say that it existed."""

QUOTAS: Final = Table(
    "quotas",
    METADATA,
    Column("who", _KEY, primary_key=True, doc="empreinte à clé de la connexion, de la boîte ou du domaine"),
    Column("what", String(12), primary_key=True, doc="type de demande"),
    Column("day", Date, primary_key=True, index=True, doc="jour"),
    Column("count", Integer, nullable=False, doc="nombre de demandes"),
    info={
        "part": "requests",
        "title": "Ce qu'une connexion ou une boîte a demandé dans la journée",
        "until": "Effacé le surlendemain.",
    },
)
"""What was done in a day, to bound it. ``who``: keyed hash of a client, of a mailbox or of a domain; ``what``: the kind of thing."""

GIVEN_FORMAT: Final = Table(
    "given_format",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False, doc="numéro du format"),
    Column("least", Integer, nullable=False, doc="plus ancien format compatible"),
    info={"part": "service", "title": "Le format de la base", "until": "Gardé."},
)
"""One row. ``number``: the format of the tables; ``least``: the oldest format whose code may write in them (:mod:`vivier.given.migrate`)."""

JOBS: Final = Table(
    "jobs",
    METADATA,
    Column("name", String(16), primary_key=True, doc="nom du travail"),
    Column("began_at", String(32), doc="dernier début"),
    Column("succeeded_at", String(32), doc="dernier succès"),
    Column("failed_at", String(32), doc="dernier échec"),
    Column("reason", Text, doc="motif de cet échec"),
    info={"part": "service", "title": "Un travail de nuit du service", "until": "Gardé."},
)
"""What « vivier up » does by itself: moments in ISO, UTC. ``reason``: of the last failure, in French."""
