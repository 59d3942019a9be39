"""Settings judged together, once each is valid by itself: « vivier serve » and « vivier doctor » say the same sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from limits.storage import storage_from_string

from vivier.check import Check
from vivier.mail.office import missing_settings
from vivier.settings import Settings, misspelt_variables, unread_variables

_PATIENCE: Final = 2.0
"""Seconds that the store of the limits has to answer."""


def settings_checks(settings: Settings) -> Iterator[Check]:
    """One sentence for each thing that does not go together. Only the counter of clients is asked."""
    wrong = misspelt_variables()
    problems = " ; ".join(f"{given} n'existe pas : vouliez-vous dire {meant} ?" for given, meant in wrong.items())
    unread = ", ".join(sorted(unread_variables() - wrong.keys()))
    ignored = f"lus, mais sans effet, car ces réglages n'existent pas ou plus : {unread}" if unread else "lus"
    yield Check("réglages", not wrong, problems or ignored)
    yield from (Check("réglages", False, sentence) for sentence in _apart(settings))
    store = settings.rate_store.get_secret_value()
    if settings.rate and store.startswith("redis"):
        storage = storage_from_string(store, socket_timeout=_PATIENCE, socket_connect_timeout=_PATIENCE)
        answers = storage.check() is True
        text = "le compteur partagé répond" if answers else "VIVIER_RATE_STORE ne répond pas : personne n'est compté"
        yield Check("limites", answers, text)


def _apart(settings: Settings) -> Iterator[str]:
    if settings.public_url is not None and not settings.proxies:
        yield "VIVIER_PUBLIC_URL annonce un mandataire que VIVIER_TRUSTED_PROXIES ne nomme pas : tous ses lecteurs comptent pour un seul"
    missing = [*missing_settings(settings)]
    if missing and (settings.smtp_url or settings.mail_from or settings.mail_key):
        yield f"le courriel est réglé à moitié : il manque {', '.join(missing)}"
    if (settings.opensearch_user is None) != (settings.opensearch_password is None):
        yield "VIVIER_OPENSEARCH_USER et VIVIER_OPENSEARCH_PASSWORD vont ensemble"
