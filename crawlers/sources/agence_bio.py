"""Agence Bio: notified operators, with their certificates, productions and places of activity (JSON pages by ``debut``).

Facts and traps: a page may be shorter than asked and the last one is empty; an operator may come back on another page; the
identity is ``numeroBio``, since some have no SIRET. ``gerant`` is a person and is never kept; neither is a name that is that
person's. The address is the active one of activity, else the active head office, never the first of the list. ``AB`` is
certified, ``C1`` to ``C3`` are years of conversion whose goods are not sold as organic. ``mixite`` says that the operator
also makes goods that are not organic. ``departementId`` is an internal number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from crawlers.kit import Aside, FetchPlan, Intake, Outcome, Row, Skip, Source
from crawlers.kit.json_family import ItemPages
from crawlers.kit.place import insee, point, post_code
from crawlers.kit.proof import proof_url
from crawlers.kit.sole import is_person
from crawlers.kit.values import company_reached, identifiers, iso_date, naf, public_text, text, website
from crawlers.plan import Offsets
from vivier.identity import fold
from vivier.model import Address, Evidence, Label, Offer, Record
from vivier.runs.records import SourceCard
from vivier.trades.table import load_trades
from vivier.validity import Period, periods

CONVERSION = frozenset({"C1", "C2", "C3"})
_REACH = ("email", "telephoneCommerciale", "telephone")
"""Of a company only: a farm without a legal form in its name may be a person's."""
_STATES = frozenset({"ENGAGEE", "ARRETEE", "SUSPENDUE"})
_USED = ("organisme", "etatCertification", "dateEngagement", "dateArret", "dateSuspension", "dateNotification", "url")


@dataclass(frozen=True)
class Certificate:
    """A certificate in one of the states that have a meaning: engaged, suspended or stopped."""

    state: str
    issuer: str | None
    start: date | None
    end: date | None
    url: str | None


@dataclass(frozen=True)
class Operator:
    """The fields that decide labels and trades: certificates, productions (name, code, state), activities, categories."""

    number: str
    certificates: tuple[Certificate, ...]
    productions: tuple[tuple[str, str, str], ...]
    activities: tuple[str, ...]
    categories: tuple[str, ...]
    mixed: bool

    @classmethod
    def read(cls, row: Row, number: str, intake: Intake, issues: list[str]) -> Operator:
        """Consume the fields of an operator that speak of its certification."""
        return cls(
            number=number,
            certificates=tuple(_certificates(row.take("certificats"), intake, issues)),
            productions=tuple(_productions(row.take("productions"))),
            activities=_names(row.take("activites"), issues),
            categories=_names(row.take("categories"), issues),
            mixed=(text(row.take("mixite")) or "").lower() == "oui",
        )

    @property
    def organic(self) -> list[tuple[str, str]]:
        """Name and code of what is sold as organic: productions whose state is not a year of conversion."""
        return [(name, code) for name, code, state in self.productions if state not in CONVERSION]

    @property
    def converting(self) -> list[tuple[str, str]]:
        """Name and code of what is in conversion only."""
        sold = {name for name, _ in self.organic}
        return [(name, code) for name, code, state in self.productions if state in CONVERSION and name not in sold]

    @property
    def only_converting(self) -> bool:
        """Whether everything it makes is in conversion: nothing is sold as organic yet."""
        return bool(self.productions) and not self.organic


