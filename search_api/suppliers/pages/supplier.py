"""The page of one supplier: what it is, what it does and where, what it won, who is like it, each fact with where it comes from."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from search_api.pages.cited import Cited, Source
from search_api.pages.facts import (
    Credential,
    Record,
    agreements,
    default_km,
    labels,
    shown_brand,
    shown_name,
    town,
    value,
)
from search_api.pages.words import safe_url, short_kind, zone_text
from search_api.suppliers.pages.cards import sizes
from search_api.suppliers.pages.zone_map import ZoneMap, zone_map
from vivier.french import day, number, percent, telephone
from vivier.lexicon import Lexicon
from vivier.model.views import AddressView, FactView, OfferView
from vivier.names import readable_name
from vivier.runs.issues import issue_text
from vivier.runs.quality import PRECISIONS, UNITS
from vivier.suppliers.believed import UNTOLD, in_words, is_told, probable
from vivier.suppliers.offers import proof_words, title_of
from vivier.suppliers.reasons import term
from vivier.suppliers.rows import band_ends
from vivier.suppliers.sources import list_badge
from vivier.vocabulary import EVIDENCES, SERVICE_TYPES, ZONES

_IDENTIFIERS = {"siren": "SIREN", "siret": "SIRET", "finess": "FINESS"}
_RANK = {evidence: rank for rank, evidence in enumerate(EVIDENCES)}
"""The evidences of a trade, the surest first."""
_MOST_PROBABLE = 5
"""Probable trades that the page names."""
_MAIN_TRADES = 4
"""Trades that the head of the page names; all are under it."""
_OTHER_TITLES = {
    **_IDENTIFIERS,
    "address": "Adresse",
    "offers": "Métier",
    "website": "Site",
    "mailbox": "Courriel de l'organisation",
    "phone": "Téléphone de l'organisation",
    "naf": "Code NAF",
    "closed": "État",
}
_REFUSED = "Métier"
_OTHER_WORDS = {True: "fermée", False: "ouverte"}
_REGISTER = "https://annuaire-entreprises.data.gouv.fr/entreprise/"
"""Where the public registers of a company are read, by its SIREN."""
_OLD_YEARS = 2
"""Years from which the age of a proof is told beside its date."""


@dataclass(frozen=True)
class Line:
    """A fact: what it is, what it says, the number of its source. ``url`` when what it says is a web address."""

    title: str
    text: str
    ref: int
    url: str | None = None


@dataclass(frozen=True)
class Contact:
    """Where the organisation is reached: ``way`` is ``tel``, ``mail`` or ``site``; ``source`` says who publishes it and when."""

    way: str
    text: str
    url: str | None
    source: str


@dataclass(frozen=True)
class Seal:
    """Whether an agreement holds on the day: ``valid``, ``coming``, ``ended``, or ``to_check`` when no source proves it. ``about``: how old
    its proof is, when it is old."""

    short: str
    name: str
    state: str
    text: str
    about: str


@dataclass(frozen=True)
class Sourced:
    """An agreement or a label, with the number of its source."""

    what: Credential
    ref: int


@dataclass(frozen=True)
class TradesOffered:
    """Offers told together: all those of one trade, or of several trades of which the same is known. What nobody published is left out.
    ``evidences``: how the trades are known, the surest first; ``terms``: states of certificates; ``titles`` and ``descriptions``: in the words of
    the structure."""

    trades: tuple[str, ...]
    evidences: tuple[str, ...]
    service_types: tuple[str, ...]
    zones: tuple[str, ...]
    terms: tuple[str, ...]
    titles: tuple[str, ...]
    descriptions: tuple[str, ...]
    refs: tuple[int, ...]

    @property
    def described(self) -> tuple[tuple[str, ...], ...]:
        """All that is told of the trades, but where it comes from."""
        return self.evidences, self.service_types, self.zones, self.terms, self.titles, self.descriptions


@dataclass(frozen=True)
class Probable:
    """A trade that no source gives, how probable it is in words, and why: each clue with « + » or « − »."""

    trade: str
    words: str
    between: str
    clues: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Sheet:
    """The whole page. ``register``: its page in the public registers of companies, ``None`` without a SIREN and for invented data."""

    id: str
    name: str
    siren: str | None
    brand: str | None
    acronym: str | None
    other_names: tuple[str, ...]
    town: str | None
    badge: str | None
    closed: Line | None
    description: Line | None
    seals: tuple[Seal, ...]
    sizes: tuple[str, ...]
    kinds: tuple[Sourced, ...]
    labels: tuple[Sourced, ...]
    offers: tuple[TradesOffered, ...]
    supposed_zone: str
    contacts: tuple[Contact, ...]
    address: str | None
    identity: tuple[Line, ...]
    not_offered: tuple[Line, ...]
    capacities: tuple[Line, ...]
    networks: tuple[Line, ...]
    references: tuple[Line, ...]
    sources: Mapping[int, Source]
    issues: tuple[str, ...]
    others: tuple[Line, ...]
    map: ZoneMap | None
    register: str | None
    probable: tuple[Probable, ...] = ()

    @property
    def refuses(self) -> bool:
        """Whether it declares trades of the table that it does not do."""
        return any(line.title == _REFUSED for line in self.not_offered)

    @property
    def trades(self) -> tuple[str, ...]:
        """Every trade, the surest first."""
        return tuple(trade for offer in self.offers for trade in offer.trades)

    @property
    def main_trades(self) -> tuple[str, ...]:
        """The trades that the head names."""
        return self.trades[:_MAIN_TRADES]


def sheet(
    record: Record,
    as_of: date,
    lexicon: Lexicon,
    cards: Mapping[str, Mapping[str, Any]],
    reported: Container[str] = (),
) -> Sheet:
    """The page of a record (JSON of a :class:`vivier.model.Supplier`), agreements, labels and certificates judged at ``as_of``. ``reported``: the
    sources of which the page tells the contracts, so that they are no references too."""
    cited = Cited()
    siren = value(record, "siren")
    is_fictitious = any(cards.get(source["source_id"], {}).get("fictitious") for source in record.get("sources", ()))
    return Sheet(
        id=record["id"],
        name=shown_name(record),
        siren=siren,
        brand=shown_brand(record),
        acronym=value(record, "acronym"),
        other_names=tuple(map(readable_name, record.get("other_names", ()))),
        town=town(record),
        badge=list_badge(record, cards, as_of),
        closed=_closed(record, cited),
        description=_line(record, "description", "Présentation", cited),
        seals=tuple(_seals(record, as_of)),
        sizes=tuple(sizes(record)),
        offers=tuple(_offers(record, as_of, lexicon, cited)),
        kinds=_sourced(agreements(record, as_of), cited),
        labels=_sourced(labels(record, as_of), cited),
        references=tuple(_references(record, reported, cited)),
        supposed_zone=zone_text(None, default_km(record), lexicon),
        contacts=tuple(_contacts(record, cited)),
        address=None if town(record) is None else _street(record["address"]["value"]),
        identity=tuple(_identity(record, cited)),
        not_offered=tuple(_not_offered(record, lexicon, cited)),
        capacities=tuple(_capacities(record, cited)),
        networks=tuple(
            Line("Réseau", fact["value"], cited.cite("Réseau", fact["provenance"]))
            for fact in record.get("networks", ())
        ),
        others=tuple(_others(record, cited)),
        sources=_all_sources(record, cited),
        issues=tuple(issue_text(code) for code in record.get("issues", ())),
        map=zone_map(record, lexicon.gazetteer),
        register=None if siren is None or is_fictitious else _REGISTER + siren,
        probable=tuple(_probable(record, lexicon, as_of)),
    )


def _probable(record: Record, lexicon: Lexicon, as_of: date) -> Iterator[Probable]:
    """The trades that the structure probably does, the likeliest first."""
    for code, found in probable(record, lexicon, as_of)[:_MOST_PROBABLE]:
        prior, *others = found.clues
        clues = ((prior.text, ""), *((clue.text, "+" if clue.odds > 0 else "−") for clue in others))
        interval = f"entre {percent(round(found.low, 2))} et {percent(round(found.high, 2))}"
        between = interval if is_told(found) else UNTOLD
        yield Probable(lexicon.trades.get(code).name, in_words(found), between, clues)


def _all_sources(record: Record, cited: Cited) -> Mapping[int, Source]:
    """The sources of the facts, then those that only say that the structure exists."""
    cited.cite("Nom", record["name"]["provenance"])
    for source in record.get("sources", ()):
        cited.cite("Présence dans la liste", source)
    return cited.listed()


def _sourced(credentials: list[Credential], cited: Cited) -> tuple[Sourced, ...]:
    """Agreements or labels with their sources."""
    return tuple(Sourced(credential, cited.cite(credential.name, credential.provenance)) for credential in credentials)


def _seals(record: Record, as_of: date) -> Iterator[Seal]:
    """One seal for each kind of structure, those in force first."""
    for credential in agreements(record, as_of):
        state = "to_check" if credential.state == "undated" else credential.state
        text = (
            credential.validity
            if credential.validity.startswith("à vérifier") or state != "to_check"
            else f"à vérifier : {credential.validity}"
        )
        yield Seal(
            short_kind(credential.code), credential.name, state, text[:1].upper() + text[1:], _about(credential, as_of)
        )


def _about(credential: Credential, as_of: date) -> str:
    """« vu il y a 7 ans »; nothing for a proof that is recent or undated."""
    updated = credential.provenance.get("updated_at")
    years = 0 if updated is None else (as_of - date.fromisoformat(updated[:10])).days // 365
    return f"vu il y a {years} ans" if years >= _OLD_YEARS else ""


def _line(record: Record, name: str, title: str, cited: Cited, url: str | None = None) -> Line | None:
    fact: Any = record.get(name)
    return None if fact is None else Line(title, str(fact["value"]), cited.cite(title, fact["provenance"]), url)


def _closed(record: Record, cited: Cited) -> Line | None:
    fact = record.get("closed")
    if fact is None or not fact["value"]:
        return None
    return Line("État", "fermée", cited.cite("État", fact["provenance"]))


def _identity(record: Record, cited: Cited) -> Iterator[Line]:
    """Address, numbers, website. Absent ones are left to the template, which says « inconnu »."""
    address = record.get("address")
    if address is not None:
        yield Line("Adresse", _address(address["value"]), cited.cite("Adresse", address["provenance"]))
    for name, title in _IDENTIFIERS.items():
        line = _line(record, name, title, cited)
        if line is not None:
            yield line
    for fact in record.get("zones", ()):
        title = "Zone prioritaire du siège"
        yield Line(title, ZONES.get(fact["value"], fact["value"]), cited.cite(title, fact["provenance"]))
    line = _line(record, "naf", "Code NAF (activité principale déclarée, ne prouve pas un métier)", cited)
    if line is not None:
        yield line


def _contacts(record: Record, cited: Cited) -> Iterator[Contact]:
    """Where the organisation is reached, with who publishes it and when: a switchboard, a mailbox, a site; never a person's."""
    for way, title, fact in (
        ("tel", "Téléphone de l'organisation", record.get("phone")),
        ("mail", "Courriel de l'organisation", record.get("mailbox")),
        ("site", "Site", record.get("website")),
    ):
        if fact is None:
            continue
        given, source = fact["value"], fact["provenance"]
        cited.cite(title, source)
        updated = source.get("updated_at")
        about = f"{source['producer']}, {day(updated) if updated else 'date non publiée'}"
        url = safe_url(given) if way == "site" else f"{'tel' if way == 'tel' else 'mailto'}:{given}"
        yield Contact(way, telephone(given) if way == "tel" else given, url, "" if way == "site" else about)


