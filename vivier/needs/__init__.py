"""A need written in plain French: trades, CPV codes, place, kinds, labels, amount, duration, with the words of each."""

from vivier.needs.model import Need
from vivier.needs.query import Applied, NotApplied, applied, need_to_query
from vivier.needs.resolve import checked_text, resolve_need

__all__ = ["Applied", "Need", "NotApplied", "applied", "checked_text", "need_to_query", "resolve_need"]
