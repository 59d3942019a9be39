"""The sign-on of the page « /revue » by OpenID Connect (ProConnect, for instance): a JSON document in the place of its password."""

from __future__ import annotations

import hashlib
import re
from importlib.util import find_spec
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_core import PydanticCustomError

_EXAMPLE: Final = (
    '{"issuer": "https://…", "client_id": "…", "client_secret": "…", "reviewers": [{"name": "…", "sub": "…"}]}'
)
_HERE: Final = r"http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(/.*)?"
_HASH: Final = r"[0-9a-f]{64}"


class Reviewer(BaseModel):
    """Who may decide. ``name``: written in the journal; ``sub``: its id at the provider, or ``mailbox_sha256``: SHA-256 of its verified mailbox in lower
    case."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=1, max_length=60)]
    sub: Annotated[str | None, Field(min_length=1, max_length=255)] = None
    mailbox_sha256: Annotated[str | None, Field(pattern=f"^{_HASH}$")] = None

    @model_validator(mode="after")
    def _has_one_key(self) -> Self:
        if (self.sub is None) is (self.mailbox_sha256 is None):
            raise ValueError("sub or mailbox_sha256")
        return self


class SignOn(BaseModel):
    """The provider, this service as its client, and who may decide. ``acr_values``: the levels that are asked for, of which the answer must have one: a
    second factor, for instance; none: any level."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    issuer: Annotated[str, Field(max_length=300)]
    client_id: Annotated[str, Field(min_length=1, max_length=255)]
    client_secret: Annotated[SecretStr, Field(min_length=1, max_length=255)]
    reviewers: Annotated[tuple[Reviewer, ...], Field(min_length=1, max_length=200)]
    acr_values: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _is_safe(self) -> Self:
        if not self.issuer.startswith("https://") and re.fullmatch(_HERE, self.issuer) is None:
            raise ValueError("issuer")
        return self

    @property
    def discovery(self) -> str:
        """Where the provider says what it is (OpenID Connect Discovery 1.0)."""
        return f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"

    def reviewer_of(self, sub: str, mailbox: str | None) -> Reviewer | None:
        """Who an identity is; ``None`` when it may not decide. ``mailbox``: one that the provider verified."""
        hashed = None if mailbox is None else hashlib.sha256(mailbox.strip().lower().encode()).hexdigest()
        for reviewer in self.reviewers:
            if reviewer.sub == sub or (hashed is not None and reviewer.mailbox_sha256 == hashed):
                return reviewer
        return None

    @property
    def reads_mailboxes(self) -> bool:
        """Whether a reviewer is known by its mailbox, which is then asked for."""
        return any(reviewer.mailbox_sha256 is not None for reviewer in self.reviewers)


def sign_on_of(review: SecretStr | None) -> SignOn | None:
    """The sign-on that the setting of the review holds; ``None`` when it is a password, or nothing. Raises a ``PydanticCustomError``, without the secret."""
    text = "" if review is None else review.get_secret_value().strip()
    if not text.startswith("{"):
        return None
    try:
        made = SignOn.model_validate_json(text)
    except ValidationError:
        raise PydanticCustomError("sign_on", f"Un document JSON est attendu, comme {_EXAMPLE}.") from None
    if find_spec("authlib") is None or find_spec("httpx2") is None:
        raise PydanticCustomError(
            "sign_on", "Il manque la bibliothèque d'OpenID Connect : pip install 'vivier[signon]'."
        )
    return made


def checked_review(review: SecretStr) -> SecretStr:
    """The password of the review, or its sign-on. Raises a ``PydanticCustomError``."""
    sign_on_of(review)
    return review