def _objects(value: object) -> list[dict[str, object]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _names(value: object, issues: list[str]) -> tuple[str, ...]:
    names = (public_text(item.get("nom"), issues) for item in _objects(value))
    return tuple(dict.fromkeys(name for name in names if name))


def _productions(value: object) -> Iterator[tuple[str, str, str]]:
    for item in _objects(value):
        name, code = text(item.get("nom")), text(item.get("code")) or ""
        states = [text(state.get("etatProduction")) or "" for state in _objects(item.get("etatProductions"))]
        for state in dict.fromkeys(states or [""]):
            if name:
                yield name, code, state.upper()


def _certificates(value: object, intake: Intake, issues: list[str]) -> Iterator[Certificate]:
    for item in _objects(value):
        intake.unknown.update(f"certificats.{key}" for key in item if key not in _USED)
        state = (text(item.get("etatCertification")) or "").upper().replace("É", "E")
        if state in _STATES:
            yield Certificate(
                state=state,
                issuer=public_text(item.get("organisme"), issues),
                start=iso_date(item.get("dateEngagement")),
                end=iso_date(item.get("dateArret")),
                url=proof_url(item.get("url"), issues),
            )


def labels_of(operator: Operator, issues: list[str]) -> tuple[Label, ...]:
    """One label per certificate; none while everything is in conversion, since nothing is sold as organic."""
    if operator.only_converting:
        issues.append("bio_conversion")
        return ()
    return tuple(dict.fromkeys(_labels(operator, issues)))


def _labels(operator: Operator, issues: list[str]) -> Iterator[Label]:
    domain = " ; ".join(dict.fromkeys(name for name, _ in operator.organic)) or " ; ".join(operator.activities)
    for certificate in operator.certificates:
        if certificate.state == "ARRETEE" and certificate.end is None:
            # Without its end the label would look valid for ever.
            issues.append("certificate_end_unknown")
            continue
        yield Label(
            code="BIO",
            scope="product",
            domain=domain or None,
            title="production mixte, bio et non bio" if operator.mixed else None,
            number=operator.number,
            issuer=certificate.issuer,
            valid_from=certificate.start,
            valid_until=certificate.end,
            suspended=certificate.state == "SUSPENDUE",
            proof_url=certificate.url,
        )


def offers_of(operator: Operator, labels: Iterable[Label], today: date, issues: list[str]) -> tuple[Offer, ...]:
    """One offer for each trade and period that its labels certify. Productions in conversion are only declared, and
    undated.

    Activities (« Préparation », « Distribution ») are coarser than productions: they are read only when productions
    give no trade. A trade in conversion is left out when a label that holds ``today`` certifies the same trade.
    """
    if not operator.certificates:
        return ()
    about = " ; ".join((*operator.activities, *operator.categories)) or None
    certified = periods(labels)
    proved = list(_offers(operator.organic, "certified", about))
    converting = list(_offers(operator.converting, "declared", about, " (en conversion)"))
    if certified and not proved and not converting:
        proved = list(_by_activity(operator, about))
        if not proved:
            issues.append("bio_without_trade")
    in_force = {offer.trade for offer in proved} if any(period.holds_on(today) for period in certified) else set()
    dated = [_during(offer, period) for offer in _distinct(proved) for period in certified]
    return (*dated, *(offer for offer in _distinct(converting) if offer.trade not in in_force))


def _distinct(offers: list[Offer]) -> Iterator[Offer]:
    """The first offer of each trade."""
    seen: set[str | None] = set()
    for offer in offers:
        if offer.trade not in seen:
            seen.add(offer.trade)
            yield offer


def _during(offer: Offer, certified: Period) -> Offer:
    return offer.model_copy(update={"valid_from": certified.start, "valid_until": certified.end})


def _offers(
    productions: Sequence[tuple[str, str]], evidence: Evidence, about: str | None, mark: str = ""
) -> Iterator[Offer]:
    names: dict[str, list[str]] = {}
    for name, code in productions:
        for trade in trades_of_production(name, code):
            names.setdefault(trade, []).append(f"{name}{mark}")
    for trade, titles in names.items():
        title = " ; ".join(dict.fromkeys(titles))
        yield Offer(trade=trade, service_types=("goods",), evidence=evidence, title=title, description=about)


def _by_activity(operator: Operator, about: str | None) -> Iterator[Offer]:
    for activity in operator.activities:
        for trade in load_trades().by_bio(activity):
            yield Offer(trade=trade.code, evidence="certified", title=activity, description=about)


def trades_of_production(name: str, code: str) -> tuple[str, ...]:
    """Trades of a production by its name, else by its code of the classification of products (``01.13.4`` → ``01.13``)."""
    trades = load_trades()
    written = [name, *(code[:end] for end in range(len(code), 1, -1))]
    found = next((trades.by_bio(key) for key in written if trades.by_bio(key)), ())
    return tuple(trade.code for trade in found)


_WANTED = ("LIEUX D ACTIVITE", "SIEGE SOCIAL")


def chosen(items: object) -> dict[str, object]:
    """The first active address of the best use; empty when there is none."""
    listed = [dict(item) for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []
    active = [item for item in listed if item.get("active") is not False]
    for use in _WANTED:
        for item in active:
            if use in _uses(item):
                return item
    return {}


def _uses(item: Mapping[str, Any]) -> list[str]:
    uses = item.get("typeAdresseOperateurs")
    return [fold(str(use)) for use in uses] if isinstance(uses, list) else []


def address_of(items: object, intake: Intake, issues: list[str]) -> Address:
    """The chosen address. Without one, the address is empty (issue ``address_inactive``): nothing is invented."""
    found = chosen(items)
    if not found:
        issues.append("address_inactive")
        return Address()
    row = Row(found, "")
    row.ignore(("id", "active", "departementId", "typeAdresseOperateurs"))
    commune, arrondissement = insee(row.take("codeCommune"), issues)
    address = Address(
        line=public_text(row.take("lieu"), issues),
        post_code=post_code(row.take("codePostal"), issues, lost_zeros=True),
        town=public_text(row.take("ville"), issues),
        commune=commune,
        arrondissement=arrondissement,
        point=point(((row.take("long"), row.take("lat")),), issues),
    )
    intake.unknown.update(f"adressesOperateurs.{key}" for key in row.left)
    return address


_HOST = "opendata.agencebio.org"
CARD = SourceCard(
    id="agence_bio",
    role="label",
    title="Opérateurs de l'agriculture biologique",
    producer="Agence Bio, à partir des organismes certificateurs",
    dataset="Annuaire des opérateurs bio (API opérateurs)",
    licence="non précisée par le producteur",
    homepage="https://www.agencebio.org",
    covers="Producteurs, préparateurs, distributeurs et restaurateurs bio, avec productions, certificats et lieu d'activité.",
    limits="Ni capacité ni zone d'intervention ; le certificat n'a pas de date de fin tant qu'il est engagé.",
    cadence_days=7,
    exhaustive=True,
    minimum_rows=20_000,
    minimum_basis="plus de 60 000 exploitations certifiées selon l'Agence Bio, chiffre non vérifié par nous",
)


def convert(row: Row, intake: Intake) -> Outcome:
    row.ignore(("id", "reseau"))
    key = text(row.take("numeroBio"))
    if key is None:
        return Aside("operator_number_missing", "« numeroBio » est vide : c'est l'identifiant de l'opérateur")
    issues: list[str] = []
    operator = Operator.read(row, key, intake, issues)
    labels = labels_of(operator, issues)
    offers = offers_of(operator, labels, intake.now.date(), issues)
    if not (labels or offers):
        return Skip("not_certified")
    return _record(row, intake, key, issues, labels=labels, offers=offers)


def _record(row: Row, intake: Intake, key: str, issues: list[str], **facts: object) -> Outcome:
    manager = text(row.take("gerant"))
    legal, trade = (public_text(row.take(field), issues) for field in ("raisonSociale", "denominationcourante"))
    shown = [name for name in (legal, trade) if name and not is_person(name, manager)]
    if not (legal or trade):
        return Aside("name_missing", "« raisonSociale » et « denominationcourante » sont vides")
    if len(shown) < len([name for name in (legal, trade) if name]):
        issues.append("person_name_removed")
    siret, siren = identifiers(row.take("siret"), issues)
    name = shown[0][:300] if shown else f"Opérateur bio n° {key}"
    updated = iso_date(row.take("dateMaj"))
    return Record.model_validate(
        {
            "source_id": key,
            "provenance": intake.provenance(updated),
            "name": name,
            "brand": shown[-1] if shown and shown[-1] != name else None,
            "siren": siren,
            "siret": siret,
            "address": address_of(row.take("adressesOperateurs"), intake, issues),
            "website": _website(row.take("siteWebs"), issues),
            "naf": naf(row.take("codeNAF"), issues),
            **company_reached(intake, shown, *(row.take(field) for field in _REACH)),
            **facts,
            "issues": tuple(dict.fromkeys(issues)),
        }
    )


def _website(sites: object, issues: list[str]) -> str | None:
    listed = [site for site in sites if isinstance(site, dict)] if isinstance(sites, list) else []
    active = (site.get("url") for site in listed if site.get("active") is not False and site.get("url"))
    return next((found for url in active if (found := website(url, issues))), None)


PAGES = ItemPages(
    convert=convert,
    items="items",
    total="nbTotal",
    required=("raisonSociale", "siret", "numeroBio", "adressesOperateurs", "certificats"),
    known=("numeroBio", "dateMaj", "certificats", "productions", "activites"),
    contact=("telephone", "email", "gerant", "telephoneCommerciale"),
    reach=("gerant", *_REACH),
)
PLAN = FetchPlan(
    what=Offsets(address=f"https://{_HOST}/api/gouv/operateurs/?nb=1000&debut={{offset}}", items="items"),
    hosts=(_HOST,),
    delay=1.0,
    verified="Adresse, « nb » et « debut », « items » et noms des champs : annuaire des entreprises (août 2026). Aucune trace de robots.txt.",
    unseen="La licence, que le producteur ne dit pas.",
)

SOURCE = Source(card=CARD, read=PAGES.read, recognises=PAGES.recognises, plan=PLAN)
