"""The ASP's list of IAE structures, in its layout of July 2019: one row per agreement (``MESURE``) and département.

Identity is (SIRET, kind): some SIRETs hold several kinds. An agreement given in several départements comes on as many rows;
the first is kept, the others are duplicates. Codes of départements have three characters (``001``, ``02A``, ``59L`` and
``59V`` for the two halves of Nord); an agreement given elsewhere than at the address is an issue (``agreement_elsewhere``). Names
are cut at fifty characters by the producer (``name_cut``).
"""

from __future__ import annotations

import re
from datetime import date

from crawlers.kit import Aside, CsvFamily, Intake, Outcome, Row, Skip, Source
from crawlers.kit.place import post_code
from crawlers.kit.values import identifiers, naf, public_text, reached, siret_refused, text
from crawlers.sources._natural_person import is_natural_person
from vivier.identity import words_of
from vivier.model import Address, Agreement, Record
from vivier.runs.records import SourceCard

CARD = SourceCard(
    id="asp",
    role="register",
    title="Liste ASP des structures d'insertion (juillet 2019)",
    producer="Agence de services et de paiement (ASP)",
    dataset="Liste des structures conventionnées par mesure",
    licence="non précisée par le producteur",
    homepage="https://www.asp.gouv.fr",
    covers="Structures d'insertion conventionnées en juillet 2019, une ligne par mesure : EI, ACI, AI, ETTI.",
    limits="Ni dates d'agrément, ni métiers, ni capacité ; les changements depuis 2019 sont inconnus.",
    kinds=("EI", "ACI", "AI", "ETTI", "EITI"),
    vintage=date(2019, 7, 31),
    minimum_rows=2_000,
    minimum_basis="environ 3 850 structures de l'IAE dans la liste nationale de 2019 à 2021",
)
NAME_LIMIT = 50
"""Characters of the producer's column: a name that fills it was most likely cut."""

_DEPARTEMENT = re.compile(r"0(\d\d|2[AB])|(97\d|98\d)|(59)[LV]")


def departement(value: object) -> str | None:
    """``001`` is 01, ``02A`` is 2A, ``59L`` and ``59V`` are 59, ``974`` is itself; ``None`` for anything else."""
    found = _DEPARTEMENT.fullmatch(text(value) or "")
    return next(filter(None, found.groups())) if found else None


def is_in(post: str, code: str) -> bool:
    """Whether a post code belongs to the département (both Corsicas share 20)."""
    return post.startswith("20" if code in ("2A", "2B") else code)


def _address(row: Row, issues: list[str]) -> Address:
    line = " ".join(str(row.take(name) or "") for name in ("NUM_RUE", "NOM_RUE"))
    post = post_code(row.take("CODE_POST_COM"), issues)
    given_in = departement(row.take("CODE_DEPARTEMENT"))
    if post is not None and given_in is not None and not is_in(post, given_in):
        issues.append("agreement_elsewhere")
    return Address(line=public_text(line, issues), post_code=post, town=public_text(row.take("LIB_COM"), issues))


def convert(row: Row, intake: Intake) -> Outcome:
    """One agreement of one structure."""
    issues: list[str] = []
    written = row.take("SIRET")
    siret, siren = identifiers(written, issues)
    kind = text(row.take("MESURE"))
    named = str(row.take("DENOMINATION_SOCIALE") or "")
    name = public_text(named, issues)
    if len(named) >= NAME_LIMIT:
        issues.append("name_cut")
    if is_natural_person(text(row.take("NATURE_JURIDIQUE"))):
        return Skip("sole_trader")
    if siret is None:
        return siret_refused("SIRET", written, issues)
    if kind not in CARD.kinds:
        return Aside("kind_unknown", f"« MESURE » vaut « {kind} » ; attendu : {', '.join(CARD.kinds)}")
    if name is None:
        return Aside("name_missing", "« DENOMINATION_SOCIALE » est vide")
    return Record(
        source_id=f"{siret}-{kind}",
        provenance=intake.provenance(),
        name=name,
        siren=siren,
        siret=siret,
        agreements=(Agreement(kind=kind),),
        address=_address(row, issues),
        naf=naf(row.take("CODE_NAF2"), issues),
        **reached(intake, (name,), row.take("MAIL_SIAE"), row.take("TELEPHONE")),
        issues=tuple(dict.fromkeys(issues)),
    )


FAMILY = CsvFamily(
    convert=convert,
    required=words_of(
        "MESURE CODE_DEPARTEMENT NATURE_JURIDIQUE SIRET DENOMINATION_SOCIALE NUM_RUE NOM_RUE CODE_POST_COM LIB_COM"
    ),
    optional=("CODE_NAF2",),
    ignored=("LIBELLE_DPT", "CODE_POSTAL", "COMMUNE"),
    contact=("TELEPHONE", "MAIL_SIAE"),
    reach=("TELEPHONE", "MAIL_SIAE"),
    delimiter=";",
    fallback="cp1252",
)

SOURCE = Source(card=CARD, read=FAMILY.read, recognises=FAMILY.recognises)
