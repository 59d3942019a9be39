"""Reads notices and planned purchases as their journals write them, and makes one :class:`vivier.model.Notice` for each
lot.

``tree`` reads XML and the JSON that mirrors it, ``documents`` cuts files into records, ``eforms``, ``ted_old``,
``legacy`` and ``national`` say where each field is, ``evidence`` finds the signals of reservations and clauses,
``desk`` normalises.
"""
