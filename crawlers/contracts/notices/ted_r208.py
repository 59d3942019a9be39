"""Forms of TED's schemas R2.0.7 and R2.0.8 (2009 to 2016), and the defence forms that R2.0.9 kept as they were.

A form is named after what it is (``CONTRACT``, ``CONTRACT_AWARD``…) and holds one ``FD_*``. Names below it change with the form,
so that most are looked for at any depth, outside lots and awards. No file of it was at hand: the structure is that of public
readers, writers and converters of it (docs/contracts.md, « Shapes and where they were seen »).
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from datetime import datetime
from typing import Final

from crawlers.contracts.notices.eforms import CODED
from crawlers.contracts.notices.raw import CodedProvision, Criterion, Part, RawNotice
from crawlers.contracts.notices.recurrence import read_recurrence
from crawlers.contracts.notices.ted_old import CATEGORIES, coded_values, contact_of, party_of, place_of
from crawlers.contracts.notices.tree import Node
from crawlers.contracts.notices.values import lot_number, months_of, number_in, read_moment

BOX: Final = "RESERVED_CONTRACTS"
KINDS: Final = ("RESTRICTED_TO_SHELTERED_WORKSHOPS", "RESTRICTED_TO_FRAMEWORK")
_NATURES: Final = (
    ("EX_ANTE", "intention"),
    ("CORRIGENDUM", "correction"),
    ("AWARD", "award"),
    ("RESULT", "award"),
    ("CONTRACT_MOVE", "award"),
    ("PRIOR_INFORMATION", "prior_information"),
    ("PERIODIC_INDICATIVE", "prior_information"),
    ("BUYER_PROFILE", "prior_information"),
    ("CONTRACT", "call"),
    ("CONCESSION", "call"),
    ("DESIGN_CONTEST", "call"),
    ("QUALIFICATION_SYSTEM", "call"),
)
"""Nature by a part of the name of the form, the most precise part first."""
_PROCEDURES: Final = (
    ("WITHOUT_COMPETITION", "sans_publicite"),
    ("WITHOUT_CALL", "sans_publicite"),
    ("WITHOUT_PUBLICATION", "sans_publicite"),
    ("OPEN", "ouvert"),
    ("RESTRICTED", "restreint"),
    ("DIALOGUE", "dialogue"),
    ("NEGOTIATED", "negociation"),
)
_BUYER: Final = "CA_CE_CONCESSIONAIRE_PROFILE"
_WINNER: Final = ("ECONOMIC_OPERATOR_NAME_ADDRESS", "CONTACT_DATA_WITHOUT_RESPONSIBLE_NAME_CHP")
_TITLES: Final = ("TITLE_CONTRACT", "TITLE_DESIGN_CONTACT_NOTICE")
_DESCRIPTIONS: Final = ("SHORT_CONTRACT_DESCRIPTION", "SHORT_DESCRIPTION_CONTRACT", "DESCRIPTION_OF_CONTRACT")
_QUANTITIES: Final = ("TOTAL_QUANTITY_OR_SCOPE",)
_VALUES: Final = ("TOTAL_FINAL_VALUE", "NATURE_QUANTITY_SCOPE", "QUANTITY_SCOPE", "TOTAL_ESTIMATED")
_PLACES: Final = ("LOCATION_NUTS", "SITE_OR_LOCATION")
_LENGTH: Final = "PERIOD_WORK_DATE_STARTING"
_ENDS: Final = ("RECEIPT_LIMIT_DATE", "TIME_LIMIT_CHP")
_CONDITIONS: Final = ("EXISTENCE_OTHER_PARTICULAR_CONDITIONS",)
_TEXTS: Final = ("ECONOMIC_OPERATORS_PERSONAL_SITUATION", "ADDITIONAL_INFORMATION", BOX, *_QUANTITIES)
_LOTS: Final = frozenset(
    (
        "F02_ANNEX_B",
        "F05_ANNEX_B",
        "F17_ANNEX_B",
        "LOT_PRIOR_INFORMATION",
        "ANNEX_B_INFORMATION_LOTS_PERIODIC_INDICATIVE",
    )
)
_AWARDED: Final = ("CONTRACT_AWARD_DATE", "DATE_OF_CONTRACT_AWARD")
_APART: Final = frozenset((*_LOTS, "AWARD_OF_CONTRACT", "AWARD_OF_CONTRACT_DEFENCE", "AWARD_CONTRACT_MOVE"))
"""Elements of lots and awards, left out when the whole notice is read."""


def is_r208(form: Node) -> bool:
    return any(child.name.startswith("FD_") for child in form.children)


def read_r208(form: Node) -> RawNotice:
    """The notice as the form writes it. « Reserved to a particular profession » is ignored: it does not reserve to
    inclusive structures."""
    body = next(form.deep(_BUYER), Node("none"))
    number = form.attributes.get("FORM", "")
    typed = next(form.beside("TYPE_CONTRACT", without=_APART), Node("none"))
    return RawNotice(
        number=None,
        form=f"ted_f{int(number):02d}" if number.isdigit() else f"ted_{form.name.lower()}",
        nature=next((nature for word, nature in _NATURES if word in form.name), None),
        whole=_whole(form),
        lots=_lots(form),
        follows=[node.whole() for node in form.deep("NOTICE_NUMBER_OJ")],
        buyer=party_of(body),
        place=place_of(body),
        contact=contact_of(body),
        recurrence=read_recurrence(form),
        category=CATEGORIES.get(typed.attributes.get("VALUE", "")),
        procedure=_procedure(form),
    )


def _procedure(form: Node) -> str | None:
    names = [node.name for node in _found(form, lambda node: node.name.startswith("PT_"))]
    return next((code for name in names for word, code in _PROCEDURES if word in name), None)


def _found(node: Node, wanted: Callable[[Node], bool]) -> Iterator[Node]:
    """The outermost elements for which ``wanted`` is true."""
    for child in node.children:
        if wanted(child):
            yield child
        else:
            yield from _found(child, wanted)


def _is_award(node: Node) -> bool:
    return any(node.has(name) for name in _AWARDED)


def _is_lot(node: Node) -> bool:
    return node.name in _LOTS or node.has("LOT_TITLE") or node.has("LOT_DESCRIPTION")


def _first(holder: Node, *names: str, without: Container[str] = _APART) -> str | None:
    return next((text for node in holder.beside(*names, without=without) if (text := node.whole())), None)


def _whole(form: Node) -> Part:
    months, starts, ends = _length(form, _APART)
    low, high = _amounts(form, _APART)
    return Part(
        title=_first(form, *_TITLES),
        description=_first(form, *_DESCRIPTIONS) or _first(form, *_QUANTITIES),
        cpv=_cpv(form, _APART),
        nuts=_nuts(form, _APART),
        months=months,
        starts=starts,
        ends=ends,
        amount_min=low,
        amount_max=high,
        deadline=next((moment for node in form.deep(*_ENDS) if (moment := _moment(node)) is not None), None),
        criteria=list(_criteria(form)),
        conditions="\n".join(node.whole() for node in form.deep(*_CONDITIONS) if node.whole()) or None,
        texts=[text for node in form.beside(*_TEXTS, without=_APART) if (text := node.whole())],
        coded=list(_reserved(form)),
    )


def _reserved(form: Node) -> Iterator[CodedProvision]:
    """The kinds ticked under the box of reservation. A box without a ticked kind gives nothing."""
    kinds = [kind.name for box in form.deep(BOX) for kind in box.deep(*KINDS) if kind.ticked]
    yield from (CodedProvision("reserved", name, CODED) for name in dict.fromkeys(kinds))


def _cpv(holder: Node, without: Container[str]) -> list[str]:
    nodes = [node for group in holder.beside("CPV", without=without) for node in group.deep("CPV_CODE")]
    return list(dict.fromkeys(coded_values(nodes)))


def _nuts(holder: Node, without: Container[str]) -> list[str]:
    nodes = [node for group in holder.beside(*_PLACES, without=without) for node in group.deep("NUTS")]
    return list(dict.fromkeys(coded_values(nodes)))


def _length(holder: Node, without: Container[str]) -> tuple[object, str | None, str | None]:
    """The months, the first day and the last day of the contract."""
    length = next(holder.beside(_LENGTH, without=without), Node("none"))
    framework = next(holder.beside("DURATION_FRAMEWORK_MONTH", "DURATION_FRAMEWORK_YEAR", without=without), None)
    months: object = length.words("MONTHS") or months_of(length.words("DAYS"))
    if months is None and framework is not None:
        count = number_in(framework.whole())
        months = count * 12 if count is not None and framework.name.endswith("YEAR") else count
    starts, ends = (length.first(f"INTERVAL_DATE/{name}") for name in ("START_DATE", "END_DATE"))
    return months, _day(starts), _day(ends)


def _day(date: Node | None) -> str | None:
    """A day as ISO, from the elements of its day, month and year."""
    parts = [date.words(name) for name in ("YEAR", "MONTH", "DAY")] if date is not None else [None]
    return "-".join(part.zfill(2) for part in parts if part) if all(parts) else None


def _moment(date: Node) -> datetime | None:
    return read_moment(_day(date), (date.words("TIME") or "").replace("h", ":") or None)


def _amounts(holder: Node, without: Container[str]) -> tuple[str | None, str | None]:
    """Least and greatest value of the first element that gives one."""
    for group in holder.beside(*_VALUES, without=without):
        for value in group.deep("VALUE_COST", "LOW_VALUE"):
            first = _amount(value)
            second = next((_amount(other) for other in group.deep("HIGH_VALUE")), None)
            if first is not None:
                return first, second or first if value.name == "VALUE_COST" else second
    return None, None


def _amount(value: Node) -> str | None:
    """The amount of an element: the number in ``FMTVAL``, else its text, which is the same number as printed."""
    return value.attributes.get("FMTVAL") or value.whole() or None


def _criteria(form: Node) -> Iterator[Criterion]:
    for criterion in form.deep("CRITERIA_DEFINITION"):
        yield Criterion(criterion.words("CRITERIA") or "", None, criterion.words("WEIGHTING"))
    if next(form.deep("LOWEST_PRICE"), None) is not None:
        yield Criterion("Prix", "price")


def _lots(form: Node) -> list[Part]:
    lots = [_lot(node, position) for position, node in enumerate(_found(form, _is_lot), start=1)]
    awards = list(_found(form, _is_award))
    if not lots:
        numbers = [lot_number(award.words("LOT_NUMBER")) for award in awards]
        if len(set(numbers)) == len(numbers) > 1 and None not in numbers:
            lots = [
                Part(number=number, title=award.words("CONTRACT_TITLE"))
                for number, award in zip(numbers, awards, strict=True)
            ]
        elif awards:
            lots = [Part()]
    for award in awards:
        number = lot_number(award.words("LOT_NUMBER"))
        for lot in lots if len(lots) == 1 else [lot for lot in lots if lot.number == number]:
            _award(lot, award)
    return lots


def _lot(lot: Node, position: int) -> Part:
    nothing: frozenset[str] = frozenset()
    months, starts, ends = _length(lot, nothing)
    low, high = _amounts(lot, nothing)
    return Part(
        number=lot_number(lot.words("LOT_NUMBER")) or str(position),
        title=lot.words("LOT_TITLE"),
        description=lot.words("LOT_DESCRIPTION"),
        cpv=_cpv(lot, nothing),
        nuts=_nuts(lot, nothing),
        months=months,
        starts=starts,
        ends=ends,
        amount_min=low,
        amount_max=high,
        texts=[text for node in lot.deep(*_TEXTS, "ADDITIONAL_INFORMATION_ABOUT_LOTS") if (text := node.whole())],
    )


def _award(lot: Part, award: Node) -> None:
    """Reads who holds the contract, the number of offers, and the amount agreed (not the one estimated before)."""
    lot.winners += [party_of(address) for address in award.deep(*_WINNER)]
    lot.offers = award.words("OFFERS_RECEIVED_NUMBER") or lot.offers
    agreed = award.first("CONTRACT_VALUE_INFORMATION") or Node("none")
    for value in agreed.beside("VALUE_COST", without=frozenset(("INITIAL_ESTIMATED_TOTAL_VALUE_CONTRACT",))):
        lot.amount_min = lot.amount_max = _amount(value)
        break
