"""What a supplier, a contract and a notice are, and where each fact about them comes from."""

from vivier.model.base import Model
from vivier.model.buyer import Buyer
from vivier.model.contract import (
    BuyerPlace,
    Considerations,
    Contract,
    ContractRecord,
    DeclaredPlace,
    InclusiveHolder,
    Modification,
    Organisation,
    ProvisionEvidence,
    Subcontract,
)
from vivier.model.facts import Agreement, Capacity, Evidence, Label, NotOffered, Offer, Reference
from vivier.model.notice import AwardCriterion, Notice, PublishedNotice
from vivier.model.place import (
    Address,
    CountryZone,
    Point,
    Precision,
    RadiusZone,
    TerritoriesZone,
    UndeclaredZone,
    Zone,
)
from vivier.model.provenance import Basis, Fact, Provenance
from vivier.model.supplier import (
    Member,
    OtherValue,
    Record,
    Supplier,
    SupplierAgreement,
    SupplierLabel,
    SupplierOffer,
    members,
)

__all__ = [
    "Address",
    "Agreement",
    "AwardCriterion",
    "Basis",
    "Buyer",
    "BuyerPlace",
    "Capacity",
    "Considerations",
    "Contract",
    "ContractRecord",
    "CountryZone",
    "DeclaredPlace",
    "Evidence",
    "Fact",
    "InclusiveHolder",
    "Label",
    "Member",
    "Model",
    "Modification",
    "NotOffered",
    "Notice",
    "Offer",
    "Organisation",
    "OtherValue",
    "Point",
    "Precision",
    "Provenance",
    "ProvisionEvidence",
    "PublishedNotice",
    "RadiusZone",
    "Record",
    "Reference",
    "Subcontract",
    "Supplier",
    "SupplierAgreement",
    "SupplierLabel",
    "SupplierOffer",
    "TerritoriesZone",
    "UndeclaredZone",
    "Zone",
    "members",
]
