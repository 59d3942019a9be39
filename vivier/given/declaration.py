"""What a structure declares of itself: trades, zone, size, volume, what it does not do, references, how the organisation is reached."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from vivier.desk.read.amounts import amount_of
from vivier.errors import FieldError, InvalidRequest
from vivier.lexicon import Lexicon
from vivier.model.base import Given
from vivier.model.facts import ServiceType
from vivier.model.place import CountryZone, RadiusZone, TerritoriesZone, UndeclaredZone
from vivier.privacy import personal
from vivier.privacy.organisations import is_a_name, mailbox, site, switchboard
from vivier.search.messages import validated
from vivier.suppliers.refused import refused_trades

MOST_TRADES: Final = 8
MOST_PLACES: Final = 40
MOST_REFUSED: Final = 8
MOST_REFERENCES: Final = 8
LONGEST: Final = 300
"""Characters of a free text."""
MOST_KM: Final = 300
MOST_STAFF: Final = 20_000
MOST_EUROS: Final = 1_000_000_000
_PERSON: Final = "« {name} » : ne nommez personne, et n'écrivez ni courriel ni téléphone ici. D'une organisation, dites ce qu'elle est : « Société Pierre Fabre »."


class DeclaredTrade(Given):
    """A trade of the table, with the ways in which it is offered."""

    trade: Annotated[str, Field(min_length=1, max_length=80)]
    service_types: Annotated[tuple[ServiceType, ...], Field(max_length=3)] = ()


DeclaredZone = Annotated[CountryZone | RadiusZone | TerritoriesZone | UndeclaredZone, Field(discriminator="type")]


class Declared(Given):
    """What a structure declared, as it is kept. What is left out is unknown. The zone is that of every trade."""

    trades: Annotated[tuple[DeclaredTrade, ...], Field(max_length=MOST_TRADES)] = ()
    zone: DeclaredZone = UndeclaredZone()
    staff: Annotated[int | None, Field(ge=0, le=MOST_STAFF, description="personnes")] = None
    volume: Annotated[float | None, Field(gt=0, le=MOST_EUROS, description="euros HT par an")] = None
    refused: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=80)], ...],
        Field(max_length=MOST_REFUSED, description="métiers qu'elle ne fait pas, plus précis compris"),
    ] = ()
    cannot: Annotated[str, Field(max_length=LONGEST)] = ""
    references: Annotated[
        tuple[Annotated[str, Field(min_length=2, max_length=120)], ...], Field(max_length=MOST_REFERENCES)
    ] = ()
    mailbox: str | None = None
    phone: str | None = None
    website: str | None = None

    def as_json(self) -> dict[str, Any]:
        """What is declared as plain JSON, without what is unknown."""
        return self.model_dump(mode="json", exclude_none=True)


class Declaration(Declared):
    """What a structure declares now: it names nobody, and its contacts are the organisation's. What is kept is not judged again, by rules that
    may have changed."""

    @field_validator("volume", mode="before")
    @classmethod
    def _volume(cls, value: object) -> object:
        """« 80 000 € » is read as in the table of a programme; empty is not said."""
        if not isinstance(value, str):
            return value
        try:
            found = amount_of(value, "volume")
        except InvalidRequest as error:
            raise PydanticCustomError("invalid_value", "{text}", {"text": error.errors[0].message}) from None
        return None if found is None else found.counted

    @field_validator("cannot", "references")
    @classmethod
    def _nobody(cls, value: str | tuple[str, ...], info: Any) -> str | tuple[str, ...]:
        if any(personal(text) or is_a_name(text) for text in ((value,) if isinstance(value, str) else value)):
            raise PydanticCustomError("personal_data", _PERSON, {"name": info.field_name})
        return value

    @field_validator("mailbox", mode="before")
    @classmethod
    def _mailbox(cls, value: object) -> object:
        return _reached(
            value,
            mailbox,
            "mailbox",
            "la boîte de l'organisation est attendue, par exemple contact@, accueil@ ou devis@, jamais celle d'une personne.",
        )

    @field_validator("phone", mode="before")
    @classmethod
    def _phone(cls, value: object) -> object:
        return _reached(
            value,
            switchboard,
            "phone",
            "le numéro fixe du standard est attendu, à dix chiffres ; un portable est celui d'une personne.",
        )

    @field_validator("website", mode="before")
    @classmethod
    def _website(cls, value: object) -> object:
        return _reached(
            value, site, "website", "une adresse comme https://www.exemple.fr est attendue, celle de l'organisation."
        )

    @model_validator(mode="after")
    def _says_something(self) -> Declaration:
        codes = [declared.trade for declared in self.trades]
        if len(set(codes)) < len(codes):
            raise PydanticCustomError("duplicate", "« trades » : un métier y est deux fois.")
        if not self.model_fields_set - {"zone"} and isinstance(self.zone, UndeclaredZone):
            raise PydanticCustomError(
                "empty",
                "« trades » : remplissez au moins une case : un métier, une taille, une référence ou un contact.",
            )
        if not isinstance(self.zone, UndeclaredZone) and not self.trades:
            raise PydanticCustomError("no_trade", "« trades » : dites au moins un métier pour cette zone.")
        return self


def _reached(value: object, read: Any, name: str, expected: str) -> object:
    """A contact of the organisation as it is kept; ``None`` when nothing is given."""
    if value is None or value == "":
        return None
    found = read(value) if isinstance(value, str) else None
    if found is None:
        raise PydanticCustomError("personal_data", "« {name} » : {expected}", {"name": name, "expected": expected})
    return found


def checked_declaration(fields: Mapping[str, Any], lexicon: Lexicon) -> Declaration:
    """Validates a declaration. Raises ``InvalidRequest`` with every value to correct."""
    made = validated(Declaration, fields)
    unknown = [declared.trade for declared in made.trades if declared.trade not in lexicon.trade_names]
    if unknown:
        message = f"« trades » : « {unknown[0][:80]} » n'est pas un métier de la table."
        raise InvalidRequest((FieldError("trades", "unknown_value", message),))
    if isinstance(made.zone, RadiusZone) and made.zone.around is not None:
        _existing(TerritoriesZone(territories=(f"commune:{made.zone.around}",)), lexicon)
    if isinstance(made.zone, TerritoriesZone):
        made = made.model_copy(update={"zone": _existing(made.zone, lexicon)})
    return made.model_copy(update={"refused": _refused(made, lexicon)})


def _refused(made: Declaration, lexicon: Lexicon) -> tuple[str, ...]:
    """The trades that a structure says it does not do: those chosen, and those of which a line of its words is the very name. Raises
    ``InvalidRequest`` for an unknown one, and for one that it declares to do."""
    unknown = [code for code in made.refused if code not in lexicon.trade_names]
    if unknown:
        message = f"« refused » : « {unknown[0][:80]} » n'est pas un métier de la table."
        raise InvalidRequest((FieldError("refused", "unknown_value", message),))
    found = tuple(dict.fromkeys((*made.refused, *_named(made.cannot, lexicon))))
    refused = refused_trades(found, lexicon.trades)
    done = [each.trade for each in made.trades if each.trade in refused]
    if done:
        message = (
            f"« refused » : vous déclarez faire « {lexicon.trade_names[done[0]]} », et ne pas faire ce métier ou un métier qui le "
            "contient. Retirez l'un des deux."
        )
        raise InvalidRequest((FieldError("refused", "impossible_combination", message),))
    return found


def _named(text: str, lexicon: Lexicon) -> Iterator[str]:
    """The trades of which a line, or a part between « ; » and « , », is the name, with or without « pas de ». A word that only is about a
    trade names none: nobody is taken out of more than it said."""
    for part in filter(None, re.split(r"[\n;,]", text)):
        name = re.sub(r"^(?:pas|ni) d(?:e |['’])", "", part.strip().rstrip("."), flags=re.IGNORECASE)
        code = lexicon.trades.named(name)
        if code is not None:
            yield code


def _existing(zone: TerritoriesZone, lexicon: Lexicon) -> TerritoriesZone:
    """The zone with territories of today, each once. Raises ``InvalidRequest`` naming « zone »."""
    if len(zone.territories) > MOST_PLACES:
        message = f"« zone » : {MOST_PLACES} lieux au plus."
        raise InvalidRequest((FieldError("zone", "too_many", message),))
    try:
        today = [territory.id for id_ in zone.territories for territory in lexicon.gazetteer.expand(id_)[0]]
    except InvalidRequest as error:
        raise InvalidRequest((FieldError("zone", "unknown_value", error.errors[0].message),)) from None
    return TerritoriesZone(territories=tuple(dict.fromkeys(today)))


Fact = Literal[
    "name", "address", "trades", "zone", "size", "agreement", "label", "website", "closed", "reference", "other"
]
FACTS: Final[Mapping[Fact, str]] = {
    "name": "son nom",
    "address": "son adresse",
    "trades": "ses métiers",
    "zone": "sa zone d'intervention",
    "size": "sa taille",
    "agreement": "un agrément",
    "label": "un label",
    "website": "son site",
    "closed": "elle est fermée, ou ne l'est pas",
    "reference": "une référence ou un marché",
    "other": "autre chose",
}
"""What a report may be about, in French."""


class Report(Given):
    """An error that somebody reports: about which fact, what is right, and where it can be verified."""

    fact: Fact
    right: Annotated[str, Field(min_length=3, max_length=500)]
    source: Annotated[str, Field(min_length=3, max_length=LONGEST)]


class Refusal(Given):
    """The wish of a structure to appear no more: in which capacity one writes, and why if one says it. Never a name."""

    role: Annotated[str, Field(min_length=3, max_length=120)]
    why: Annotated[str, Field(max_length=500)] = ""


def checked_text(fields: Mapping[str, Any], model: type[Report] | type[Refusal]) -> Report | Refusal:
    """Validates a report or a refusal to appear. Raises ``InvalidRequest``, for what names a person too."""
    made = validated(model, fields)
    given = {name: str(getattr(made, name)) for name in model.model_fields}
    named = [name for name, text in given.items() if personal(text) or is_a_name(text)]
    if named:
        raise InvalidRequest(tuple(FieldError(name, "personal_data", _PERSON.format(name=name)) for name in named))
    return made
