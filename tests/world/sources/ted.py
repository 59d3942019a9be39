"""TED: a search iterated by its token, kept after the last page (an empty page ends it), then each notice as XML."""

from __future__ import annotations

import json

from tests.world.entry import Entry, as_json, siret
from tests.world.server import Answer, Asked

SEARCH, NOTICES = "api.ted.europa.eu", "ted.europa.eu"
ROBOTS = b"User-agent: *\nDisallow: /*/my-account\nDisallow: /*/search/\n"
NUMBERS = ("987001-2026", "987002-2026")
_NAMES = "urn:oasis:names:specification:ubl:schema:xsd"


def _found(asked: Asked) -> Answer | None:
    """One notice a page, then an empty one."""
    if asked.path != "/v3/notices/search" or not asked.body:
        return None
    token = json.loads(asked.body).get("iterationNextToken")
    place = 0 if token is None else int(token)
    found = [{"publication-number": number, "publication-date": "2026-11-20+01:00"} for number in NUMBERS[place:][:1]]
    answer = {
        "notices": found,
        "totalNoticeCount": len(NUMBERS),
        "iterationNextToken": str(place + 1),
        "timedOut": False,
    }
    return Answer(as_json(answer))


def _notice(number: str) -> bytes:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<ContractNotice xmlns="{_NAMES}:ContractNotice-2" xmlns:cac="{_NAMES}:CommonAggregateComponents-2"
 xmlns:cbc="{_NAMES}:CommonBasicComponents-2" xmlns:ext="{_NAMES}:CommonExtensionComponents-2"
 xmlns:efext="http://data.europa.eu/p27/eforms-ubl-extensions/1"
 xmlns:efac="http://data.europa.eu/p27/eforms-ubl-extension-aggregate-components/1"
 xmlns:efbc="http://data.europa.eu/p27/eforms-ubl-extension-basic-components/1">
<ext:UBLExtensions><ext:UBLExtension><ext:ExtensionContent><efext:EformsExtension>
 <efac:NoticeSubType><cbc:SubTypeCode listName="notice-subtype">16</cbc:SubTypeCode></efac:NoticeSubType>
 <efac:Organizations><efac:Organization><efac:Company>
  <cac:PartyIdentification><cbc:ID schemeName="organization">ORG-0001</cbc:ID></cac:PartyIdentification>
  <cac:PartyName><cbc:Name>Hôpital inventé</cbc:Name></cac:PartyName>
  <cac:PostalAddress><cbc:CityName>Brest</cbc:CityName><cbc:PostalZone>29200</cbc:PostalZone></cac:PostalAddress>
  <cac:PartyLegalEntity><cbc:CompanyID>{siret(87_001, 1)}</cbc:CompanyID></cac:PartyLegalEntity>
  <cac:Contact><cbc:Name>PERSONNE-FICTIVE</cbc:Name><cbc:Telephone>TELEPHONE-FICTIF</cbc:Telephone></cac:Contact>
 </efac:Company></efac:Organization></efac:Organizations>
 <efac:Publication><efbc:NoticePublicationID>00{number}</efbc:NoticePublicationID>
  <efbc:PublicationDate>2026-11-20Z</efbc:PublicationDate></efac:Publication>
</efext:EformsExtension></ext:ExtensionContent></ext:UBLExtension></ext:UBLExtensions>
<cbc:ID schemeName="notice-id">00000000-0000-4000-8000-0000009{number[:5]}</cbc:ID>
<cbc:ContractFolderID>00000000-0000-4000-8000-0000008{number[:5]}</cbc:ContractFolderID>
<cbc:NoticeTypeCode listName="competition">cn-standard</cbc:NoticeTypeCode>
<cac:ContractingParty><cac:Party><cac:PartyIdentification><cbc:ID>ORG-0001</cbc:ID></cac:PartyIdentification></cac:Party></cac:ContractingParty>
<cac:ProcurementProject><cbc:Name>Linge inventé</cbc:Name>
 <cbc:ProcurementTypeCode listName="contract-nature">services</cbc:ProcurementTypeCode></cac:ProcurementProject>
<cac:ProcurementProjectLot><cbc:ID schemeName="Lot">LOT-0001</cbc:ID>
 <cac:TenderingTerms><cac:TendererQualificationRequest><cac:SpecificTendererRequirement>
  <cbc:TendererRequirementTypeCode listName="reserved-procurement">res-ws</cbc:TendererRequirementTypeCode>
 </cac:SpecificTendererRequirement></cac:TendererQualificationRequest></cac:TenderingTerms>
 <cac:TenderingProcess><cac:TenderSubmissionDeadlinePeriod><cbc:EndDate>2026-12-20+01:00</cbc:EndDate>
  <cbc:EndTime>11:00:00+01:00</cbc:EndTime></cac:TenderSubmissionDeadlinePeriod></cac:TenderingProcess>
 <cac:ProcurementProject><cbc:Name>Blanchisserie inventée</cbc:Name>
  <cac:MainCommodityClassification><cbc:ItemClassificationCode listName="cpv">98310000</cbc:ItemClassificationCode></cac:MainCommodityClassification>
 </cac:ProcurementProject>
</cac:ProcurementProjectLot></ContractNotice>""".encode()


_TOLD = {
    "nature": "call",
    "published": "2026-11-20",
    "deadline": "2026-12-20T10:00:00Z",
    "buyer.siret": siret(87_001, 1),
    "buyer.name": "Hôpital inventé",
    "buyer_place.post_code": "29200",
    "cpv": ["98310000"],
    "category": "services",
    "evidence.0.value": "res-ws",
}
ENTRY = Entry(
    pages={f"{NOTICES}/en/notice/{number}/xml": _notice(number) for number in NUMBERS},
    hosts={SEARCH: _found},
    robots={NOTICES: ROBOTS},
    tells={f"{number}-lot-1": {**_TOLD, "number": number} for number in NUMBERS},
    asked_whole=True,
)
