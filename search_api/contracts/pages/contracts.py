"""Prepares a contract for the pages: its card in a list, its sheet, and the names of buyers and holders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, cast
from urllib.parse import quote

from search_api.pages.facts import Proof, facts, proof
from search_api.pages.places import place_label, short_place
from search_api.pages.words import credit, in_brief, long_day
from vivier import procurement as words
from vivier.contracts.acts import left_text
from vivier.contracts.buyers import TABLES
from vivier.contracts.objects import lot_of, object_title
from vivier.contracts.status import day_of
from vivier.contracts.story import RelatedBody
from vivier.french import capital, euros, euros_ht, percent
from vivier.lexicon import Lexicon
from vivier.model import views
from vivier.names import readable_name, unnamed
from vivier.runs.issues import doubt_text
from vivier.search.find import Reason
from vivier.trades.cpv import load_cpv

Record = views.ContractView
_WORDED = ("article", "other_code", "words")
"""Signals whose value is a word of the text; the value of the others is a code."""


@dataclass(frozen=True)
class Party:
    """A buyer or a holder. ``number``: its SIRET or SIREN, unless it stands for the name; ``page``: the address of its page in Vivier; ``inclusive``: why it is known as inclusive, in French."""

    name: str
    number: str | None = None
    page: str | None = None
    inclusive: str | None = None
    register: str | None = None
    """Where its name comes from, when the contract gives none."""


@dataclass(frozen=True)
class ContractCard:
    id: str
    object: str
    buyer: Party
    holders: tuple[Party, ...]
    place: str | None
    cpv: str | None
    amount: str | None
    months: int | None
    notified: str | None
    ends: str | None
    offers: int | None
    reasons: tuple[Reason, ...]
    sources: tuple[str, ...]
    doubts: int
    brief: str
    who: str
    when: str
    why: str | None = None

    where: str = ""

    @property
    def title(self) -> str:
        return self.object

    @property
    def page(self) -> str:
        return f"/marches/{quote(self.id, safe='')}"


@dataclass(frozen=True)
class Sign:
    """A proof of a provision: its words, the families it reserves for, its confidence, its source."""

    provision: str
    signal: str
    words: str | None
    families: tuple[str, ...]
    sureness: str
    proof: Proof


@dataclass(frozen=True)
class Version:
    """The contract as signed (``number`` ``None``), or one amendment of it."""

    number: int | None
    day: str
    amount: str
    months: str
    holders: tuple[Party, ...]


@dataclass(frozen=True)
class ContractSheet:
    """The page of a contract. ``facts``: titles and texts; the text of an unknown fact says that it is unknown."""

    card: ContractCard
    facts: tuple[tuple[str, str], ...]
    states: tuple[tuple[str, str, str], ...]
    signs: tuple[Sign, ...]
    versions: tuple[Version, ...]
    subcontractors: tuple[Party, ...]
    doubts: tuple[str, ...]
    others: tuple[str, ...]
    sources: tuple[Proof, ...]


def contract_card(id_: str, record: Record, reasons: tuple[Reason, ...], lexicon: Lexicon, as_of: date) -> ContractCard:
    """The card of a contract (``record`` as indexed, or its summary)."""
    amount, buyer, title = record.get("amount"), buyer_party(record["buyer"]), object_title(record)
    shown = tuple(reason for reason in reasons if not reason.code.startswith("inclusive"))
    return ContractCard(
        id=id_,
        object=title,
        buyer=buyer,
        holders=tuple(holders(record)),
        place=None if record.get("place") is None else place_label(record["place"], lexicon.gazetteer),
        cpv=cpv_text(record.get("cpv")),
        amount=None if amount is None else euros(amount),
        months=record.get("months"),
        notified=record.get("notified"),
        ends=record.get("ends"),
        offers=record.get("offers"),
        reasons=shown,
        sources=tuple(dict.fromkeys(credit(source) for source in record.get("sources", ()))),
        doubts=len(record.get("quality", ())),
        brief=_brief(title, record.get("lot")),
        who=buyer.name,
        when=_when(record, as_of),
        why=_provision(shown),
        where="" if record.get("place") is None else short_place(record["place"], lexicon.gazetteer),
    )


_BEGINS: Final = 60
"""Letters of a title that are read at a glance."""


def _brief(title: str, lot: int | None) -> str:
    """A title, after its lot where its beginning does not say it: lots of one consultation begin alike."""
    return title if lot in (None, lot_of(title[:_BEGINS])) else f"Lot {lot} : {title}"


def _when(record: Record, as_of: date) -> str:
    """How long a contract still runs at most, else when it was notified."""
    end = day_of(record.get("ends"))
    if end is not None:
        return left_text(end, as_of)
    return f"Notifié le {long_day(record['notified'])}" if record.get("notified") else "Date inconnue"


_TELLING: Final = ("reserved", "trial")
"""Codes of the reasons that a card tells, but for the considerations."""


def _provision(reasons: Sequence[Reason]) -> str | None:
    """What is inclusive of a contract, in a few words: for whom it is reserved is below."""
    text = next((reason.text for reason in reasons if reason.code in _TELLING), None)
    return None if text is None else capital(in_brief(text).partition(" : ")[0])


def cpv_text(code: str | None) -> str | None:
    """A CPV code with its label: « 77310000, réalisation et entretien d'espaces verts »."""
    return None if code is None else f"{code}, {load_cpv().label(code).lower()}"


