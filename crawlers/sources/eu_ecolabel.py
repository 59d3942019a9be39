"""EU Ecolabel licences, from a list or a saved page somebody has: CSV, Excel, or HTML with a table or a sheet of properties.

No open file nor interface could be verified, and two descriptions of an interface found in public code contradict each other:
none is asked. Columns are known under several names, in French and in English. A licence is of a product group, which may
prove a trade (``eu_ecolabel_groups.csv``); the scope is the product, not the company. Holders outside France are left out.
The number often begins with the country of the body that awarded it, which serves only where no country is written.
"""

from __future__ import annotations

from crawlers.kit import Aside, Intake, Outcome, Row, Skip, Source, TableFamily
from crawlers.kit.values import public_text, text
from crawlers.sources._certificate import COLUMNS, certified, record_of
from vivier.identity import fold
from vivier.model import Offer
from vivier.runs.records import SourceCard
from vivier.trades.product_groups import ProductGroup, product_group

CARD = SourceCard(
    id="eu_ecolabel",
    role="label",
    title="Licences de l'Écolabel européen (liste apportée)",
    producer="organismes compétents de l'Union (AFNOR Certification en France), liste remise par l'utilisateur",
    dataset="Licences de l'Écolabel européen",
    licence="non précisée : aucun fichier ouvert vérifié",
    homepage="https://environment.ec.europa.eu/topics/circular-economy/eu-ecolabel_en",
    covers="Les titulaires français de la liste apportée, avec groupe de produits, numéro et fin de licence.",
    limits="Aucun fichier ouvert vérifié : sans liste apportée, la source n'est pas raccordée et zéro n'y est pas un fait.",
)
_FRANCE = frozenset(("FR", "FRA", "FRANCE", "GUADELOUPE", "MARTINIQUE", "GUYANE", "LA REUNION", "REUNION", "MAYOTTE"))


def _offers(known: ProductGroup | None, title: str | None) -> tuple[Offer, ...]:
    if known is None:
        return certified(None, title, None)
    return certified(known.trade, title, "service" if known.nature == "service" else "goods")


def _is_abroad(country: str | None, number: str) -> bool:
    country_word = fold(country) if country else fold(number).split(" ")[0]
    if country is None and not (len(country_word) == 2 and country_word.isalpha()):
        return False
    return country_word not in _FRANCE


def convert(row: Row, intake: Intake) -> Outcome:
    issues: list[str] = []
    number, country = text(row.take("number")), text(row.take("country"))
    group, product = public_text(row.take("group"), issues), public_text(row.take("product"), issues)
    if number is None:
        return Aside("field_missing", "le numéro de licence est vide")
    if _is_abroad(country, number):
        return Skip("abroad")
    known = product_group(group) if group else None
    domain = known.name if known else group
    offers = _offers(known, product or domain)
    return record_of(row, intake, "EU_ECOLABEL", "product", number=number, domain=domain, offers=offers)


FAMILY = TableFamily(
    convert=convert,
    columns={
        **COLUMNS,
        "number": (
            "licence number",
            "license number",
            "ecolabel licence no",
            "ecolabel licence number",
            "licence no",
            "licence",
            "license",
            "numéro de licence",
            "n° de licence",
        ),
        "group": (
            "product group",
            "groupe de produits",
            "product or service group",
            "product category",
            "category",
            "catégorie",
            "catégorie de produits",
        ),
        "product": ("product name", "product", "produit", "service", "nom du produit", "produit ou service"),
        "country": ("country", "pays"),
    },
    required=("number", "name"),
    pages=True,
)

SOURCE = Source(card=CARD, read=FAMILY.read, recognises=FAMILY.recognises)
