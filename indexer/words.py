"""French words for what the indexer counts."""

from __future__ import annotations

from typing import Final

MERGE: Final[dict[str, str]] = {
    "records": "fiches lues",
    "suppliers": "fournisseurs",
    "merged_by_decision": "réunies par décision",
    "merged_by_finess": "réunies par FINESS",
    "merged_by_siret": "réunies par SIRET",
    "merged_by_source_key": "réunies par clé de source",
    "merged_by_name_place": "réunies par nom et lieu",
    "linked_same_siren": "fournisseurs d'un même SIREN",
    "labels_attached": "fiches de label sans adresse, rattachées à leur entreprise",
    "labels_alone": "fiches de label sans adresse, fournisseurs par leur seul SIRET",
    "labels_without_supplier": "fiches de label sans adresse, SIRET ni fournisseur connu, comptées et non montrées",
    "doubtful": "paires douteuses, non réunies",
    "known_to_sirene": "connus de SIRENE",
    "sole_trader_left_out": "entreprises individuelles sans liste officielle, non montrées",
    "point_from_ban": "points trouvés par la BAN",
    "enriching": "fiches de sites web rattachées",
    "enriching_alone": "fiches de sites web sans fournisseur, laissées",
    "opposed": "fournisseurs retirés sur opposition",
    "declared_alone": "déclarations dont la structure n'est plus connue, laissées",
    "contracts_unread": "marchés illisibles, qui ne prouvent aucun métier",
    "decisions_unknown": "décisions sur des fiches absentes",
}
"""Counts of :class:`indexer.merge.Merged`, of :func:`indexer.registers.in_context` and :func:`indexer.won.contracts_won`."""
