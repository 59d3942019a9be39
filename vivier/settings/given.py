"""Settings of what people give."""

from __future__ import annotations

import re
from importlib.util import find_spec
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr
from pydantic_core import PydanticCustomError

from vivier.settings.home import InHome
from vivier.settings.secret_files import fernet


def _database(url: SecretStr) -> SecretStr:
    if re.match(r"(sqlite|postgresql)(\+\w+)?://", url.get_secret_value()) is None:
        raise PydanticCustomError(
            "database", "Une adresse de SQLAlchemy est attendue, par exemple sqlite:////srv/vivier/given.sqlite."
        )
    if url.get_secret_value().startswith("postgresql") and find_spec("psycopg") is None:
        raise PydanticCustomError("driver", "Le pilote de PostgreSQL manque : pip install 'vivier[postgresql]'.")
    return url


def _password(password: SecretStr) -> SecretStr:
    """The password of the review. Raises a ``PydanticCustomError`` for the JSON of a sign-on, which former versions read: it is no password."""
    if password.get_secret_value().lstrip().startswith("{"):
        raise PydanticCustomError(
            "review_token",
            "Un mot de passe est attendu, non un document JSON : un mandataire connecte qui décide (docs/operate-sign-on.md).",
        )
    return password


class OfGiven(InHome):
    """Where what people give is kept, its copies, and who reviews it."""

    given_url: Annotated[
        SecretStr | None,
        AfterValidator(lambda url: url and _database(url)),
        Field(description="database of what people give, by default « given.sqlite » in home"),
    ] = None
    backup_key: Annotated[
        SecretStr | None,
        AfterValidator(lambda keys: keys and fernet(keys)),
        Field(description="key that seals the copies of the night (« vivier mail key » draws one); none: no copy"),
    ] = None
    review_token: Annotated[
        SecretStr | None,
        Field(
            min_length=22,
            description="password of the page « /revue », of 128 random bits at least; none: no such page",
        ),
        AfterValidator(lambda password: password and _password(password)),
    ] = None

    @property
    def given_address(self) -> str:
        """The database of what people give, as a URL of SQLAlchemy."""
        own = self.given_url
        return f"sqlite:///{self.home / 'given.sqlite'}" if own is None else own.get_secret_value()
