"""The columns of the exports of contracts, notices and leads, each one declared line. Unknown is an empty cell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from vivier import procurement as words
from vivier.contracts.buyers import CATEGORIES
from vivier.contracts.figures import rounded
from vivier.contracts.ranking import RankedBuyer
from vivier.french import paris_time
from vivier.lexicon import Lexicon
from vivier.procurement import LEAD_NAMES, LeadKind
from vivier.runs.issues import doubt_text
from vivier.search.columns import Cell, Column
from vivier.search.find import Reason
from vivier.trades.cpv import load_cpv


@dataclass(frozen=True)
class ListLine:
    """One contract, notice, lead or buyer to write as a row. ``tail`` is the end of every row: query, date, methods."""

    rank: int
    id: str
    record: Mapping[str, Any]
    reasons: tuple[Reason, ...]
    distance_km: float | None
    lexicon: Lexicon
    tail: tuple[str, str, str]
    lead: LeadKind | None = None
    due: str | None = None
    score: int | None = None
    ranked: RankedBuyer | None = None


ListColumn = Column[ListLine]


def _value(*path: str) -> Callable[[ListLine], Cell]:
    def read(line: ListLine) -> Cell:
        value: Any = line.record
        for name in path:
            value = None if value is None else value.get(name)
        return tuple(value) if isinstance(value, list) else value

    return read


def _deadline(line: ListLine) -> Cell:
    return paris_time(line.record.get("deadline"))


def _named(name: str, table: Mapping[str, str]) -> Callable[[ListLine], Cell]:
    def read(line: ListLine) -> Cell:
        value = line.record.get(name)
        if isinstance(value, list):
            return tuple(table.get(code, code) for code in value)
        return None if value is None else table.get(value, value)

    return read


def _state(name: str) -> Callable[[ListLine], Cell]:
    return lambda line: words.STATES[line.record.get(f"{name}_state", "unknown")]


def _declared(name: str, table: Mapping[str, str]) -> Callable[[ListLine], Cell]:
    return lambda line: tuple(table.get(code, code) for code in line.record.get(name, {}).get("values", ()))


def _holders(member: str) -> Callable[[ListLine], Cell]:
    return lambda line: tuple(holder[member] for holder in line.record.get("holders", ()) if holder.get(member))


def _inclusive(line: ListLine) -> Cell:
    return tuple(
        f"{structure['name']} ({', '.join(structure['kinds'])}, {'ce site' if structure['match'] == 'siret' else 'un site de l’entreprise'})"
        for structure in line.record.get("inclusive", ())
    )


def _provisions(line: ListLine) -> Cell:
    return tuple(
        dict.fromkeys(
            f"{words.PROVISIONS[evidence['provision']]} : {words.SIGNALS[evidence['signal']]} ({evidence['confidence']:.2f})"
            for evidence in line.record.get("evidence", ())
        )
    )


def _cpv_label(line: ListLine) -> Cell:
    code = line.record.get("cpv")
    return None if not isinstance(code, str) else load_cpv().label(code)


def _place_id(line: ListLine) -> Cell:
    """The place of a contract; those of a notice."""
    return line.record.get("place") or tuple(line.record.get("places", ())) or None


def _place(line: ListLine) -> Cell:
    place, places = line.record.get("place"), line.record.get("places", ())
    names = tuple(line.lexicon.gazetteer.get(id_).name for id_ in ([place] if place else places))
    return names[0] if place else names or None


def _lead(line: ListLine) -> Cell:
    return None if line.lead is None else LEAD_NAMES[line.lead]


def _doubts(line: ListLine) -> Cell:
    return tuple(doubt_text(code) for code in (*line.record.get("quality", ()), *line.record.get("issues", ())))


def _sources(line: ListLine) -> Cell:
    return tuple(
        dict.fromkeys(
            f"{source['producer']}, {source['dataset']}, {source['licence']}, donnée du {source.get('updated_at') or 'date inconnue'}"
            for source in line.record.get("sources", ())
        )
    )


def _ranked(read: Callable[[RankedBuyer], Cell]) -> Callable[[ListLine], Cell]:
    return lambda line: None if line.ranked is None else read(line.ranked)


def _seat(line: ListLine) -> Cell:
    id_ = line.record.get("seat")
    return None if id_ is None else line.lexicon.gazetteer.get(id_).name


_RANK = (
    ListColumn("rank", "Rang", "place dans l'ordre demandé, à partir de 1", lambda line: line.rank),
    ListColumn("id", "Identifiant Vivier", "identifiant stable", lambda line: line.id),
)
_LEAD = (
    ListColumn("lead", "Opportunité", "sorte d’opportunité", _lead),
    ListColumn("due", "Échéance", "date limite, fin au plus tard ou publication prévue", lambda line: line.due),
    ListColumn("score", "Score", "points sur 10 000", lambda line: line.score),
)
_BUYER = (
    ListColumn("buyer", "Acheteur", "nom, s'il est publié", _value("buyer", "name")),
    ListColumn("buyer_siret", "SIRET de l'acheteur", "en texte", _value("buyer", "siret")),
    ListColumn("buyer_siren", "SIREN de l'acheteur", "en texte", _value("buyer", "siren")),
    ListColumn("buyer_category", "Catégorie d'acheteur", "lue dans son SIREN", _named("buyer_category", CATEGORIES)),
)
_WHERE = (
    ListColumn("place", "Lieu d'exécution", "résolu, s'il a pu l'être", _place),
    ListColumn("place_id", "Code du lieu", "identifiant typé du territoire", _place_id),
    ListColumn(
        "distance_km",
        "Distance (km)",
        "du point demandé ; vide si inconnue ou non demandée",
        lambda line: line.distance_km,
    ),
)
_PROVISIONS = (
    ListColumn("provisions", "Considérations", "chaque indice : origine et sûreté de 0 à 1", _provisions),
    ListColumn(
        "reserved_for", "Réservé à", "familles nommées avec assez de sûreté", _named("reserved_for", words.RESERVED_FOR)
    ),
)
END_OF_ROW = (
    ListColumn("sources", "Sources", "producteur, jeu de données, licence, date", _sources),
    ListColumn("query_url", "Recherche", "adresse qui refait la recherche", lambda line: line.tail[0]),
    ListColumn("as_of", "À la date du", "date à laquelle on se place", lambda line: line.tail[1]),
    ListColumn("method_versions", "Méthodes", "versions des méthodes de calcul", lambda line: line.tail[2]),
)
_END = (
    ListColumn("reasons", "Raisons", "ce qu'on en dit", lambda line: tuple(reason.text for reason in line.reasons)),
    ListColumn("doubts", "À vérifier", "ce dont il faut douter", _doubts),
    *END_OF_ROW,
)
_CONTRACT = (
    ListColumn("object", "Objet", "tel que publié, sans coordonnées de personnes", _value("object")),
    ListColumn("kind", "Contrat", "marché ou concession", _named("kind", words.CONTRACT_KINDS)),
    ListColumn("holders", "Titulaires", "noms, s'ils sont publiés", _holders("name")),
    ListColumn("holder_sirets", "SIRET des titulaires", "en texte", _holders("siret")),
    ListColumn(
        "inclusive", "Titulaires inclusifs connus", "par SIRET (ce site) ou SIREN (peut-être un autre)", _inclusive
    ),
    ListColumn("cpv", "CPV", "huit chiffres, en texte", _value("cpv")),
    ListColumn("cpv_label", "Libellé CPV", "en français", _cpv_label),
    ListColumn("amount", "Montant (€ HT)", "version en vigueur, toute la durée", _value("amount")),
    ListColumn("months", "Durée (mois)", "maximale, reconductions comprises", _value("months")),
    ListColumn("notified", "Notifié le", "première notification", _value("notified")),
    ListColumn("ends", "Fin au plus tard", "début et durée maximale", _value("ends")),
    ListColumn("offers", "Offres reçues", "à la consultation", _value("offers")),
    ListColumn(
        "social_state", "Considération sociale", "déclarée, déclarée absente ou non renseignée", _state("social")
    ),
    ListColumn("social", "Considérations sociales déclarées", "valeurs", _declared("social", words.SOCIAL)),
    ListColumn("environmental_state", "Considération environnementale", "de même", _state("environmental")),
    ListColumn(
        "environmental",
        "Considérations environnementales déclarées",
        "valeurs",
        _declared("environmental", words.ENVIRONMENTAL),
    ),
)
_NOTICE = (
    ListColumn("title", "Objet", "titre de l'avis ou du projet", _value("title")),
    ListColumn("source", "Journal", "BOAMP, TED ou APProch", _named("source", words.NOTICE_SOURCES)),
    ListColumn("number", "Numéro", "de l'avis, en texte", _value("number")),
    ListColumn("lot", "Lot", "numéro de lot", _value("lot")),
    ListColumn("nature", "Nature", "de l'avis", _named("nature", words.NOTICE_NATURES)),
    ListColumn("published", "Publié le", "au journal", _value("published")),
    ListColumn("deadline", "Réponse avant le", "date et heure limites, à l'heure de Paris", _deadline),
    ListColumn("planned", "Publication prévue le", "d'un projet d'achat", _value("planned")),
    ListColumn("cpv", "CPV", "codes, en texte", _value("cpv")),
    ListColumn("amount_max", "Montant maximal (€ HT)", "estimé ou plafond", _value("amount_max")),
    ListColumn("months", "Durée (mois)", "maximale", _value("months")),
    ListColumn("wanted_inclusive", "Ouvert au Marché de l'inclusion", "1 oui, 0 non", _value("wanted_inclusive")),
)
_LEAD_RECORD = (
    ListColumn(
        "object",
        "Objet",
        "du marché, de l'avis ou du projet",
        lambda line: line.record.get("object") or line.record.get("title"),
    ),
    *(
        column
        for column in _CONTRACT
        if column.name in ("holders", "holder_sirets", "amount", "months", "notified", "ends", "offers")
    ),
    *(column for column in _NOTICE if column.name in ("deadline", "planned")),
)
_RANKED = (
    ListColumn("rank", "Rang", "place dans l'ordre demandé, à partir de 1", lambda line: line.rank),
    ListColumn("siren", "SIREN de l'acheteur", "en texte", lambda line: line.id),
    ListColumn("name", "Acheteur", "nom, s'il est connu", _value("name")),
    ListColumn("category", "Catégorie d'acheteur", "lue dans son SIREN", _named("category", CATEGORIES)),
    ListColumn("seat", "Siège", "commune ou département, s'il est connu", _seat),
    ListColumn(
        "distance_km", "Distance (km)", "du point du profil au siège ; vide si inconnue", lambda line: line.distance_km
    ),
    ListColumn(
        "contracts",
        "Marchés",
        "dans les métiers, le lieu et la période demandés",
        _ranked(lambda buyer: buyer.contracts),
    ),
    ListColumn(
        "social_yes", "À considération sociale", "marchés qui en déclarent une", _ranked(lambda buyer: buyer.social.yes)
    ),
    ListColumn(
        "social_no",
        "Sans considération sociale",
        "marchés qui n'en déclarent aucune",
        _ranked(lambda buyer: buyer.social.no),
    ),
    ListColumn(
        "social_unknown", "Non renseignée", "marchés qui n'en disent rien", _ranked(lambda buyer: buyer.social.unknown)
    ),
    ListColumn(
        "share_recorded", "Part des renseignés", "de 0 à 1", _ranked(lambda buyer: rounded(buyer.social.of_recorded))
    ),
    ListColumn(
        "share_low", "Part, borne basse", "Wilson, 95 %", _ranked(lambda buyer: rounded(buyer.social.interval[0]))
    ),
    ListColumn(
        "share_high", "Part, borne haute", "Wilson, 95 %", _ranked(lambda buyer: rounded(buyer.social.interval[1]))
    ),
    ListColumn(
        "coverage", "Couverture", "renseignés sur tous, de 0 à 1", _ranked(lambda buyer: rounded(buyer.social.coverage))
    ),
    ListColumn(
        "conclusive",
        "Concluant",
        "1 assez de marchés renseignés, 0 trop peu",
        _ranked(lambda buyer: int(buyer.social.conclusive)),
    ),
    ListColumn(
        "environmental_yes",
        "À considération environnementale",
        "marchés qui en déclarent une",
        _ranked(lambda buyer: buyer.environmental.yes),
    ),
    ListColumn(
        "environmental_recorded",
        "Considération environnementale renseignée",
        "marchés qui disent s'ils en ont une",
        _ranked(lambda buyer: buyer.environmental.recorded),
    ),
    ListColumn("reserved", "Marchés réservés", "connus dans la période", _ranked(lambda buyer: buyer.reserved)),
    ListColumn(
        "inclusive",
        "Marchés à des structures inclusives",
        "titulaire connu, ce site ou un autre du même SIREN",
        _ranked(lambda buyer: buyer.inclusive),
    ),
    ListColumn(
        "next_end",
        "Prochaine fin au plus tard le",
        "dans ces métiers ; vide si aucune n'est connue",
        _ranked(lambda buyer: None if buyer.next_end is None else buyer.next_end.isoformat()),
    ),
    ListColumn(
        "volume_eur_year",
        "Volume (€ HT par an)",
        "montants connus, en moyenne sur la période ; vide si aucun ne l'est",
        _ranked(lambda buyer: None if buyer.volume is None else round(buyer.volume, 2)),
    ),
    ListColumn(
        "with_amount", "Marchés au montant connu", "sur lesquels repose le volume", _ranked(lambda buyer: buyer.priced)
    ),
    ListColumn(
        "last_notified",
        "Dernier marché notifié le",
        "dans ces métiers",
        _ranked(lambda buyer: None if buyer.last is None else buyer.last.isoformat()),
    ),
    ListColumn("score", "Score", "produit des quatre facteurs, de 0 à 1", _ranked(lambda buyer: round(buyer.score, 6))),
    ListColumn(
        "peers_using",
        "Pairs qui en emploient",
        "ordre « unused » seulement",
        _ranked(lambda buyer: None if buyer.peers is None else buyer.peers.using),
    ),
    ListColumn(
        "peers",
        "Pairs assez renseignés",
        "même catégorie, mêmes métiers, toute la France",
        _ranked(lambda buyer: None if buyer.peers is None else buyer.peers.n),
    ),
)


def _plain(columns: Iterable[ListColumn]) -> tuple[ListColumn, ...]:
    """The columns without codes that stand in another one, nor the category of a buyer."""
    return tuple(column for column in columns if column.name not in ("buyer_siren", "buyer_category", "place_id"))


COLUMNS: Mapping[str, tuple[ListColumn, ...]] = {
    "contracts": (*_RANK, *_CONTRACT, *_plain((*_BUYER, *_WHERE)), *_PROVISIONS, *_END),
    "notices": (*_RANK, *_NOTICE, *_BUYER, *_WHERE, *_PROVISIONS, *_END),
    "buyers": (*_RANKED, *END_OF_ROW),
    "leads": (*_RANK, *_LEAD, *_LEAD_RECORD, *_BUYER, *_WHERE, *_PROVISIONS, *_END),
}
"""Thirty columns at most a list, those that its readers work with; the API gives the rest."""
