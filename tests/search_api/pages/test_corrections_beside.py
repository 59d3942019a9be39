"""An error beside the field of a form says what to write, without the code of the field."""

from __future__ import annotations

import pytest

from search_api.pages.choices import messages_by_field
from vivier.errors import FieldError


@pytest.mark.parametrize(
    ("field", "code", "message", "words"),
    [
        ("who", "missing", "« who » : choisissez l'entreprise.", "Choisissez l'entreprise."),
        ("start", "missing", "« start » manque.", "« Début d'exécution » manque."),
        (
            "trade",
            "unknown_code",
            "Code inconnu « z » pour « trade ». Oui « a » ?",
            "Métier inconnu, « z ». Oui « a » ?",
        ),
        ("hours", "float_parsing", "« hours » doit être un nombre (reçu : abc).", "Écrivez un nombre en chiffres"),
        ("start", "date_parsing", "« start » est une date AAAA-MM-JJ (reçu : demain).", "Écrivez un jour comme"),
        ("trade", "unknown_parameter", "Paramètre inconnu « trade ». Paramètres admis : voir /docs.", "retirez-le"),
    ],
)
def test_the_code_of_a_field_is_not_shown(field: str, code: str, message: str, words: str) -> None:
    (shown,) = messages_by_field([FieldError(field, code, message)])[field]
    assert words in shown and "AAAA" not in shown and "/v1" not in shown
    assert code == "unknown_parameter" or f"« {field} »" not in shown
