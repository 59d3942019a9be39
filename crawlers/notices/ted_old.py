"""Forms F01 to F25 of TED's schema R2.0.9, from 2016 to the eForms (docs/contracts.md, « What is read »)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from crawlers.contracts.organisations import Party
from crawlers.notices.eforms import CODED, ESS_KIND
from crawlers.notices.raw import NOBODY, Criterion, Part, RawNotice, Said
from crawlers.notices.tree import Node
from crawlers.notices.values import labelled, lot_number, read_moment

_PRIOR: Final = frozenset(("F01", "F04", "F16"))
_AWARDS: Final = frozenset(("F03", "F06", "F13", "F18", "F19", "F25"))
_CALLS: Final = frozenset(("F02", "F05", "F07", "F12", "F17", "F24"))
_SPECIAL: Final = frozenset(("F21", "F22", "F23"))
CATEGORIES: Final = {
    "1": "travaux",
    "2": "fournitures",
    "4": "services",
    "WORKS": "travaux",
    "SUPPLIES": "fournitures",
    "SERVICES": "services",
}
_PROCEDURES: Final = {
    "PT_OPEN": "ouvert",
    "PT_RESTRICTED": "restreint",
    "PT_COMPETITIVE_NEGOTIATION": "negociation",
    "PT_INVOLVING_NEGOTIATION": "negociation",
    "PT_NEGOTIATED_WITH_PRIOR_CALL": "negociation",
    "PT_COMPETITIVE_DIALOGUE": "dialogue",
    "PT_AWARD_CONTRACT_WITHOUT_CALL": "sans_publicite",
    "PT_AWARD_CONTRACT_WITHOUT_PUBLICATION": "sans_publicite",
}
_WORKSHOP: Final = ("RESTRICTED_SHELTERED_WORKSHOP", "RESTRICTED_SHELTERED_PROGRAM")
_MISSION: Final = "RESERVED_ORGANISATIONS_SERVICE_MISSION"
_READ: Final = ("INFO_ADD", "RULES_CRITERIA", "MAIN_FEATURES_AWARD", "SUITABILITY", "CRITERIA_EVALUATION")


def read_form(form: Node) -> RawNotice:
    """What the form itself says; what stands in the coded section comes with it."""
    body = form.one("CONTRACTING_BODY/ADDRESS_CONTRACTING_BODY") or Node("none")
    whole = _whole(form)
    whole.deadline = read_moment(
        form.words("PROCEDURE/DATE_RECEIPT_TENDERS"), form.words("PROCEDURE/TIME_RECEIPT_TENDERS")
    )
    return RawNotice(
        number=None,
        form=f"ted_{form.attributes.get('FORM') or form.name}".lower(),
        nature=_nature(form),
        whole=whole,
        lots=_lots(form),
        follows=[*form.every("PROCEDURE/NOTICE_NUMBER_OJ"), *form.every("COMPLEMENTARY_INFO/NOTICE_NUMBER_OJ")],
        buyer=party_of(body),
        place=place_of(body),
        category=_category(form),
        procedure=next((code for name, code in _PROCEDURES.items() if form.has(f"PROCEDURE/{name}")), None),
    )


def _nature(form: Node) -> str | None:
    code = form.attributes.get("FORM") or form.name
    for codes, nature in ((_PRIOR, "prior_information"), (_AWARDS, "award"), (_CALLS, "call")):
        if code in codes:
            return nature
    kind = next((one.attributes.get("TYPE", "") for one in form.all("NOTICE")), "")
    if code in _SPECIAL and kind:
        if "AWARD" in kind:
            return "award"
        return "prior_information" if kind.startswith(("PRI_ONLY", "PER_ONLY", "PRI")) else "call"
    return {"F14": "correction", "F20": "modification", "F15": "intention"}.get(code)


def place_of(body: Node) -> tuple[str | None, str | None, str | None]:
    """Post code and town of a French body; an address abroad is no French post code."""
    country = body.one("COUNTRY")
    if country is not None and country.attributes.get("VALUE", "FR") != "FR":
        return None, None, None
    return body.words("POSTAL_CODE"), body.words("TOWN"), None


def party_of(address: Node) -> Party:
    """Who an address is that of: R2.0.8 writes the name and the number under ``ORGANISATION``, or the name as its text."""
    name = next((one.whole() for one in address.deep("OFFICIALNAME", "ORGANISATION") if _is_name(one)), None)
    id_ = next((one.whole() for one in address.deep("NATIONALID") if one.whole()), None)
    return NOBODY if name is None and id_ is None else labelled((None, id_, name))


def _is_name(one: Node) -> bool:
    return bool(one.whole()) and not any(child.name in ("OFFICIALNAME", "NATIONALID") for child in one.children)


def _category(form: Node) -> str | None:
    typed = form.one("OBJECT_CONTRACT/TYPE_CONTRACT")
    return CATEGORIES.get(typed.attributes.get("CTYPE", "")) if typed is not None else None


def coded_values(nodes: Iterable[Node], attribute: str = "CODE") -> list[str]:
    """The codes that elements bear as an attribute."""
    return [node.attributes[attribute] for node in nodes if attribute in node.attributes]


def _whole(form: Node) -> Part:
    object_ = form.one("OBJECT_CONTRACT") or Node("none")
    left = form.one("LEFTI") or Node("none")
    amount = object_.words("VAL_ESTIMATED_TOTAL") or object_.words("VAL_TOTAL")
    return Part(
        title=object_.words("TITLE"),
        description=object_.words("SHORT_DESCR"),
        cpv=coded_values(object_.all("CPV_MAIN/CPV_CODE")),
        amount_min=amount,
        amount_max=amount,
        conditions="\n".join(left.every("PERFORMANCE_CONDITIONS")) or None,
        texts=[
            text
            for name in _READ
            for parent in ("LEFTI", "PROCEDURE", "COMPLEMENTARY_INFO")
            for text in form.every(f"{parent}/{name}")
        ],
        said=list(_boxes(form)),
        winners=[party_of(one) for one in form.deep("ADDRESS_WINNER")],
    )


def _boxes(form: Node) -> Iterator[Said]:
    """The ticked boxes. « Service mission » is for the social economy, but ticked for others too."""
    ticked = dict.fromkeys(one.name for one in form.deep(*_WORKSHOP, _MISSION))
    for name in ticked:
        yield Said("reserved", name, CODED)
    if _MISSION in ticked:
        yield Said("reserved", _MISSION, ESS_KIND, ("ESS",))


def _lots(form: Node) -> list[Part]:
    described = form.all("OBJECT_CONTRACT/OBJECT_DESCR")
    awards = form.all("AWARD_CONTRACT") + form.all("RESULTS")
    lots = [_described(one, position) for position, one in enumerate(described, start=1)]
    if len(lots) > 1:
        for lot in lots:
            _award(lot, [one for one in awards if lot_number(one.words("LOT_NO")) == lot.number])
        if len(awards) == 1 and awards[0].words("LOT_NO") is None:
            _award_of_all(lots, awards[0])
    elif lots:
        _award(lots[0], awards)
        lots[0].number = lots[0].number if form.has("OBJECT_CONTRACT/LOT_DIVISION") else None
    return lots


def _described(lot: Node, position: int) -> Part:
    duration = lot.one("DURATION")
    amount = lot.words("VAL_OBJECT")
    return Part(
        number=lot_number(lot.words("LOT_NO")) or str(position),
        title=lot.words("TITLE"),
        description=lot.words("SHORT_DESCR"),
        cpv=coded_values(lot.all("CPV_ADDITIONAL/CPV_CODE")),
        nuts=coded_values(lot.all("NUTS")),
        months=_months(duration),
        starts=lot.words("DATE_START"),
        ends=lot.words("DATE_END"),
        amount_min=amount,
        amount_max=amount,
        criteria=list(_criteria(lot)),
        texts=lot.every("INFO_ADD"),
    )


def _months(duration: Node | None) -> float | None:
    if duration is None or not re.fullmatch(r"\s*\d+(?:[.,]\d+)?\s*", duration.text or ""):
        return None
    value = float((duration.text or "").strip().replace(",", "."))
    return value * 12 / 365 if duration.attributes.get("TYPE") == "DAY" else value


def _criteria(lot: Node) -> Iterator[Criterion]:
    for parent in ("AC", "DIRECTIVE_2014_24_EU/AC", "DIRECTIVE_2014_23_EU/AC", "."):
        holder = lot if parent == "." else lot.one(parent)
        for one in holder.children if holder is not None else ():
            if one.name in ("AC_QUALITY", "AC_COST"):
                yield Criterion(one.words("AC_CRITERION") or "", one.name[3:].lower(), one.words("AC_WEIGHTING"))
            elif one.name == "AC_PRICE":
                yield Criterion("Prix", "price", one.words("AC_WEIGHTING"))
            elif one.name == "AC_CRITERION":
                yield Criterion(one.whole())


def _award_of_all(lots: list[Part], award: Node) -> None:
    """The only award of a notice, which names no lot, is that of them all; its total is not that of each."""
    for lot in lots:
        low, high = lot.amount_min, lot.amount_max
        _award(lot, [award])
        lot.amount_min, lot.amount_max = low, high


def _award(lot: Part, awards: list[Node]) -> None:
    for award in awards:
        lot.winners += [party_of(one) for one in award.deep("ADDRESS_CONTRACTOR", "ADDRESS_WINNER")]
        lot.offers = lot.offers or next((one.text for one in award.deep("NB_TENDERS_RECEIVED")), None)
        total = next((one.text for one in award.deep("VAL_TOTAL")), None)
        if total is not None:
            lot.amount_min = lot.amount_max = total
