"""Writes a whole search as a file: CSV, JSON lines, XLSX. Rows and order are those of the search, in every format."""

from vivier.exports.document import MEDIA_TYPES, Document, file_name, prepare
from vivier.exports.tables import csv_chunks, jsonl_chunks

__all__ = ["MEDIA_TYPES", "Document", "csv_chunks", "file_name", "jsonl_chunks", "prepare"]
