"""Only the mailbox of a service is kept, never one that may be a person's."""

from __future__ import annotations

import pytest

from vivier.privacy.organisations import mailbox


@pytest.mark.parametrize(
    "address",
    ["marches.publics@ville.example", "mairie@redon.example", "mairie-redon@redon.example", "ACHATS@chu.example.fr"],
)
def test_the_mailbox_of_a_service_is_kept(address: str) -> None:
    assert mailbox(address) == address.lower()


@pytest.mark.parametrize(
    "address",
    ["jean.dupont@ville.example", "j.dupont@marches.example", "dupont.marches@ville.example", "marches", "", "@x.fr"],
)
def test_a_mailbox_that_may_be_of_a_person_is_left_out(address: str) -> None:
    assert mailbox(address) is None
