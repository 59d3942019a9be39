"""Settings of what people give."""

from __future__ import annotations

import re
from importlib.util import find_spec
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr
from pydantic_core import PydanticCustomError

from vivier.settings.home import InHome
from vivier.settings.secret_files import fernet
from vivier.settings.sign_on import SignOn, checked_review, sign_on_of


def _database(url: SecretStr) -> SecretStr:
    if re.match(r"(sqlite|postgresql)(\+\w+)?://", url.get_secret_value()) is None:
        raise PydanticCustomError(
            "database", "Une adresse de SQLAlchemy est attendue, par exemple sqlite:////srv/vivier/given.sqlite."
        )
    if url.get_secret_value().startswith("postgresql") and find_spec("psycopg") is None:
        raise PydanticCustomError("driver", "Le pilote de PostgreSQL manque : pip install 'vivier[postgresql]'.")
    return url


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
            description="password of the page « /revue », of 128 random bits at least, or the JSON of a sign-on; none: no such page",
        ),
        AfterValidator(lambda review: review and checked_review(review)),
    ] = None

    @property
    def sign_on(self) -> SignOn | None:
        """The sign-on of reviewers; ``None``: by password, or nobody."""
        return sign_on_of(self.review_token)

    @property
    def review_password(self) -> SecretStr | None:
        """The password of reviewers; ``None``: they sign on, or there is nobody."""
        return self.review_token if self.sign_on is None else None

    @property
    def given_address(self) -> str:
        """The database of what people give, as a URL of SQLAlchemy."""
        own = self.given_url
        return f"sqlite:///{self.home / 'given.sqlite'}" if own is None else own.get_secret_value()
