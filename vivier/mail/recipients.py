"""To whom a buyer writes: structures of a choice or of a round, and how each is reached."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from vivier.dossiers.listing import commune_name
from vivier.errors import FieldError, refuse_any
from vivier.given.round import Round, token_of
from vivier.given.tell import LINKS
from vivier.lexicon import Lexicon
from vivier.model.views import FactView, SupplierView
from vivier.names import readable_name
from vivier.privacy.organisations import mailbox as organisation_mailbox
from vivier.search.snapshot import Snapshot
from vivier.suppliers.chosen import records_of
from vivier.vocabulary import SAID_HERE

MOST_RECIPIENTS: Final = 30
"""The most structures of a choice that are written to; a round has more."""
Way = Literal["mailbox", "site", "phone", "directory", "unknown"]
WAYS: Final[Mapping[Way, str]] = {
    "mailbox": "courriel",
    "site": "par son site",
    "phone": "par téléphone",
    "directory": "par l'Annuaire des entreprises",
    "unknown": "aucun moyen connu",
}
_DIRECTORY: Final = "https://annuaire-entreprises.data.gouv.fr/etablissement/"


@dataclass(frozen=True)
class Recipient:
    """A structure to write to. ``mailbox`` and ``phone``: of the organisation, never of a person; ``link``: path where it answers a round."""

    id: str
    name: str
    commune: str | None
    siret: str | None
    website: str | None
    mailbox: str | None = None
    link: str | None = None
    phone: str | None = None

    @property
    def way(self) -> Way:
        """How it is reached."""
        if self.mailbox:
            return "mailbox"
        if self.website:
            return "site"
        return "phone" if self.phone else "directory" if self.siret else "unknown"

    @property
    def directory(self) -> str | None:
        """Its page in the public directory of organisations, where its telephone may be."""
        return None if self.siret is None else f"{_DIRECTORY}{self.siret}"


def chosen_recipients(text: str | None, snapshot: Snapshot, lexicon: Lexicon) -> list[Recipient]:
    """The structures of a list of ids separated by commas, :data:`MOST_RECIPIENTS` at most; one that the index no longer has is left out."""
    ids = list(dict.fromkeys(part.strip()[:80] for part in (text or "").split(",") if part.strip()))[:MOST_RECIPIENTS]
    return [_recipient(id_, record, lexicon) for id_, record in records_of(ids, snapshot).items()]


def _recipient(id_: str, record: Mapping[str, Any], lexicon: Lexicon) -> Recipient:
    values = {
        name: record[name]["value"] for name in ("name", "siret", "website", "mailbox", "phone") if name in record
    }
    address = record["address"]["value"] if "address" in record else {}
    commune = commune_name(address.get("commune"), lexicon)
    name = readable_name(values["name"])
    reached = {way: values.get(way) for way in ("website", "mailbox", "phone")}
    return Recipient(id_, name, commune, values.get("siret"), **reached)


def published_mailbox(record: SupplierView) -> str | None:
    """The mailbox that a register publishes for a structure; ``None`` when none does. What was declared here is no register."""
    facts: list[FactView[str]] = [record["mailbox"]] if "mailbox" in record else []
    others = [other for other in record.get("others", ()) if other["field"] == "mailbox"]
    for fact in (*facts, *others):
        if fact["provenance"]["source_id"] not in SAID_HERE:
            return str(fact["value"])
    return None


def invited_recipients(read: Round, id_: str) -> list[Recipient]:
    """The structures of a round that did not answer yet, each with its own link."""
    answered = {answer.structure for answer in read.answers}
    return [
        Recipient(
            each.structure,
            readable_name(each.name),
            each.commune,
            each.sirets[0] if each.sirets else None,
            each.website,
            link=f"{LINKS}/{token_of(id_, each.structure)}",
        )
        for each in read.invited
        if each.structure not in answered
    ]


def with_mailboxes(recipients: Iterable[Recipient], typed: Mapping[str, str]) -> list[Recipient]:
    """The recipients with the mailboxes that a buyer typed, by id. A mailbox must be the one that we know of the structure, or a
    service's on the domain of its site: the service writes to no address that anybody names. Raises ``InvalidRequest`` with all to correct."""
    made, errors = [], []
    for recipient in recipients:
        text = typed.get(recipient.id, "").strip()
        mailbox = organisation_mailbox(text) if text else None
        is_known = mailbox is not None and mailbox == recipient.mailbox
        if text and not is_known and (mailbox is None or mailbox.rpartition("@")[2] != domain_of(recipient.website)):
            message = (
                f"« mailbox » : « {text[:80]} » ne convient pas pour {recipient.name}. Donnez la boîte d'un service (contact@, accueil@) sur le "
                f"domaine de son site{_named(domain_of(recipient.website))}, jamais celle d'une personne ; ou écrivez-lui vous-même."
            )
            errors.append(FieldError("mailbox", "invalid_mailbox", message))
        made.append(replace(recipient, mailbox=mailbox or recipient.mailbox))
    refuse_any(errors)
    return made


def _named(domain: str | None) -> str:
    return " (aucun site connu)" if domain is None else f" ({domain})"


def domain_of(website: str | None) -> str | None:
    """The domain of a site, without « www. »; ``None`` when it cannot be read."""
    try:
        host = urlsplit(website or "").hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host and "." in host else None