def buyer_party(buyer: views.OrganisationView) -> Party:
    """The buyer of a contract or a notice, with its page when its SIREN is known."""
    siren = buyer.get("siren")
    number = buyer.get("siret") or siren or buyer.get("raw_id")
    name = readable_name(buyer.get("name", "")) or _numbered("Acheteur", number)
    return Party(name, number, siren and f"/acheteurs/{siren}", register=register_of(buyer))


NAMED_BY: Final = {"sirene": "SIRENE", TABLES: "découpage administratif 2026"}
"""Words for where a name comes from; another source is one of those that the contract credits."""


def register_of(organisation: Mapping[str, object]) -> str | None:
    """Where the name of an organisation comes from, in words, when its own records give none."""
    source = organisation.get("name_source")
    return None if source is None else NAMED_BY.get(str(source), "une autre source")


def holders(record: Record) -> Iterator[Party]:
    """The holders. Those known as inclusive say so: by this site, or by another site of the company."""
    known = {holder["siren"]: holder for holder in record.get("inclusive", ()) if not holder.get("subcontractor")}
    return _parties(record.get("holders", ()), known, "Titulaire")


def subcontractors(record: Record) -> Iterator[Party]:
    """The declared subcontractors. Those known as inclusive say so."""
    known = {holder["siren"]: holder for holder in record.get("inclusive", ()) if holder.get("subcontractor")}
    return _parties(
        (subcontract["subcontractor"] for subcontract in record.get("subcontracts", ())), known, "Sous-traitant"
    )


def _parties(
    organisations: Iterable[views.OrganisationView], known: Mapping[str, views.InclusiveHolderView], role: str
) -> Iterator[Party]:
    for holder in organisations:
        match = known.get(holder.get("siren") or "")
        number = holder.get("siret") or holder.get("siren") or holder.get("raw_id")
        given = holder.get("name") or (match["name"] if match is not None else "")
        name = readable_name(given) or _numbered(role, number)
        number = number if given else None
        if match is None:
            page = holder.get("siren") and f"/marches?holder={holder['siren']}"
            yield Party(name, number, page, register=register_of(holder))
        else:
            yield Party(name, number, f"/fournisseurs/{match['supplier_id']}", _inclusive(match))


def _inclusive(match: views.InclusiveHolderView) -> str:
    kinds = ", ".join(match["kinds"])
    if match["match"] == "siret":
        return f"structure inclusive connue ({kinds})"
    return f"même entreprise qu'une structure inclusive connue ({kinds}), peut-être un autre site"


def _numbered(role: str, number: str | None) -> str:
    return unnamed(role, number) if number else f"{role} inconnu"


def contract_sheet(record: Record, reasons: tuple[Reason, ...], lexicon: Lexicon, as_of: date) -> ContractSheet:
    """The page of a contract as indexed."""
    return ContractSheet(
        card=contract_card(record["key"], record, reasons, lexicon, as_of),
        facts=facts(_facts(record, lexicon, as_of)),
        states=tuple(_states(record)),
        signs=tuple(signs(record)),
        versions=tuple(_versions(record)),
        subcontractors=tuple(dict.fromkeys(subcontractors(record))),
        doubts=tuple(doubt_text(code) for code in record.get("quality", ())),
        others=tuple(_other_values(values) for values in record.get("others", ())),
        sources=tuple(proof(source) for source in record.get("sources", ())),
    )


def _other_values(values: views.OtherValuesView) -> str:
    """« 50 000 € HT, 12 mois, notifié le 1er janvier 2024 »: what a row declares and the sheet does not show."""
    amount, months = values.get("amount"), values.get("months")
    parts = (
        "montant inconnu" if amount is None else euros_ht(amount),
        "durée inconnue" if months is None else f"{months} mois",
        f"notifié le {long_day(values.get('notified'))}" if values.get("notified") else "jour inconnu",
    )
    return ", ".join(parts)