def _others(record: Record, cited: Cited) -> Iterator[Line]:
    """What other sources say of a fact, beside the value retained."""
    for other in record.get("others", ()):
        given = other["value"]
        if isinstance(given, bool):
            given = _OTHER_WORDS[given]
        text = given if isinstance(given, str) else _address(given)
        title = _OTHER_TITLES[other["field"]]
        yield Line(title, text, cited.cite(f"{title} (valeur non retenue)", other["provenance"]))


def _street(address: AddressView) -> str:
    place = " ".join(part for part in (address.get("post_code"), readable_name(address.get("town") or "")) if part)
    return ", ".join(part for part in (readable_name(address.get("line") or ""), place) if part)


def _address(address: AddressView) -> str:
    text = _street(address) or "adresse inconnue"
    if address.get("point") is None:
        return f"{text} (position inconnue)"
    precision = PRECISIONS.get(address.get("precision") or "unknown", "précision inconnue")
    score = f", géocodage BAN, score {number(address['score'], 2)}" if "score" in address else ""
    return f"{text} (position : {precision}{score})"


def _offers(record: Record, as_of: date, lexicon: Lexicon, cited: Cited) -> Iterator[TradesOffered]:
    """The offers, those of one trade together, then the trades of which the same is known; the surest first."""
    given = sorted(record.get("offers", ()), key=lambda fact: _RANK.get(fact["value"].get("evidence", ""), len(_RANK)))
    by_trade: dict[str, list[FactView[OfferView]]] = {}
    for fact in given:
        by_trade.setdefault(title_of(fact["value"], lexicon), []).append(fact)
    each = [_offered(trade, facts, record, as_of, lexicon, cited) for trade, facts in by_trade.items()]
    alike: dict[tuple[tuple[str, ...], ...], list[TradesOffered]] = {}
    for offered in each:
        alike.setdefault(offered.described, []).append(offered)
    for same in alike.values():
        trades = tuple(trade for offered in same for trade in offered.trades)
        yield replace(
            same[0], trades=trades, refs=tuple(dict.fromkeys(ref for offered in same for ref in offered.refs))
        )


