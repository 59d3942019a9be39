"""Settings of the mail that the service sends."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, SecretStr

from vivier.settings.home import InHome


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
        Field(
            description="key that seals addresses and letters (« vivier mail key » draws one); several, the newest first"
        ),
    ] = None
    mail_quota: Annotated[
        int, Field(ge=0, le=10_000, description="messages that one buyer may have the service send in a day; 0: none")
    ] = 100
