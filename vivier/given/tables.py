"""The tables of what people give. Keys are hashes: who reads the database can neither open a round nor answer for a structure."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa

METADATA: Final = sa.MetaData()
_KEY: Final = sa.String(64)
OF_ADDRESS: Final = "empreinte de l'adresse secrète"
_OF_LINK: Final = "empreinte du lien"


def _teaches() -> sa.Column[bool]:
    words = "compte ou non dans ce que les réponses apprennent"
    return sa.Column("teaches", sa.Boolean, nullable=False, default=True, server_default=sa.true(), doc=words)


def _signed() -> tuple[sa.Column[Any], ...]:
    """The day and the hash of what was signed in a former version, by a code (:mod:`vivier.given.signed`)."""
    return (
        sa.Column("signed_on", sa.Date, doc="jour de la signature par un code"),
        sa.Column("signed_by", sa.Text, doc="registre qui publie la boîte où le code est parti"),
        sa.Column("signed_hash", _KEY, doc="empreinte de ce qui est signé"),
    )


ROUNDS: Final = sa.Table(
    "rounds",
    METADATA,
    sa.Column("key", _KEY, primary_key=True, doc=OF_ADDRESS),
    sa.Column("opened_on", sa.Date, nullable=False, doc="jour d'ouverture"),
    sa.Column("closes_on", sa.Date, nullable=False, doc="dernier jour pour répondre"),
    sa.Column("kept_until", sa.Date, nullable=False, index=True, doc="dernier jour gardé"),
    sa.Column("question", sa.Text, nullable=False, doc="le besoin tapé par l'acheteur"),
    sa.Column("line", sa.Integer, nullable=False, doc="lot concerné"),
    sa.Column("organisation", sa.Text, nullable=False, doc="organisme acheteur"),
    sa.Column("tells_amount", sa.Boolean, nullable=False, doc="montant montré ou non"),
    sa.Column("seed", sa.Text, nullable=False, doc="numéro du tirage au sort"),
    sa.Column("withdrawn", sa.Integer, nullable=False, default=0, doc="nombre de structures retirées à leur demande"),
    sa.Column("gone", sa.Boolean, nullable=False, default=False, doc="supprimée ou non"),
    sa.Column("trades", sa.Text, doc="métiers du lot"),
    sa.Column("opener", sa.Integer, doc="qui l'a ouverte : un numéro parmi 256, que plusieurs connexions partagent"),
    _teaches(),
    sa.Column("together", _KEY, index=True, doc="repère des enquêtes ouvertes ensemble"),
    info={
        "part": "rounds",
        "title": "Une enquête auprès de structures",
        "until": "Effacée après le jour écrit dessus, ou quand son auteur la supprime ; il reste une empreinte de l'adresse.",
    },
)
"""One round. ``key``: hash of its id, the address; ``withdrawn``: structures that opposed since; ``gone``: everything else is erased;
``trades``: of its lot, as we read them; ``opener``: who opened it, as one of a few hundred (:mod:`vivier.given.lessons`); ``together``: a hash shared by
the rounds opened together, ``NULL`` for one opened alone."""

INVITED: Final = sa.Table(
    "invited",
    METADATA,
    sa.Column("round", _KEY, sa.ForeignKey("rounds.key"), primary_key=True, doc="enquête"),
    sa.Column("structure", sa.String(80), primary_key=True, doc="numéro de la fiche"),
    sa.Column("rank", sa.Integer, nullable=False, doc="rang dans la liste neutre"),
    sa.Column("name", sa.Text, nullable=False, doc="nom de la structure"),
    sa.Column("kinds", sa.Text, nullable=False, doc="types de structure"),
    sa.Column("commune", sa.Text, doc="commune"),
    sa.Column("website", sa.Text, doc="site"),
    sa.Column("sirets", sa.Text, nullable=False, doc="SIRET"),
    sa.Column("token", _KEY, nullable=False, doc=_OF_LINK),
    sa.Column("departement", sa.String(3), doc="département du siège"),
    sa.Column("silent", sa.Boolean, doc="son métier était inconnu ou non"),
    sa.UniqueConstraint("token"),
    info={
        "part": "rounds",
        "title": "Une structure interrogée",
        "until": "Effacée avec l'enquête, ou dès que la structure s'oppose.",
    },
)
"""The structures of a round. ``rank``: in the neutral order; ``token``: hash of the one in its link; ``kinds`` and ``sirets`` are separated
by spaces, its own SIRET first; ``departement``: of its seat; ``silent``: no source gave its trade."""

ANSWERS: Final = sa.Table(
    "answers",
    METADATA,
    sa.Column("round", _KEY, sa.ForeignKey("rounds.key"), primary_key=True, doc="enquête"),
    sa.Column("structure", sa.String(80), primary_key=True, doc="numéro de la fiche"),
    sa.Column("can", sa.String(4), nullable=False, doc="peut répondre ou non"),
    sa.Column("given_on", sa.Date, nullable=False, doc="jour"),
    sa.Column("by", sa.String(12), nullable=False, doc="saisie par la structure ou par le facilitateur"),
    sa.Column("volume", sa.Float, doc="volume possible"),
    sa.Column("start", sa.Date, doc="date possible"),
    sa.Column("together", sa.String(12), doc="seule ou avec d'autres"),
    sa.Column("article", sa.String(20), doc="article du code visé"),
    sa.Column("why", sa.String(8), doc="pourquoi elle ne peut pas"),
    _teaches(),
    *_signed(),
    info={
        "part": "rounds",
        "title": "La réponse d'une structure",
        "until": "Effacée avec l'enquête, ou quand la structure la retire.",
    },
)
"""One answer a structure. There is no column for a person, nor for a free text."""

LEADS_REFUSED: Final = sa.Table(
    "leads_refused",
    METADATA,
    sa.Column("structure", sa.String(80), primary_key=True, doc="numéro de la fiche"),
    sa.Column("lead", sa.String(120), primary_key=True, doc="marché ou avis écarté"),
    sa.Column("why", sa.String(8), nullable=False, doc="pourquoi"),
    sa.Column("given_on", sa.Date, nullable=False, doc="jour"),
    sa.Column("kept_until", sa.Date, nullable=False, index=True, doc="dernier jour gardé"),
    sa.Column("siret", sa.String(14), nullable=False, index=True, doc="SIRET de la structure"),
    sa.Column("kinds", sa.Text, nullable=False, doc="types de structure"),
    sa.Column("departement", sa.String(3), doc="département du siège"),
    sa.Column("trades", sa.Text, nullable=False, doc="métiers concernés"),
    sa.Column("silent", sa.Boolean, nullable=False, doc="son métier était inconnu ou non"),
    sa.Column("opener", sa.Integer, doc="qui l'a écartée : un numéro parmi 256, que plusieurs connexions partagent"),
    _teaches(),
    info={
        "part": "requests",
        "title": "Une opportunité qu'une structure écarte",
        "until": "Effacée au bout de six mois, ou dès que la structure s'oppose.",
    },
)
"""A lead that a structure set aside. ``lead``: contract or notice, with its collection; ``trades``: those of the structure that the lead is
about."""

LEAD_QUESTIONS: Final = sa.Table(
    "lead_questions",
    METADATA,
    sa.Column("structure", sa.String(80), primary_key=True, doc="numéro de la fiche"),
    sa.Column("week", sa.Date, primary_key=True, doc="lundi de la semaine"),
    sa.Column("trade", sa.String(80), nullable=False, doc="métier demandé"),
    sa.Column("text", sa.Text, nullable=False, doc="la question"),
    sa.Column("answer", sa.String(5), doc="oui, non ou plus tard"),
    sa.Column("given_on", sa.Date, nullable=False, doc="jour de la question, puis de la réponse"),
    sa.Column("kept_until", sa.Date, nullable=False, index=True, doc="dernier jour gardé"),
    sa.Column("siret", sa.String(14), nullable=False, index=True, doc="SIRET de la structure"),
    sa.Column("kinds", sa.Text, nullable=False, doc="types de structure"),
    sa.Column("departement", sa.String(3), doc="département du siège"),
    sa.Column("silent", sa.Boolean, nullable=False, doc="son métier était inconnu ou non"),
    sa.Column("opener", sa.Integer, doc="qui a répondu : un numéro parmi 256, que plusieurs connexions partagent"),
    _teaches(),
    info={
        "part": "requests",
        "title": "La question de la semaine posée à une structure",
        "until": "Effacée à la fin de la semaine, ou six mois après une réponse. Effacée aussi dès que la structure s'oppose.",
    },
)
"""The question of a week to a structure, and its answer. ``week``: its Monday; ``text``: the question in French; ``given_on``: the day asked, then the day
answered; ``opener``: who answered."""

READINGS: Final = sa.Table(
    "readings",
    METADATA,
    sa.Column(
        "words",
        sa.String(200),
        primary_key=True,
        doc="mots de nos tables qui ont désigné le métier, jamais ce qui a été tapé",
    ),
    sa.Column("read", sa.String(200), primary_key=True, doc="métiers lus"),
    sa.Column("chosen", sa.String(200), primary_key=True, doc="métiers choisis à la place"),
    sa.Column("times", sa.Integer, nullable=False, doc="nombre de fois"),
    sa.Column("last_on", sa.Date, nullable=False, index=True, doc="dernier jour"),
    info={
        "part": "requests",
        "title": "Une correction de la lecture d'un besoin, comptée",
        "until": "Effacée au bout d'un an sans nouvelle correction.",
    },
)
"""Corrections of readings, counted. ``words``: those of our tables that spoke for the trades read, never what was typed; ``read``, ``chosen``:
codes of trades."""

FOLLOW_UPS: Final = sa.Table(
    "follow_ups",
    METADATA,
    sa.Column("key", _KEY, primary_key=True, doc=OF_ADDRESS),
    sa.Column("opened_on", sa.Date, nullable=False, doc="jour d'ouverture"),
    sa.Column("kept_until", sa.Date, nullable=False, index=True, doc="dernier jour gardé"),
    sa.Column("lots", sa.Integer, nullable=False, default=0, doc="nombre de lots suivis depuis l'ouverture"),
    sa.Column("gone", sa.Boolean, nullable=False, default=False, doc="supprimé ou non"),
    info={
        "part": "rounds",
        "title": "Un suivi d'heures d'insertion",
        "until": "Effacé un an après le dernier mois suivi, ou quand son auteur le supprime ; il reste une empreinte de l'adresse.",
    },
)
"""One follow-up of insertion hours. ``key``: hash of its id, the address; ``lots``: added since it was opened, withdrawn ones included, so that the
link of a withdrawn lot is never drawn again; ``gone``: everything else is erased."""

FOLLOWED_LOTS: Final = sa.Table(
    "followed_lots",
    METADATA,
    sa.Column("follow_up", _KEY, sa.ForeignKey("follow_ups.key"), primary_key=True, doc="suivi"),
    sa.Column("lot", sa.Integer, primary_key=True, doc="numéro du lot"),
    sa.Column("object", sa.Text, nullable=False, doc="objet"),
    sa.Column("reference", sa.Text, nullable=False, doc="référence"),
    sa.Column("buyer", sa.Text, nullable=False, doc="acheteur"),
    sa.Column("basin", sa.Text, nullable=False, doc="bassin"),
    sa.Column("hours", sa.Float, doc="heures dues"),
    sa.Column("start", sa.Date, nullable=False, doc="premier mois"),
    sa.Column("months", sa.Integer, nullable=False, doc="durée en mois"),
    info={"part": "rounds", "title": "Un lot suivi", "until": "Effacé avec le suivi, ou quand son auteur le retire."},
)
"""A lot of a follow-up. ``lot``: its number, from 1; ``basin``: a territory; ``hours``: due, ``NULL`` when nobody set them; ``start``: the
first day of the first month."""

FOLLOWED_COMPANIES: Final = sa.Table(
    "followed_companies",
    METADATA,
    sa.Column("follow_up", _KEY, sa.ForeignKey("follow_ups.key"), primary_key=True, doc="suivi"),
    sa.Column("lot", sa.Integer, primary_key=True, doc="numéro du lot"),
    sa.Column("company", sa.Integer, primary_key=True, doc="rang de l'entreprise"),
    sa.Column("name", sa.Text, nullable=False, doc="nom de l'entreprise"),
    sa.Column("token", _KEY, nullable=False, doc=_OF_LINK),
    sa.UniqueConstraint("token"),
    info={"part": "rounds", "title": "Une entreprise qui dit ses heures", "until": "Effacée avec le lot."},
)
"""A company that tells the hours of a lot. ``token``: hash of the one in its link."""

FOLLOWED_HOURS: Final = sa.Table(
    "followed_hours",
    METADATA,
    sa.Column("follow_up", _KEY, sa.ForeignKey("follow_ups.key"), primary_key=True, doc="suivi"),
    sa.Column("lot", sa.Integer, primary_key=True, doc="numéro du lot"),
    sa.Column("company", sa.Integer, primary_key=True, doc="rang de l'entreprise"),
    sa.Column("month", sa.Date, primary_key=True, doc="mois"),
    sa.Column("hours", sa.Float, nullable=False, doc="nombre d'heures, jamais qui les a faites"),
    sa.Column("given_on", sa.Date, nullable=False, doc="jour où elles ont été dites"),
    sa.Column("by", sa.String(12), nullable=False, doc="saisies par l'entreprise ou par le facilitateur"),
    info={
        "part": "rounds",
        "title": "Les heures d'une entreprise en un mois",
        "until": "Effacées avec le lot, ou quand l'entreprise les retire.",
    },
)
"""The hours of a company in a month: ``month`` is its first day. A month without a row is unknown. No column is for a person."""

FOLLOWED_SHARES: Final = sa.Table(
    "followed_shares",
    METADATA,
    sa.Column("follow_up", _KEY, sa.ForeignKey("follow_ups.key"), primary_key=True, doc="suivi"),
    sa.Column("lot", sa.Integer, primary_key=True, doc="numéro du lot"),
    sa.Column("quarter", sa.Integer, primary_key=True, doc="rang du trimestre"),
    sa.Column("what", sa.String(12), primary_key=True, doc="public ou voie"),
    sa.Column("hours", sa.Float, nullable=False, doc="nombre d'heures"),
    info={
        "part": "rounds",
        "title": "Les heures d'un trimestre, par public ou par voie",
        "until": "Effacées avec le lot.",
    },
)
"""The hours of a quarter of a lot by public or by way. ``what``: a code of :mod:`vivier.desk.tell.follow_up`."""

REQUESTS: Final = sa.Table(
    "requests",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, doc="numéro d'ordre"),
    sa.Column("key", _KEY, nullable=False, unique=True, doc=OF_ADDRESS),
    sa.Column("kind", sa.String(12), nullable=False, doc="type de demande"),
    sa.Column("state", sa.String(12), nullable=False, index=True, doc="décision"),
    sa.Column("supplier", sa.String(80), nullable=False, doc="numéro de la fiche"),
    sa.Column("siret", sa.String(14), nullable=False, index=True, doc="SIRET de la structure"),
    sa.Column("finess", sa.String(9), doc="FINESS de la structure"),
    sa.Column("name", sa.Text, nullable=False, doc="nom de la structure"),
    sa.Column("content", sa.Text, nullable=False, doc="ce qui a été envoyé"),
    sa.Column("by", sa.String(12), nullable=False, doc="par la fiche ou par une invitation"),
    sa.Column("received_on", sa.Date, nullable=False, doc="jour reçu"),
    sa.Column("decided_on", sa.Date, doc="jour de la décision"),
    sa.Column("ends_on", sa.Date, doc="dernier jour en vigueur"),
    sa.Column("reason", sa.Text, nullable=False, doc="motif de l'exploitant"),
    *_signed(),
    info={
        "part": "requests",
        "title": "Une fiche complétée, une erreur signalée, une opposition",
        "until": "Contenu effacé dès que la demande est refusée, retirée ou remplacée ; le reste au bout de douze mois.",
    },
)
"""What people ask about a structure: a declaration, a report, an opposition; or the list of its members that a network sends. ``key``: hash of the id in the link of who sent it; ``content``:
JSON, erased when it is refused, withdrawn or replaced; ``by``: « form », « invitation », « network » or « operator »."""

MEMBERS: Final = sa.Table(
    "members",
    METADATA,
    sa.Column(
        "request", sa.Integer, sa.ForeignKey("requests.number"), primary_key=True, doc="numéro d'ordre de la liste"
    ),
    sa.Column("line", sa.Integer, primary_key=True, doc="ligne du fichier"),
    sa.Column("siret", sa.String(14), nullable=False, index=True, doc="SIRET de la structure"),
    sa.Column("finess", sa.String(9), doc="numéro FINESS, quand plusieurs structures partagent un SIRET"),
    sa.Column("supplier", sa.String(80), nullable=False, doc="identifiant de la fiche"),
    sa.Column("name", sa.Text, nullable=False, doc="nom de la structure"),
    sa.Column("content", sa.Text, nullable=False, doc="ce qui est déclaré"),
    info={
        "part": "requests",
        "title": "Ce qu'un réseau déclare d'un de ses membres",
        "until": "Effacé dès que la liste du réseau est refusée, retirée ou remplacée, ou que la structure s'oppose. Sinon au bout de douze mois.",
    },
)
"""The rows kept of the list of a network, which is a request of the kind « members ». They are erased with what the request says."""

INVITATIONS: Final = sa.Table(
    "invitations",
    METADATA,
    sa.Column("key", _KEY, primary_key=True, doc=_OF_LINK),
    sa.Column("siret", sa.String(14), nullable=False, doc="SIRET de la structure invitée"),
    sa.Column("network", sa.Text, nullable=False, doc="réseau qui invite"),
    sa.Column("issued_on", sa.Date, nullable=False, doc="jour d'envoi"),
    sa.Column("expires_on", sa.Date, nullable=False, doc="dernier jour"),
    sa.Column("used_on", sa.Date, doc="jour où elle a servi"),
    info={
        "part": "requests",
        "title": "Une invitation à compléter une fiche",
        "until": "Effacée après son dernier jour, ou dès que la structure s'oppose.",
    },
)
"""Links by which a structure speaks for itself, once. ``key``: hash of the token of the link; ``network``: who vouches for it. Without a SIRET: a link
by which this network sends the list of its members."""

SHELF: Final = sa.Table(
    "shelf",
    METADATA,
    sa.Column("what", sa.String(8), primary_key=True, doc="dossier ou étude"),
    sa.Column("key", _KEY, primary_key=True, doc=OF_ADDRESS),
    sa.Column("kept_until", sa.Date, nullable=False, index=True, doc="dernier jour"),
    sa.Column("sha256", _KEY, doc="empreinte du contenu"),
    sa.Column("content", sa.LargeBinary, doc="le dossier tel qu'il a été créé, ou la question tapée"),
    info={
        "part": "studies",
        "title": "Un dossier créé, ou la question d'une étude",
        "until": "Effacé après le jour écrit dessus, une étude dès que vous la supprimez. Il reste une empreinte de l'adresse, qui dit qu'il a existé.",
    },
)
"""Dossiers issued and questions of studies, byte for byte. ``what``: « dossier » or « study »; ``key``: hash of its id, the address; ``sha256``:
hash of ``content``. Both are emptied once it is deleted: the row stays, so that its address can say that it existed."""

QUOTAS: Final = sa.Table(
    "quotas",
    METADATA,
    sa.Column("who", _KEY, primary_key=True, doc="empreinte à clé de la connexion, de la boîte ou du domaine"),
    sa.Column("what", sa.String(12), primary_key=True, doc="type de demande"),
    sa.Column("day", sa.Date, primary_key=True, index=True, doc="jour"),
    sa.Column("count", sa.Integer, nullable=False, doc="nombre de demandes"),
    info={
        "part": "requests",
        "title": "Ce qu'une connexion ou une boîte a demandé dans la journée",
        "until": "Effacé le surlendemain.",
    },
)
"""What was done in a day, to bound it. ``who``: keyed hash of a client, of a mailbox or of a domain; ``what``: the kind of thing."""

GIVEN_FORMAT: Final = sa.Table(
    "given_format",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False, doc="numéro du format"),
    sa.Column("least", sa.Integer, nullable=False, doc="plus ancien format compatible"),
    info={"part": "service", "title": "Le format de la base", "until": "Gardé."},
)
"""One row. ``number``: the format of the tables; ``least``: the oldest format whose code may write in them (:mod:`vivier.given.migrate`)."""

JOBS: Final = sa.Table(
    "jobs",
    METADATA,
    sa.Column("name", sa.String(16), primary_key=True, doc="nom du travail"),
    sa.Column("began_at", sa.String(32), doc="dernier début"),
    sa.Column("succeeded_at", sa.String(32), doc="dernier succès"),
    sa.Column("failed_at", sa.String(32), doc="dernier échec"),
    sa.Column("reason", sa.Text, doc="motif de cet échec"),
    info={"part": "service", "title": "Un travail de nuit du service", "until": "Gardé."},
)
"""What « vivier up » does by itself: moments in ISO, UTC. ``reason``: of the last failure, in French."""
