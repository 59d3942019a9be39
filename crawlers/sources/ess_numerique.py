"""Legal units of the social and solidarity economy in digital trades, compiled by a third party from ESS France, the ESUS
list and SIRENE.

It has no address, and its tags of trades are NAF codes in other words (62.01Z is ``dev_logiciel``, 63.11Z ``hebergement``): a
NAF code alone never proves a trade, so none is given. What it brings is ESS and ESUS, given to the sites of each SIREN; the SIRET
of the head office is enough to find, by its name, an enterprise of which no site is known.
"""

from __future__ import annotations

from crawlers.kit import Aside, CsvFamily, Intake, Outcome, Row, Skip, Source
from crawlers.kit.values import naf, text
from crawlers.sources._legal_unit import seat_of, siren_of, unit_label, unit_record
from vivier.runs.records import SourceCard

CARD = SourceCard(
    id="ess_numerique",
    role="label",
    title="Entreprises de l'ESS dans les métiers du numérique",
    producer="compilation d'un tiers (ess-numerique-database), d'après ESS France, la liste ESUS et SIRENE",
    dataset="ess-numerique-database",
    licence="MIT (le dépôt)",
    homepage="https://github.com/augustindeche-bit/ess-numerique-database",
    covers="L'appartenance à l'ESS et l'agrément ESUS d'entreprises du numérique (SIREN).",
    limits="De seconde main ; ni adresse, ni date ; les métiers n'y sont que le code NAF, qui n'en prouve aucun.",
    kinds=("ESS",),
)


def convert(row: Row, intake: Intake) -> Outcome:
    """One legal unit."""
    siren = siren_of(row.take("siren"), "siren", lost_zeros=3)
    form, active = text(row.take("categorie_juridique")) or "", text(row.take("est_active"))
    if isinstance(siren, Aside):
        return siren
    if form.startswith("1"):
        return Skip("sole_trader")
    if active == "False":
        return Skip("unit_ceased")
    lists = set((text(row.take("sources")) or "").split("|"))
    issues: list[str] = []
    kinds = ("ESS",) if "ess_france" in lists else ()
    labels = (unit_label("ESUS"),) if "esus" in lists else ()
    if not kinds and not labels:
        return Skip("not_concerned")
    code = naf(row.take("naf"), issues)
    name, siret = row.take("denomination"), seat_of(row.take("siret_siege"), siren, issues)
    return unit_record(
        siren, intake, siret=siret, name=name, kinds=kinds, labels=labels, naf=code, issues=tuple(issues)
    )


FAMILY = CsvFamily(
    convert=convert,
    required=("siren", "denomination", "sources"),
    optional=("siret_siege", "naf", "categorie_juridique", "est_active"),
    ignored=(
        "sigle",
        "tranche_effectifs",
        "famille_ess",
        "tags_numerique",
        "date_creation",
        "societe_mission",
        "site_web",
    ),
)

SOURCE = Source(card=CARD, read=FAMILY.read, recognises=FAMILY.recognises)
