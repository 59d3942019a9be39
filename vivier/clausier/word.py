"""Clauses as a Word file, to paste in a consultation: a heading a clause and a stage, what each paragraph rests on in italics."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from itertools import groupby
from operator import itemgetter
from typing import Final

from docx import Document

from vivier.clausier.wording import WHAT, ClauseBody

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def clauses_word(clauses: Sequence[ClauseBody]) -> bytes:
    """The bytes of a ``.docx`` file that holds the clauses in their order, after what they are worth."""
    paper = Document()
    paper.core_properties.author, paper.core_properties.title = "Vivier", "Clauses proposées"
    paper.core_properties.language = "fr-FR"
    paper.add_paragraph(WHAT).runs[0].italic = True
    for clause in clauses:
        paper.add_heading(f"{clause['title']} ({clause['article']['code']})", 1)
        for stage, paragraphs in groupby(clause["paragraphs"], key=itemgetter("stage_fr")):
            paper.add_heading(stage, 2)
            for part in paragraphs:
                paragraph = paper.add_paragraph()
                paragraph.add_run(f"{part['title']}. ").bold = True
                paragraph.add_run(str(part["text"]))
                paper.add_paragraph().add_run(f"Source : {part['basis']}").italic = True
    file = BytesIO()
    paper.save(file)
    return file.getvalue()
