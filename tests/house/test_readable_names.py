"""Names in readable capitals: what a register writes, what a reader expects, what the rule does not know; names of the model."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivier import model
from vivier.model.place import Address
from vivier.names import readable_name


@pytest.mark.parametrize(
    ("register", "read"),
    [
        ("ESAT UTOPI REDON", "ESAT Utopi Redon"),
        ("LES ATELIERS DE LA MER", "Les Ateliers de la Mer"),
        ("SAINT-ETIENNE-DU-ROUVRAY", "Saint-Etienne-du-Rouvray"),
        ("L'ARCHE D'AIGREFOIN", "L'Arche d'Aigrefoin"),
        ("SARL PALLANGARDE SERVICES (FICTIF)", "SARL Pallangarde Services (fictif)"),
        ("ID EES INTERIM LYON", "ID EES Interim Lyon"),
        ("LYCEE HENRI IV", "Lycee Henri IV"),
        ("CCAS DE SAINT-DENIS (93)", "CCAS de Saint-Denis (93)"),
        ("Commune de Plouay", "Commune de Plouay"),
        ("iD'ees 21", "iD'ees 21"),
        ("", ""),
        ("12345", "12345"),
    ],
)
def test_a_name_in_readable_capitals(register: str, read: str) -> None:
    assert readable_name(register) == read


@pytest.mark.slow
@given(st.text(max_size=60))
def test_only_capitals_change_and_once(name: str) -> None:
    read = readable_name(name)
    assert read.casefold() == name.casefold()
    assert readable_name(read) == read


def test_the_model_gives_a_class_the_first_time_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(vars(model), "Address", raising=False)
    assert model.Address is Address and model.Address is Address
