"""Families of sources: what ten sources share is written once, each says only what differs."""

from crawlers.kit.csv_family import CsvFamily
from crawlers.kit.json_family import JsonPages, leading_values, stream_items
from crawlers.kit.plan import Chains, Direct, Discover, FetchPlan
from crawlers.kit.row import Row, settle, without_contacts
from crawlers.kit.scrub import scrub
from crawlers.kit.source import Aside, Draft, Intake, Outcome, Skip, Source, WrongFile

__all__ = [
    "Aside",
    "Chains",
    "CsvFamily",
    "Direct",
    "Discover",
    "Draft",
    "FetchPlan",
    "Intake",
    "JsonPages",
    "Outcome",
    "Row",
    "Skip",
    "Source",
    "WrongFile",
    "leading_values",
    "scrub",
    "settle",
    "stream_items",
    "without_contacts",
]
