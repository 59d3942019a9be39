"""Settings of the mail that the service sends."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from vivier.settings.home import InHome
from vivier.settings.secret_files import fernet


class OfMail(InHome):
    """The relay of the mail, its keys and its limits."""

    smtp_url: Annotated[
        SecretStr | None,
        Field(description="relay of the mail that the service sends, « smtp://user@host:587 » or « smtps://host »"),
    ] = None
    mail_from: Annotated[
        str | None, Field(max_length=200, description="sender of the mail, « Vivier <vivier@example.org> »")
    ] = None
    mail_key: Annotated[
        SecretStr | None,
        AfterValidator(lambda keys: keys and fernet(keys)),
        Field(
            description="key that seals addresses and letters (« vivier mail key » draws one); several, the newest first"
        ),
    ] = None
