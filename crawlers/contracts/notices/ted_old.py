"""Reads forms F01 to F25 of TED's schema R2.0.9, from 2016 to the eForms (docs/contracts.md, « What is read »)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from crawlers.contracts.notices.eforms import CODED, ESS_KIND
from crawlers.contracts.notices.raw import BUYER_PROFILE, NOBODY, CodedProvision, Criterion, Part, RawNotice
from crawlers.contracts.notices.recurrence import read_recurrence
from crawlers.contracts.notices.tree import Node
from crawlers.contracts.notices.values import labelled, lot_number, read_moment
from crawlers.contracts.organisations import Party

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
    """Reads the form itself; the fields of the coded section are added by ``ted_export``."""
    body = form.first("CONTRACTING_BODY/ADDRESS_CONTRACTING_BODY") or Node("none")
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
        contact=contact_of(body),
        recurrence=read_recurrence(form),
        category=_category(form),
        procedure=next((code for name, code in _PROCEDURES.items() if form.has(f"PROCEDURE/{name}")), None),
    )


def _nature(form: Node) -> str | None:
    code = form.attributes.get("FORM") or form.name
    for codes, nature in ((_PRIOR, "prior_information"), (_AWARDS, "award"), (_CALLS, "call")):
        if code in codes:
            return nature
    kind = next((notice.attributes.get("TYPE", "") for notice in form.all("NOTICE")), "")
    if code in _SPECIAL and kind:
        if "AWARD" in kind:
            return "award"
        return "prior_information" if kind.startswith(("PRI_ONLY", "PER_ONLY", "PRI")) else "call"
    return {"F08": BUYER_PROFILE, "F14": "correction", "F20": "modification", "F15": "intention"}.get(code)


def place_of(body: Node) -> tuple[str | None, str | None, str | None]:
    """Post code and town of a French body. The post code of an address abroad is left out."""
    country = body.first("COUNTRY")
    if country is not None and country.attributes.get("VALUE", "FR") != "FR":
        return None, None, None
    return body.words("POSTAL_CODE"), body.words("TOWN"), None


def party_of(address: Node) -> Party:
    """The party that an address names. R2.0.8 writes the name and the number under ``ORGANISATION``, or the name as its
    text."""
    name = next((node.whole() for node in address.deep("OFFICIALNAME", "ORGANISATION") if _is_name(node)), None)
    id_ = next((node.whole() for node in address.deep("NATIONALID") if node.whole()), None)
    return NOBODY if name is None and id_ is None else labelled((None, id_, name))


def contact_of(body: Node) -> tuple[str | None, str | None, str | None]:
    """The web site, the page of consultations and the mailbox that an address gives, at whatever depth."""
    site, profile, mailbox = (
        next((node.whole() for node in body.deep(name) if node.whole()), None)
        for name in ("URL_GENERAL", "URL_BUYER", "E_MAIL")
    )
    return site, profile, mailbox


def _is_name(node: Node) -> bool:
    return bool(node.whole()) and not any(child.name in ("OFFICIALNAME", "NATIONALID") for child in node.children)


def _category(form: Node) -> str | None:
    typed = form.first("OBJECT_CONTRACT/TYPE_CONTRACT")
    return CATEGORIES.get(typed.attributes.get("CTYPE", "")) if typed is not None else None


def coded_values(nodes: Iterable[Node], attribute: str = "CODE") -> list[str]:
    """The codes that elements have as an attribute."""
    return [node.attributes[attribute] for node in nodes if attribute in node.attributes]


def _whole(form: Node) -> Part:
    object_ = form.first("OBJECT_CONTRACT") or Node("none")
    left = form.first("LEFTI") or Node("none")
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
        coded=list(_boxes(form)),
        winners=[party_of(address) for address in form.deep("ADDRESS_WINNER")],
    )


def _boxes(form: Node) -> Iterator[CodedProvision]:
    """The ticked boxes of reservation. « Service mission » is meant for the social economy, but buyers tick it for
    others too."""
    ticked = dict.fromkeys(box.name for box in form.deep(*_WORKSHOP, _MISSION))
    for name in ticked:
        yield CodedProvision("reserved", name, CODED)
    if _MISSION in ticked:
        yield CodedProvision("reserved", _MISSION, ESS_KIND, ("ESS",))


def _lots(form: Node) -> list[Part]:
    described = form.all("OBJECT_CONTRACT/OBJECT_DESCR")
    awards = form.all("AWARD_CONTRACT") + form.all("RESULTS")
    lots = [_described(node, position) for position, node in enumerate(described, start=1)]
    if len(lots) > 1:
        for lot in lots:
            _award(lot, [award for award in awards if lot_number(award.words("LOT_NO")) == lot.number])
        if len(awards) == 1 and awards[0].words("LOT_NO") is None:
            _award_of_all(lots, awards[0])
    elif lots:
        _award(lots[0], awards)
        lots[0].number = lots[0].number if form.has("OBJECT_CONTRACT/LOT_DIVISION") else None
    return lots


def _described(lot: Node, position: int) -> Part:
    duration = lot.first("DURATION")
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
        holder = lot if parent == "." else lot.first(parent)
        for criterion in holder.children if holder is not None else ():
            if criterion.name in ("AC_QUALITY", "AC_COST"):
                yield Criterion(
                    criterion.words("AC_CRITERION") or "", criterion.name[3:].lower(), criterion.words("AC_WEIGHTING")
                )
            elif criterion.name == "AC_PRICE":
                yield Criterion("Prix", "price", criterion.words("AC_WEIGHTING"))
            elif criterion.name == "AC_CRITERION":
                yield Criterion(criterion.whole())


def _award_of_all(lots: list[Part], award: Node) -> None:
    """Gives the only award of a notice, which names no lot, to every lot. Its total is not the amount of each lot."""
    for lot in lots:
        low, high = lot.amount_min, lot.amount_max
        _award(lot, [award])
        lot.amount_min, lot.amount_max = low, high


def _award(lot: Part, awards: list[Node]) -> None:
    for award in awards:
        lot.winners += [party_of(address) for address in award.deep("ADDRESS_CONTRACTOR", "ADDRESS_WINNER")]
        lot.offers = lot.offers or next((node.text for node in award.deep("NB_TENDERS_RECEIVED")), None)
        total = next((node.text for node in award.deep("VAL_TOTAL")), None)
        if total is not None:
            lot.amount_min = lot.amount_max = total
