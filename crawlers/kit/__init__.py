"""Families of sources: what ten sources share is written once; each source says only what differs."""

from crawlers.kit.csv_family import CsvFamily, CsvTable
from crawlers.kit.frame import Frame
from crawlers.kit.html_family import HtmlItems
from crawlers.kit.json_family import JsonItems, JsonPages, leading_values, stream_items
from crawlers.kit.row import ROW_ERRORS, Row, refused, settle, without_contacts
from crawlers.kit.source import Aside, Block, BlockReader, Draft, Intake, NotWhole, Outcome, Skip, Source, WrongFile
from crawlers.kit.table_family import TableFamily
from crawlers.plan import Chains, Direct, Discover, FetchPlan, Listing, Numbered, Resources
from vivier.privacy.contacts import scrub

__all__ = [
    "ROW_ERRORS",
    "Aside",
    "Block",
    "BlockReader",
    "Chains",
    "CsvFamily",
    "CsvTable",
    "Direct",
    "Discover",
    "Draft",
    "FetchPlan",
    "Frame",
    "HtmlItems",
    "Intake",
    "JsonItems",
    "JsonPages",
    "Listing",
    "NotWhole",
    "Numbered",
    "Outcome",
    "Resources",
    "Row",
    "Skip",
    "Source",
    "TableFamily",
    "WrongFile",
    "leading_values",
    "refused",
    "scrub",
    "settle",
    "stream_items",
    "without_contacts",
]
