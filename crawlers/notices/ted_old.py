"""TED notices before eForms: R2.0.9 (forms F01 to F25), and R2.0.8 by what both share (contracts.md 7)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from crawlers.contracts.organisations import Party
from crawlers.notices.eforms import CODED, ESS_KIND
from crawlers.notices.raw import NOBODY, Criterion, Part, RawNotice, Said
from crawlers.notices.tree import Node
from crawlers.notices.values import compact_day, lot_number, read_moment, ted_number

_PRIOR: Final = frozenset(("F01", "F04", "F16"))
_AWARDS: Final = frozenset(("F03", "F06", "F13", "F18", "F19", "F25"))
_CALLS: Final = frozenset(("F02", "F05", "F07", "F12", "F17", "F24"))
_SPECIAL: Final = frozenset(("F21", "F22", "F23"))
_OF_TYPE: Final = {"0": "prior_information", "3": "call", "7": "award", "2": "correction"}
"""``TD_DOCUMENT_TYPE`` when the form does not tell."""
_CATEGORIES: Final = {
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
_WORKSHOP: Final = (
    "RESTRICTED_SHELTERED_WORKSHOP",
    "RESTRICTED_SHELTERED_PROGRAM",
    "SHELTERED_WORKSHOPS",
    "SHELTERED_PROGRAMMES",
)
_MISSION: Final = "RESERVED_ORGANISATIONS_SERVICE_MISSION"
_READ: Final = ("INFO_ADD", "RULES_CRITERIA", "MAIN_FEATURES_AWARD", "SUITABILITY", "CRITERIA_EVALUATION")


def read_ted(root: Node) -> RawNotice:
    """The notice, in French when it has a French version."""
    coded = root.one("CODED_DATA_SECTION") or Node("none")
    data = coded.one("NOTICE_DATA") or Node("none")
    form = _form(root)
    number = ted_number(root.attributes.get("DOC_ID")) or ted_number(data.words("NO_DOC_OJS"))
    body = form.one("CONTRACTING_BODY/ADDRESS_CONTRACTING_BODY") or next(
        form.deep("CA_CE_CONCESSIONAIRE_PROFILE"), Node("none")
    )
    deadline = read_moment(form.words("PROCEDURE/DATE_RECEIPT_TENDERS"), form.words("PROCEDURE/TIME_RECEIPT_TENDERS"))
    whole = _whole(form, data)
    whole.deadline = deadline or read_moment(coded.words("CODIF_DATA/DT_DATE_FOR_SUBMISSION"))
    return RawNotice(
        number=number,
        form=f"ted_{form.attributes.get('FORM') or form.name}".lower(),
        nature=_nature(form, coded),
        whole=whole,
        lots=_lots(form),
        published=compact_day(coded.words("REF_OJS/DATE_PUB")),
        follows=[one for text in _references(form, data) if (one := ted_number(text)) is not None],
        buyer=_party(body),
        place=_place(body),
        category=_category(form, coded),
        procedure=next((code for name, code in _PROCEDURES.items() if form.has(f"PROCEDURE/{name}")), None),
        url=f"https://ted.europa.eu/fr/notice/-/detail/{number}" if number else None,
    )


def _form(root: Node) -> Node:
    forms = root.all("FORM_SECTION/*")
    french = [one for one in forms if one.attributes.get("LG") == "FR"]
    return next(iter((*french, *forms)), Node("none"))


def _nature(form: Node, coded: Node) -> str | None:
    code = form.attributes.get("FORM") or form.name
    for codes, nature in ((_PRIOR, "prior_information"), (_AWARDS, "award"), (_CALLS, "call")):
        if code in codes:
            return nature
    kind = next((one.attributes.get("TYPE", "") for one in form.all("NOTICE")), "")
    if code in _SPECIAL and kind:
        if "AWARD" in kind:
            return "award"
        return "prior_information" if kind.startswith(("PRI_ONLY", "PER_ONLY", "PRI")) else "call"
    if code in ("F14", "F20", "F15"):
        return {"F14": "correction", "F20": "modification", "F15": "intention"}[code]
    kind_of = coded.one("CODIF_DATA/TD_DOCUMENT_TYPE")
    return _OF_TYPE.get(kind_of.attributes.get("CODE", "")) if kind_of is not None else None


def _references(form: Node, data: Node) -> Iterator[str]:
    yield from form.every("PROCEDURE/NOTICE_NUMBER_OJ")
    yield from form.every("COMPLEMENTARY_INFO/NOTICE_NUMBER_OJ")
    yield from data.every("REF_NOTICE/NO_DOC_OJS")


def _place(body: Node) -> tuple[str | None, str | None, str | None]:
    country = body.one("COUNTRY")
    if country is not None and country.attributes.get("VALUE", "FR") != "FR":
        return None, None, None
    return body.words("POSTAL_CODE"), body.words("TOWN"), None


def _party(address: Node) -> Party:
    name = address.words("OFFICIALNAME") or next((one.whole() for one in address.deep("OFFICIALNAME")), None)
    id_ = address.words("NATIONALID")
    return NOBODY if name is None and id_ is None else (None, id_, name)


def _category(form: Node, coded: Node) -> str | None:
    typed = form.one("OBJECT_CONTRACT/TYPE_CONTRACT")
    nature = coded.one("CODIF_DATA/NC_CONTRACT_NATURE")
    code = (
        typed.attributes.get("CTYPE")
        if typed is not None
        else nature.attributes.get("CODE")
        if nature is not None
        else None
    )
    return _CATEGORIES.get(code or "")


def _values(nodes: list[Node], attribute: str = "CODE") -> list[str]:
    return [node.attributes[attribute] for node in nodes if attribute in node.attributes]


def _whole(form: Node, data: Node) -> Part:
    object_ = form.one("OBJECT_CONTRACT") or Node("none")
    left = form.one("LEFTI") or Node("none")
    amount = object_.words("VAL_ESTIMATED_TOTAL") or object_.words("VAL_TOTAL")
    return Part(
        title=object_.words("TITLE") or next((one.whole() for one in form.deep("TITLE_CONTRACT")), None),
        description=object_.words("SHORT_DESCR")
        or next((one.whole() for one in form.deep("SHORT_CONTRACT_DESCRIPTION")), None),
        cpv=_values(object_.all("CPV_MAIN/CPV_CODE")) or _values(data.all("ORIGINAL_CPV")),
        nuts=_values(data.all("PERFORMANCE_NUTS")) or _values(data.all("ORIGINAL_NUTS")),
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
        winners=[_party(one) for one in form.deep("ADDRESS_WINNER")],
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
        cpv=_values(lot.all("CPV_ADDITIONAL/CPV_CODE")),
        nuts=_values(lot.all("NUTS")),
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


def _award(lot: Part, awards: list[Node]) -> None:
    for award in awards:
        lot.winners += [_party(one) for one in award.deep("ADDRESS_CONTRACTOR", "ADDRESS_WINNER")]
        lot.offers = lot.offers or next((one.text for one in award.deep("NB_TENDERS_RECEIVED")), None)
        total = next((one.text for one in award.deep("VAL_TOTAL")), None)
        if total is not None:
            lot.amount_min = lot.amount_max = total
