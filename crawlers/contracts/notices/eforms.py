"""Reads eForms notices (UBL), from the XML of TED or from BOAMP's JSON of the same: both become one tree
(docs/contracts.md, « What is read »)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from crawlers.contracts.notices.raw import NOBODY, CodedProvision, Criterion, Part, RawNotice
from crawlers.contracts.notices.tree import Node
from crawlers.contracts.notices.values import lot_number, read_moment, ted_number
from crawlers.contracts.organisations import Party

NATURES: Final = {
    "planning": "prior_information",
    "competition": "call",
    "result": "award",
    "dir-awa-pre": "intention",
    "cont-modif": "modification",
    "consultation": "prior_information",
    "bri": "prior_information",
}
CATEGORIES: Final = {"works": "travaux", "supplies": "fournitures", "services": "services"}
PROCEDURES: Final = {
    "open": "ouvert",
    "restricted": "restreint",
    "neg-w-call": "negociation",
    "neg-wo-call": "sans_publicite",
    "comp-dial": "dialogue",
    "oth-single": "adaptee",
    "oth-mult": "adaptee",
}
CODED: Final = 0.9
EXECUTION: Final = 0.9
ESS_KIND: Final = 0.5
"""A notice of « mission of public service » is often ticked for SIAE too (docs/contracts.md, « Codes »)."""
_DEADLINES: Final = (
    "TenderSubmissionDeadlinePeriod",
    "ParticipationRequestReceptionPeriod",
    "UBLExtensions/UBLExtension/ExtensionContent/EformsExtension/InterestExpressionReceptionPeriod",
)
"""Offers (BT-131), else requests to take part (BT-1311), else expressions of interest (BT-630)."""
_EXTENSION: Final = "UBLExtensions/UBLExtension/ExtensionContent/EformsExtension"


def read_eforms(root: Node) -> RawNotice:
    """The notice as written. Its number is that of its publication in TED, else its own identifier."""
    extension = root.first(_EXTENSION) or Node("none")
    project = root.first("ProcurementProject") or Node("none")
    companies = dict(_companies(extension))
    notice_id = root.words("ID")
    whole = _project(project)
    buyer = companies.get(root.words("ContractingParty/Party/PartyIdentification/ID") or "", Node("none"))
    published = ted_number(extension.words("Publication/NoticePublicationID"))
    results = extension.first("NoticeResult") or Node("none")
    lots = [lot for lot in root.all("ProcurementProjectLot") if _scheme(lot) in ("Lot", "Part", None)]
    return RawNotice(
        number=published or notice_id,
        form=f"eforms_{extension.words('NoticeSubType/SubTypeCode') or '?'}",
        nature=_nature(root, extension),
        whole=whole,
        lots=[_lot(lot, results, companies) for lot in lots],
        folder=root.words("ContractFolderID"),
        published=extension.words("Publication/PublicationDate") or root.words("IssueDate"),
        planned=root.words("PlannedDate"),
        follows=list(_follows(root, extension)),
        buyer=_party(buyer),
        place=_place(buyer),
        contact=(
            buyer.words("WebsiteURI"),
            root.words("ContractingParty/BuyerProfileURI"),
            buyer.words("Contact/ElectronicMail"),
        ),
        category=CATEGORIES.get(project.words("ProcurementTypeCode") or ""),
        procedure=PROCEDURES.get(root.words("TenderingProcess/ProcedureCode") or ""),
        url=f"https://ted.europa.eu/fr/notice/-/detail/{published}" if published else None,
    )


def _nature(root: Node, extension: Node) -> str | None:
    code = root.first("NoticeTypeCode")
    if code is None:
        return None
    changed = extension.first("Changes")
    if changed is not None:
        reasons = set(changed.every("ChangeReason/ReasonCode"))
        return "cancellation" if "cancel" in reasons else "correction"
    return NATURES.get(code.attributes.get("listName", ""))


def _follows(root: Node, extension: Node) -> Iterator[str]:
    for text in (
        *extension.every("Changes/ChangedNoticeIdentifier"),
        *root.every("TenderingProcess/NoticeDocumentReference/ID"),
        *root.every("ProcurementProjectLot/TenderingProcess/NoticeDocumentReference/ID"),
    ):
        number = ted_number(text)
        # « <uuid>-01 »: the version is not part of the identifier
        yield number or (text[:36] if len(text) in (36, 39) else text)


def _companies(extension: Node) -> Iterator[tuple[str, Node]]:
    for company in extension.all("Organizations/Organization/Company"):
        id_ = company.words("PartyIdentification/ID")
        if id_ is not None:
            yield id_, company


def _party(company: Node) -> Party:
    name, id_ = company.words("PartyName/Name"), company.words("PartyLegalEntity/CompanyID")
    return NOBODY if name is None and id_ is None else (None, id_, name)


def _place(company: Node) -> tuple[str | None, str | None, str | None]:
    """Post code and town of a French body. The post code of an address abroad is left out."""
    if company.words("PostalAddress/Country/IdentificationCode") not in (None, "FRA"):
        return None, None, None
    return company.words("PostalAddress/PostalZone"), company.words("PostalAddress/CityName"), None


def _scheme(lot: Node) -> str | None:
    id_ = lot.first("ID")
    return None if id_ is None else id_.attributes.get("schemeName")


def _project(project: Node) -> Part:
    amount = project.first("RequestedTenderTotal") or Node("none")
    period = project.first("PlannedPeriod") or Node("none")
    ceiling = amount.words("UBLExtensions/UBLExtension/ExtensionContent/EformsExtension/FrameworkMaximumAmount")
    estimated = amount.words("EstimatedOverallContractAmount")
    return Part(
        title=project.words("Name"),
        description=project.words("Description"),
        cpv=[
            *project.every("MainCommodityClassification/ItemClassificationCode"),
            *project.every("AdditionalCommodityClassification/ItemClassificationCode"),
        ],
        nuts=project.every("RealizedLocation/Address/CountrySubentityCode"),
        months=_months(period.first("DurationMeasure")),
        starts=period.words("StartDate"),
        ends=period.words("EndDate"),
        amount_max=estimated or ceiling,
        amount_min=estimated,
        texts=project.every("ProcurementAdditionalType/ProcurementType"),
    )


def _months(duration: Node | None) -> float | None:
    if duration is None or duration.text is None:
        return None
    try:
        value = float(duration.text)
    except ValueError:
        return None
    return value * {"MONTH": 1, "YEAR": 12, "WEEK": 12 / 52, "DAY": 12 / 365}.get(
        duration.attributes.get("unitCode", ""), 1
    )


def _lot(lot: Node, results: Node, companies: dict[str, Node]) -> Part:
    part = _project(lot.first("ProcurementProject") or Node("none"))
    id_ = lot.words("ID")
    part.number = lot_number(id_)
    terms = lot.first("TenderingTerms") or Node("none")
    periods = (lot.first(f"TenderingProcess/{name}") for name in _DEADLINES)
    period = next((node for node in periods if node is not None and node.has("EndDate")), Node("none"))
    part.deadline = read_moment(period.words("EndDate"), period.words("EndTime"))
    part.criteria = [
        _criterion(node) for node in terms.all("AwardingTerms/AwardingCriterion/SubordinateAwardingCriterion")
    ]
    part.conditions = "\n".join(terms.every("ContractExecutionRequirement/Description")) or None
    part.texts += [
        *terms.every("TendererQualificationRequest/SpecificTendererRequirement/Description"),
        *lot.every("ProcurementProject/Note"),
    ]
    part.coded = [*_reserved(terms), *_aimed(lot)]
    _award(part, id_, results, companies)
    return part


def _criterion(criterion: Node) -> Criterion:
    weight = next((node.text for node in criterion.deep("ParameterNumeric")), None)
    name, more = criterion.words("Name"), criterion.words("Description")
    return Criterion(name or more or "", criterion.words("AwardingCriterionTypeCode"), weight, more if name else None)


def _codes(nodes: list[Node], list_name: str) -> list[str]:
    return [node.text.strip() for node in nodes if node.text and node.attributes.get("listName") == list_name]


def _reserved(terms: Node) -> Iterator[CodedProvision]:
    requirements = terms.all("TendererQualificationRequest/SpecificTendererRequirement/TendererRequirementTypeCode")
    for code in _codes(requirements, "reserved-procurement"):
        if code == "res-ws":
            yield CodedProvision("reserved", code, CODED)
        elif code == "res-pub-ser":
            yield CodedProvision("reserved", code, CODED)
            yield CodedProvision("reserved", code, ESS_KIND, ("ESS",))
    if "yes" in _codes(terms.all("ContractExecutionRequirement/ExecutionRequirementCode"), "reserved-execution"):
        yield CodedProvision("reserved", "reserved-execution", EXECUTION)


def _aimed(lot: Node) -> Iterator[CodedProvision]:
    """Strategic aims. BT-774 and BT-775 are more precise than BT-06, which is ignored when they are filled."""
    codes = lot.all("ProcurementProject/ProcurementAdditionalType/ProcurementTypeCode")
    social, green = _codes(codes, "social-objective"), _codes(codes, "environmental-impact")
    strategic = _codes(codes, "strategic-procurement")
    yield from (CodedProvision("social_unspecified", code, CODED) for code in social)
    yield from (CodedProvision("environmental", code, CODED) for code in green)
    yield from (
        CodedProvision("environmental", f"gpp-{code}", CODED)
        for code in _codes(codes, "gpp-criteria")
        if code != "none"
    )
    if "soc-obj" in strategic and not social:
        yield CodedProvision("social_unspecified", "soc-obj", CODED)
    if "env-imp" in strategic and not green:
        yield CodedProvision("environmental", "env-imp", CODED)


def _award(part: Part, id_: str | None, results: Node, companies: dict[str, Node]) -> None:
    tenders = {node.words("ID"): node for node in results.all("LotTender")}
    parties = {node.words("ID"): node for node in results.all("TenderingParty")}
    for result in results.all("LotResult"):
        if id_ not in result.every("TenderLot/ID"):
            continue
        for tender in (tenders.get(id_of_tender) for id_of_tender in result.every("LotTender/ID")):
            if tender is None:
                continue
            part.amount_max = tender.words("LegalMonetaryTotal/PayableAmount") or part.amount_max
            party = parties.get(tender.words("TenderingParty/ID"), Node("none"))
            part.winners += [
                _party(companies[company]) for company in party.every("Tenderer/ID") if company in companies
            ]
        for counted in result.all("ReceivedSubmissionsStatistics"):
            if counted.words("StatisticsCode") == "tenders":
                part.offers = counted.words("StatisticsNumeric")
