"""Notices and planned purchases as their journals write them, made :class:`vivier.model.Notice`, one a lot.

``tree`` is one reading of XML and of the JSON that mirrors it, ``documents`` cuts files into records, ``eforms``, ``ted_old``,
``legacy`` and ``national`` say where each field stands, ``evidence`` what bears on reservations, ``desk`` normalises.
"""
