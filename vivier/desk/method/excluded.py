"""Why a candidate is not counted: the closed list of reasons and of notes, and their French words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from vivier.desk.method.candidate import Candidate

ExclusionReason = Literal[
    "opposed",
    "inactive",
    "declined",
    "trade_refused",
    "sector_mismatch",
    "trade_unknown",
    "kind_not_eligible",
    "agreement_expired",
    "agreement_to_check",
    "zone_none",
    "zone_partial",
    "duplicate_siren",
    "capacity_too_small",
    "volume_too_small",
    "part_only",
]
EXCLUSIONS: Final[dict[ExclusionReason, str]] = {
    "opposed": "s'est opposée à figurer",
    "inactive": "fermée selon sa source",
    "declined": "a répondu qu'elle ne peut pas faire ce lot",
    "trade_refused": "déclare ne pas faire ce métier",
    "sector_mismatch": "n'exerce pas ce métier à notre connaissance",
    "trade_unknown": "métier inconnu de nos sources",
    "kind_not_eligible": "son type ne relève pas de l'article",
    "agreement_expired": "agrément expiré à la date",
    "agreement_to_check": "agrément à vérifier : sa dernière preuve est plus ancienne que sa durée légale",
    "zone_none": "sa zone, publiée ou supposée, ne couvre pas le territoire",
    "zone_partial": "sa zone, publiée ou supposée, couvre moins de la moitié de la population du territoire",
    "duplicate_siren": "autre site d'une structure déjà comptée",
    "capacity_too_small": "lot trop grand pour son chiffre d'affaires",
    "volume_too_small": "lot plus grand que le volume qu'elle déclare pouvoir prendre",
    "part_only": "a répondu qu'elle ne peut en prendre qu'une partie",
}
"""In the order in which they are checked: an excluded candidate has the first reason that applies."""
NOTES: Final[dict[str, str]] = {
    "equivalent": "pourrait répondre comme structure équivalente, sur preuve de la moitié de l'effectif",
    "to_confirm": "type à confirmer pour cet article",
    "if_ess": "seulement si son statut d'entreprise de l'ESS est prouvé",
    "not_yet": "agrément qui n'a pas commencé à la date",
    "trade_unknown": "aucune source ne dit ce qu'elle fait : à appeler",
    "zone_unknown": "sa zone n'est pas publiée ; elle a son siège ici ou en couvre une partie : à appeler",
}


@dataclass(frozen=True)
class Excluded:
    """One excluded candidate, with its reason and a note on what might change it (``NOTES``)."""

    candidate: Candidate
    reason: ExclusionReason
    note: str | None = None

    @property
    def could_answer(self) -> bool:
        """Whether it could count, if its trade, its zone or its agreement were confirmed."""
        if self.note in ("trade_unknown", "zone_unknown"):
            return True
        return self.reason == "agreement_to_check" and (self.candidate.covers or self.candidate.might_cover)
