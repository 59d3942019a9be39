"""Reads secrets from files: ``VIVIER_MAIL_KEY_FILE`` names the file that holds ``VIVIER_MAIL_KEY``, alone, and so for every secret."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import get_args

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError
from pydantic_settings import PydanticBaseSettingsSource

from vivier.errors import FieldError, InvalidRequest


class SecretFiles(PydanticBaseSettingsSource):
    """The secrets that a file holds. Raises ``InvalidRequest`` for one that cannot be read, is empty, or is given by its variable too."""

    def __call__(self) -> dict[str, object]:
        fields = self.settings_cls.model_fields.items()
        found = {name: self.get_field_value(field, name)[0] for name, field in fields if is_secret(field)}
        return {name: value for name, value in found.items() if value is not None}

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[str | None, str, bool]:
        """The text of the file of a secret, ``None`` without file; its name; it is never JSON."""
        variable = f"VIVIER_{field_name.upper()}"
        path = os.environ.get(f"{variable}_FILE")
        if not path:
            return None, field_name, False
        if os.environ.get(variable):
            raise _wrong(f"{variable}_FILE", f"Le secret est donné deux fois : gardez le fichier ou {variable}.")
        try:
            text = Path(path).read_text(encoding="utf8").strip()
        except (OSError, UnicodeError):
            text = ""
        if not text:
            raise _wrong(f"{variable}_FILE", "Le fichier est vide ou illisible. Écrivez-y le secret, seul.")
        return text, field_name, False


def fernet(keys: SecretStr) -> SecretStr:
    """One or more keys of Fernet, separated by commas. Raises for a text that is none."""
    texts = [key.strip() for key in keys.get_secret_value().replace("\n", ",").split(",") if key.strip()]
    if not texts or not all(re.fullmatch(r"[\w-]{43}=", key, re.ASCII) for key in texts):
        raise PydanticCustomError("key", "Une clé de « vivier mail key » est attendue : 44 caractères.")
    return SecretStr(",".join(texts))


def is_secret(field: FieldInfo) -> bool:
    """Whether a setting is a secret, which a file may hold."""
    return SecretStr in (field.annotation, *get_args(field.annotation))


def _wrong(variable: str, reason: str) -> InvalidRequest:
    return InvalidRequest((FieldError(variable, "invalid_value", reason),))
