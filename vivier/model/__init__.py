"""What a supplier is, and where each fact about it comes from."""

from vivier.model.base import Model
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
from vivier.model.record import Agreement, Capacity, Evidence, Label, Offer, Record, Reference
from vivier.model.supplier import Supplier, SupplierAgreement, SupplierLabel, SupplierOffer

__all__ = [
    "Address",
    "Agreement",
    "Basis",
    "Capacity",
    "CountryZone",
    "Evidence",
    "Fact",
    "Label",
    "Model",
    "Offer",
    "Point",
    "Precision",
    "Provenance",
    "RadiusZone",
    "Record",
    "Reference",
    "Supplier",
    "SupplierAgreement",
    "SupplierLabel",
    "SupplierOffer",
    "TerritoriesZone",
    "UndeclaredZone",
    "Zone",
]
