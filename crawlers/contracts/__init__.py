"""Reads declared contracts (DECP) one at a time, as their producers write them, and makes :class:`ContractRecord`.

``json_records`` and ``xml_records`` cut a document into raw records, ``tables`` reads CSV and Parquet, ``nested`` and
``flat`` say which name or column holds each field, ``desk`` normalises the fields of every layout (docs/contracts.md, «
Normalised values »).
"""
