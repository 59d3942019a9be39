"""What a supplier, a contract and a notice are, and where each fact about them comes from.

A class is imported from its module when it is first named: a search needs few of them, and making all takes a fifth of a second.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
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
        OtherValues,
        ProvisionEvidence,
        Subcontract,
    )
    from vivier.model.facts import Agreement, Capacity, Evidence, Label, Learnt, NotOffered, Offer, Reference
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

_MODULES: Final = ("base", "provenance", "place", "facts", "supplier", "buyer", "contract", "notice")


def __getattr__(name: str) -> Any:
    """The class or function of this name, of the first module that defines it."""
    if name in __all__:
        for module in (import_module(f"{__name__}.{module}") for module in _MODULES):
            if name in vars(module):
                globals()[name] = vars(module)[name]
                return globals()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


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
    "Learnt",
    "Member",
    "Model",
    "Modification",
    "NotOffered",
    "Notice",
    "Offer",
    "Organisation",
    "OtherValue",
    "OtherValues",
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