def _since(record: Record, name: str) -> str:
    """Since when a value holds, when an amendment gave it."""
    since: Any = record.get(name)
    return "" if since is None else f", depuis l'avenant du {long_day(since)}"


def _facts(record: Record, lexicon: Lexicon, as_of: date) -> Iterator[tuple[str, str | None]]:
    def named(name: str, table: Mapping[str, str]) -> str | None:
        value: Any = record.get(name)
        codes = value if isinstance(value, list) else [value] if value is not None else []
        return ", ".join(table.get(code, code) for code in codes) or None

    card = contract_card(record["key"], record, (), lexicon, as_of)
    yield "Numéro donné par l'acheteur", record.get("number")
    kind, nature = named("kind", words.CONTRACT_KINDS), named("nature", words.NATURES)
    yield "Nature", f"{kind}, {nature.lower()}" if kind and nature and nature != kind else kind or nature
    yield "Code CPV", card.cpv
    yield "Lieu d'exécution", card.place or "non reconnu : le siège de l'acheteur sert aux distances"
    yield "Montant (toute la durée)", card.amount and f"{card.amount} HT{_since(record, 'amount_since')}"
    since = _since(record, "months_since")
    yield "Durée maximale", None if card.months is None else f"{card.months} mois, reconductions comprises{since}"
    yield "Notifié le", long_day(card.notified)
    contradicted = "amended_after_end" in record.get("quality", ())
    yield (
        "Fin au plus tard",
        long_day(card.ends)
        + (f", contredite par l'avenant du {long_day(record.get('amended'))}" if contradicted else ""),
    )
    yield "Procédure", named("procedure", words.PROCEDURES)
    yield "Technique", named("techniques", words.TECHNIQUES)
    yield "Groupement", named("grouping", words.GROUPINGS)
    yield "Offres reçues", None if card.offers is None else str(card.offers)
    subcontracted = record.get("subcontracted")
    yield "Sous-traitance déclarée", None if subcontracted is None else "oui" if subcontracted else "non"


def _states(record: Record) -> Iterator[tuple[str, str, str]]:
    """Title, state in words and declared values of each consideration."""
    for name, title, table in (
        ("social", "Sociale", words.SOCIAL),
        ("environmental", "Environnementale", words.ENVIRONMENTAL),
    ):
        fields: Mapping[str, Any] = record
        values = fields.get(name, {}).get("values", ())
        state = fields.get(f"{name}_state", "unknown")
        yield title, words.STATES[state], ", ".join(table.get(code, code) for code in values)


def signs(record: views.ContractView | views.NoticeView) -> Iterator[Sign]:
    """The evidence, the surest first. Evidence that reads the same (two holders known from one list) is shown once."""
    yield from dict.fromkeys(_every_sign(record))


def _every_sign(record: views.ContractView | views.NoticeView) -> Iterator[Sign]:
    for piece in sorted(
        record.get("evidence", ()), key=lambda piece: (piece["provision"] != "reserved", -piece["confidence"])
    ):
        yield Sign(
            provision=words.PROVISIONS[piece["provision"]],
            signal=words.SIGNALS[piece["signal"]],
            words=piece.get("excerpt") or (piece.get("value") if piece["signal"] in _WORDED else None),
            families=tuple(words.RESERVED_FOR[family] for family in piece.get("reserved_for", ())),
            sureness=percent(piece["confidence"]),
            proof=proof(piece["provenance"]),
        )


def _versions(record: Record) -> Iterator[Version]:
    def version(
        terms: Record | views.ModificationView, number: int | None, amount: float | None, months: int | None
    ) -> Version:
        return Version(
            number=number,
            day=long_day(terms.get("notified")),
            amount="inchangé" if amount is None else euros_ht(amount),
            months="inchangée" if months is None else f"{months} mois",
            holders=tuple(_parties(terms.get("holders", ()), {}, "Titulaire")) if number is not None else (),
        )

    changes = record.get("modifications", ())
    if changes and "first_version_missing" not in record.get("quality", ()):
        amount = record.get("initial_amount", record.get("amount"))
        yield version(record, None, amount, record.get("initial_months", record.get("months")))
    for place, change in enumerate(changes, 1):
        yield version(change, change.get("number") or place, change.get("amount"), change.get("months"))


def summaries(found: list[RelatedBody], lexicon: Lexicon, as_of: date) -> list[ContractCard]:
    """Cards of related contracts, made from the results of :func:`vivier.contracts.story.summary`."""
    return [
        contract_card(
            summary["id"],
            cast(views.ContractView, summary),
            tuple(Reason("told", text) for text in summary["reasons"]),
            lexicon,
            as_of,
        )
        for summary in found
    ]