def _offered(
    trade: str, facts: list[FactView[OfferView]], record: Record, as_of: date, lexicon: Lexicon, cited: Cited
) -> TradesOffered:
    offers = [fact["value"] for fact in facts]
    sure = [offer for offer in offers if offer.get("evidence")] or offers[:1]
    types = (code for offer in offers for code in offer.get("service_types", ()))
    zones = (offer["zone"] for offer in offers if "zone" in offer)
    return TradesOffered(
        trades=(trade,),
        evidences=_once(proof_words(offer, record) for offer in sure),
        service_types=_once(SERVICE_TYPES.get(code, code) for code in types),
        zones=_once(zone_text(zone, 0, lexicon) for zone in zones if zone["type"] != "undeclared"),
        terms=_once(term(offer, as_of) for offer in offers),
        titles=_once(offer.get("title") for offer in offers),
        descriptions=_once(offer.get("description") for offer in offers),
        refs=tuple(dict.fromkeys(cited.cite(trade, fact["provenance"]) for fact in facts)),
    )


def _once(texts: Iterable[str | None]) -> tuple[str, ...]:
    """Each text once, in order; nothing for what is unknown."""
    return tuple(dict.fromkeys(text for text in texts if text))


def _not_offered(record: Record, lexicon: Lexicon, cited: Cited) -> Iterator[Line]:
    """What it declares not to do: trades, then its own words."""
    for fact in record.get("not_offered", ()):
        written = fact["value"]
        code = written.get("trade")
        text = written.get("words", "") if code is None else lexicon.trade_names.get(code, code)
        yield Line(_REFUSED if code is not None else "En ses mots", text, cited.cite("Ne fait pas", fact["provenance"]))


def _capacities(record: Record, cited: Cited) -> Iterator[Line]:
    for fact in record.get("capacities", ()):
        size = fact["value"]
        details = [str(detail) for detail in (size.get("status"), size.get("year")) if detail is not None]
        about = f" ({', '.join(details)})" if details else ""
        figure = " à ".join(number(end) for end in band_ends(size))
        text = f"{figure} {UNITS.get(size['unit'], size['unit'])}{about}"
        yield Line("Taille", text, cited.cite("Taille", fact["provenance"]))


def _references(record: Record, reported: Container[str], cited: Cited) -> Iterator[Line]:
    for fact in record.get("references", ()):
        if fact["provenance"]["source_id"] in reported:
            continue
        reference = fact["value"]
        details = [str(part) for part in (reference.get("title"), reference.get("year")) if part is not None]
        ref = cited.cite("Référence", fact["provenance"])
        yield Line(reference["client"], ", ".join(details) or "objet inconnu", ref)
