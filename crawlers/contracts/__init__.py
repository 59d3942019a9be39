"""Declared contracts (DECP) as their producers write them, read one at a time and made :class:`ContractRecord`.

``json_records`` and ``xml_records`` cut a document into raw records, ``tables`` reads CSV and Parquet, ``nested`` and ``flat``
say where each field stands, ``desk`` normalises the fields, once for every layout (docs/contracts.md, « Normalised values »).
"""
