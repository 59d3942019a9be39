"""The export of Hosmoz, network of ESAT and EA (delivered file only: its directory must not be crawled).

SIRETs are printed with spaces; a second SIRET may follow, which is reported and not kept, save when the first is missing. Fields
of competence (« pôles ») are declared activities: what separates them was not seen for sure, so `;`, `,`, `/` and line ends
are accepted, and a word that names no trade of ours is kept as written. The size is in full-time equivalents. The category
may be empty: the structure is kept without a kind.
"""

from __future__ import annotations

import re

from crawlers.kit import Aside, CsvFamily, Intake, Outcome, Row, Source
from crawlers.kit.place import address_of
from crawlers.kit.values import identifiers, number, public_text, reached, text, website
from vivier.identity import digits, is_siren
from vivier.model import Agreement, Capacity, Offer, Record
from vivier.runs.records import SourceCard
from vivier.trades.words import trade_of_words

CARD = SourceCard(
    id="hosmoz",
    role="declared",
    title="Réseau Hosmoz (ex-Gesat)",
    producer="Hosmoz",
    dataset="Export de l'annuaire des ESAT et EA",
    licence="fichier remis, non ouvert : à convenir avec Hosmoz",
    homepage="https://www.hosmoz.fr",
    covers="ESAT, EA et EATT avec leurs pôles de compétences et leur effectif en ETP.",
    limits="Déclaré par le réseau ; ni zone d'intervention, ni coordonnées géographiques ; fichier sans date.",
    kinds=("ESAT", "EA", "EATT"),
)
NETWORK = "Hosmoz"
_SIZE, _FIELDS = "Nombre de travailleurs dans la structure (en ETP)", "Pôles de compétences"
_SEPARATORS = re.compile(r"[;,/\n\r|]+")


def offers_of(fields: object, issues: list[str]) -> tuple[Offer, ...]:
    """One declared offer a field of competence, in the network's words; a trade when they name one."""
    words = [public_text(part, issues) for part in _SEPARATORS.split(fields if isinstance(fields, str) else "")]
    return tuple(dict.fromkeys(_offer(word, issues) for word in words if word))


def _offer(word: str, issues: list[str]) -> Offer:
    trade = trade_of_words(word)
    if trade is None:
        issues.append("trade_unrecognised")
    staffing = trade == "mise-a-disposition-personnel"
    return Offer(trade=trade, title=word, evidence="declared", service_types=("staffing",) if staffing else ())


def _numbers(row: Row, issues: list[str]) -> tuple[str | None, str | None]:
    """SIRET and SIREN: the second SIRET serves only where the first does not."""
    first, second = row.take("Siret"), text(row.take("Siret 2"))
    alone = digits(text(row.take("Siren")) or "")
    doubts: list[str] = []
    siret, siren = identifiers(first, doubts)
    if siret is None and second is not None:
        doubts.clear()
        siret, siren = identifiers(second, doubts)
    elif second is not None:
        doubts.append("second_siret")
    issues.extend(doubts)
    return siret, siren or (alone if is_siren(alone) else None)


def _capacity(row: Row, issues: list[str]) -> tuple[Capacity, ...]:
    size = number(row.take(_SIZE))
    if size is None or size <= 0:
        issues.append("capacity_unknown")
        return ()
    return (Capacity(value=size, unit="etp"),)


def convert(row: Row, intake: Intake) -> Outcome:
    """One structure of the network."""
    issues: list[str] = []
    name, kind, key = (
        public_text(row.take("Raison Sociale"), issues),
        text(row.take("Catégorie")),
        text(row.take("Id")),
    )
    if name is None or key is None:
        return Aside("name_missing", "« Id » ou « Raison Sociale » est vide")
    if kind is not None and kind not in CARD.kinds:
        return Aside("kind_unknown", f"« Catégorie » vaut « {kind} » ; attendu : {', '.join(CARD.kinds)} ou rien")
    if kind is None:
        issues.append("kind_absent")
    siret, siren = _numbers(row, issues)
    return Record(
        source_id=key,
        provenance=intake.provenance(url=website(row.take("URL"), issues)),
        name=name,
        siren=siren,
        siret=siret,
        agreements=(Agreement(kind=kind),) if kind else (),
        address=address_of(row, issues, ("Adresse", "Lieudit/BP"), "Code Postal", "Ville", lost_zeros=True),
        offers=offers_of(row.take(_FIELDS), issues),
        capacities=_capacity(row, issues),
        networks=(NETWORK,) if text(row.take("Adhérent Hosmoz")) == "Oui" else (),
        **reached(intake, (name,), row.take("Email"), row.take("Tel public")),
        issues=tuple(dict.fromkeys(issues)),
    )


FAMILY = CsvFamily(
    convert=convert,
    required=("Id", "Raison Sociale", "Siret", "Catégorie", "Adresse", "Code Postal", "Ville", _FIELDS),
    optional=("Siren", "Siret 2", "Lieudit/BP", _SIZE, "Adhérent Hosmoz", "URL"),
    contact=("Tel public", "Email"),
    reach=("Tel public", "Email"),
    fallback="cp1252",
)


SOURCE = Source(card=CARD, read=FAMILY.read, recognises=FAMILY.recognises, basis="declared")
