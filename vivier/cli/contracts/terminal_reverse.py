"""Output of the command line for suppliers: contracts, notices, leads, buyers, indicators, each with its reasons."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from rich.table import Table
from rich.text import Text

from vivier.cli.terminal import add_row, err, out, say, warn
from vivier.contracts.objects import object_title
from vivier.contracts.ranking_rules import RECORDS
from vivier.contracts.reasons import holder_name
from vivier.contracts.status import day_of
from vivier.french import day, euros_ht, number, percent, plural
from vivier.model.views import ContractView, NoticeView
from vivier.procurement import LEAD_NAMES, NOTICE_NATURES

if TYPE_CHECKING:
    from datetime import date

    from vivier.contracts.calls import Call
    from vivier.contracts.find import ListFound
    from vivier.contracts.indicators import Indicators
    from vivier.contracts.leads import Leads
    from vivier.contracts.ranking import RankedBuyer, RankedBuyers
    from vivier.contracts.shares import Share
    from vivier.search.operators import Collection
    from vivier.search.relax import Relaxation

NOTHING: Final = "?"
"""Stands for an unknown value."""
_COLLECTIONS: Final[dict[Collection, str]] = {"contracts": "aucun marché", "notices": "aucun avis"}


def show_list(found: ListFound, look: Look) -> None:
    """Prints the contracts, notices or planned purchases found, in their order."""
    _say_notices(found.plan.notices)
    table = Table(
        "n°", *look.columns, "pourquoi", title=plural(found.total, look.singular, look.several), show_lines=True
    )
    for rank, result in enumerate(found.results, 1 + found.plan.search.offset):
        add_row(
            table, str(rank), *look.cells(result.id, result.record), "\n".join(reason.text for reason in result.reasons)
        )
    if found.results:
        out.print(table)
    for name, count in found.unknown_excluded.items():
        left = plural(count, f"{look.singular} laissé", f"{look.several} laissés")
        how = f" (include_unknown={name})" if look is CONTRACTS else ""
        err.print(Text(f"{left} de côté : « {name} » inconnu{how}."))


def show_ways_out(total: int, relaxed: Iterable[Relaxation], unit: str, units: str | None = None) -> None:
    """Prints the number of results that one change would give to an empty list."""
    changes = "".join(f"\n  {relaxation.text} : {plural(relaxation.total, unit, units)}" for relaxation in relaxed)
    if not total:
        say(
            f"Rien. Un seul changement donnerait :{changes}"
            if changes
            else "Rien, et un seul changement ne suffit pas."
        )


def _contract(id_: str, record: ContractView) -> tuple[str, str, str, str]:
    amount = record.get("amount")
    holders = " ; ".join(map(holder_name, record.get("holders", ()))) or "inconnu"
    return (
        f"{object_title(record)}\ntitulaire : {holders}\n{id_}",
        _buyer_name(record),
        NOTHING if amount is None else euros_ht(amount),
        _day(record.get("ends")),
    )


def _notice(id_: str, record: NoticeView) -> tuple[str, str, str, str]:
    nature = NOTICE_NATURES.get(record["nature"], record["nature"])
    return (f"{object_title(record)}\n{id_}", _buyer_name(record), nature, _day(day_of(record.get("deadline"))))


def _project(id_: str, record: NoticeView) -> tuple[str, str, str]:
    return f"{object_title(record)}\n{id_}", _buyer_name(record), _day(record.get("planned"))


def _buyer_name(record: ContractView | NoticeView) -> str:
    buyer = record.get("buyer") or {}
    return str(buyer.get("name") or buyer.get("siren") or NOTHING)


def _day(text: date | str | None) -> str:
    return NOTHING if text is None else day(text)


@dataclass(frozen=True)
class Look:
    """The presentation of a list: its columns between rank and reasons, the function that gives the ``cells`` of a row from its id
    and indexed record, the French noun of a row (``singular``, ``several``), and the ``fixed`` parameters that the list sets
    itself."""

    singular: str
    several: str
    columns: tuple[str, ...]
    cells: Callable[[str, Any], tuple[str, ...]]
    fixed: tuple[str, ...] = ()


CONTRACTS: Final = Look("marché", "marchés", ("marché", "acheteur", "montant", "fin"), _contract)
NOTICES: Final = Look("avis", "avis", ("avis", "acheteur", "nature", "réponse avant"), _notice, ("nature",))
PROJECTS: Final = Look(
    "projet d'achat", "projets d'achat", ("projet", "acheteur", "publication prévue"), _project, ("nature",)
)


def show_leads(found: Leads, page: int, per_page: int) -> None:
    """Prints a page of leads, best first, each with the reasons of its score."""
    name = f" pour {found.profile.name}" if found.profile.name else ""
    table = Table(
        "n°",
        "opportunité",
        "échéance",
        "points",
        "pourquoi",
        title=plural(found.total, "opportunité") + name,
        show_lines=True,
    )
    for rank, lead in enumerate(found.leads, 1 + (page - 1) * per_page):
        lots = f"\n+ {plural(len(lead.lots), 'autre lot', 'autres lots')}" if lead.lots else ""
        what = f"{lead.kind_fr}\n{object_title(lead.record)}\n{_buyer_name(lead.record)}\n{lead.id}{lots}"
        due = NOTHING if lead.due is None else day(lead.call or lead.due)
        add_row(table, str(rank), what, due, str(lead.score), "\n".join(reason.text for reason in lead.reasons))
    out.print(table)
    say(" ; ".join(f"{LEAD_NAMES[kind]} : {count}" for kind, count in found.totals.items()) + ".")
    for rule in found.left_out:
        say(f"{rule.text}.")
    for collection in found.missing:
        err.print(
            Text(f"{_COLLECTIONS.get(collection, collection).capitalize()} dans l'index : importez-en une source.")
        )


def show_buyers(found: RankedBuyers, months: int, before: int, known: Mapping[str, Call]) -> None:
    """Prints buyers in the requested order, with every factor of the rank; ``known``: what to know before calling each."""
    _say_notices(found.notices)
    table = Table(
        "n°",
        "acheteur",
        "marchés",
        f"part {RECORDS[found.record]}",
        "par an",
        "km",
        "rang",
        title=plural(found.total, "acheteur"),
    )
    for rank, buyer in enumerate(found.buyers, 1 + before):
        distance = "" if buyer.distance_km is None else number(buyer.distance_km, 1)
        marks = "\n".join(_marks(buyer))
        add_row(
            table,
            str(rank),
            "\n".join((_named(buyer), *_contact(known.get(buyer.siren)))),
            marks,
            _share(buyer.social if found.record == "social" else buyer.environmental),
            NOTHING if buyer.volume is None else euros_ht(buyer.volume),
            distance,
            _rank(buyer, call=buyer.siren in known),
        )
    out.print(table)
    record = "" if known else "bilan × "
    say(f"Marchés notifiés depuis {months} mois. Rang = {record}volume × proximité × fraîcheur, chacun de 0 à 1.")


def _marks(buyer: RankedBuyer) -> Iterator[str]:
    yield f"{buyer.contracts} dont {plural(buyer.reserved, 'réservé')}"
    if buyer.inclusive:
        yield f"à des structures inclusives : {buyer.inclusive}"
    yield f"dernier : {_day(buyer.last)}"
    if buyer.next_end is not None:
        yield f"prochaine fin : {_day(buyer.next_end)}"


def _contact(call: Call | None) -> Iterator[str]:
    """The contact of the organisation, with the notice that publishes it."""
    if call is None or call.contact is None or call.source is None:
        return
    for name in ("mailbox", "profile", "website"):
        address = call.contact.get(name)
        if address is not None:
            yield str(address)
    yield f"({call.source['dataset']}, {call.source['producer']}, {call.source['licence']}, {call.source.get('updated_at', 'sans date')})"


def _named(buyer: RankedBuyer) -> str:
    name = None if buyer.record is None else buyer.record.get("name")
    return f"{name or 'nom inconnu'}\n{buyer.siren}"


def _rank(buyer: RankedBuyer, *, call: bool) -> str:
    record = () if call else (buyer.record_factor,)
    factors = (*record, buyer.volume_factor, buyer.proximity_factor, buyer.recency_factor)
    return f"{number(buyer.score, 3)} = {' × '.join(number(factor, 2) for factor in factors)}"


def show_indicators(found: Indicators) -> None:
    """Prints shares with their coverage, then the breaks in the series."""
    table = Table("", "marchés", "sociale", "environnementale", "réservés", "inclusifs non déclarés")
    for row in (*found.rows, found.total):
        undeclared, dimensions = str(row.inclusive_undeclared), (row.social, row.environmental)
        shares = (_share(dimension.share) for dimension in dimensions)
        add_row(table, row.label, str(row.social.share.n), *shares, str(row.reserved), undeclared)
    out.print(table)
    for notice in found.notices:
        say(notice)


def _share(share: Share) -> str:
    """« 12 % (3 sur 25 renseignés, couverture 80 %) », or the reason why there is no share."""
    if share.of_recorded is None or share.coverage is None:
        return "non renseignée"
    basis = f"{share.yes} sur {plural(share.recorded, 'renseigné')}, couverture {percent(share.coverage)}"
    return f"{percent(share.of_recorded)} ({basis})" if share.conclusive else f"non concluant ({basis})"


def _say_notices(notices: Iterable[str]) -> None:
    for notice in notices:
        warn(notice)
