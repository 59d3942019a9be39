"""Write ``vivier/model/views.py``, the types of stored records, from the models: ``python -m scripts.build_views [--check]``.

A record is a model written as JSON, as the index returns it. Its dates are texts, its tuples are lists, and an unknown member is
absent. ``--check`` writes nothing and exits 1 when the file differs from what would be written.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from vivier.model import Buyer, Contract, Fact, PublishedNotice, Supplier, Zone

VIEWS: Final = Path(__file__).resolve().parents[1] / "vivier" / "model" / "views.py"
ROOTS: Final[tuple[type[BaseModel], ...]] = (Supplier, Contract, PublishedNotice, Buyer)
"""Models of the records of each collection of the index."""
_PLAIN: Final[dict[type[Any], str]] = {str: "str", int: "int", float: "float", bool: "bool", NoneType: "None"}
_HEAD: Final = '''"""Types of the records that the index gives back: the models of this folder as they are stored, in JSON.

Written by ``python -m scripts.build_views``: do not edit. A date is a text in ISO 8601, and a member that is unknown, or that has
its default, may be absent.
"""

from __future__ import annotations

from typing import Generic, Literal, NotRequired, TypeVar

from typing_extensions import TypedDict

T = TypeVar("T")


class FactView(TypedDict, Generic[T]):
    """A value and its provenance."""

    value: T
    provenance: ProvenanceView
'''


def written() -> str:
    """The whole file, formatted."""
    seen: dict[type[BaseModel], str] = {}
    for root in ROOTS:
        _declare(root, seen)
    zones = f"\nZoneView = {_type(Zone)}"
    text = "\n\n".join([_HEAD.rstrip(), *seen.values(), zones]) + "\n"
    formatter = [sys.executable, "-m", "ruff", "format", "--stdin-filename", str(VIEWS), "-"]
    return subprocess.run(formatter, input=text, capture_output=True, text=True, check=True).stdout


def _declare(model: type[BaseModel], seen: dict[type[BaseModel], str]) -> None:
    """Adds the declaration of a model to ``seen``, after those of the models of its fields."""
    if model in seen:
        return
    seen[model] = ""
    for field in model.model_fields.values():
        for inner in _models(field.annotation):
            _declare(inner, seen)
    members = "\n".join(f"    {name}: {_member(field)}" for name, field in model.model_fields.items())
    text = f'\nclass {_name(model)}(TypedDict):\n    """{_first_sentence(model)}"""\n\n{members}'
    del seen[model]
    seen[model] = text


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if issubclass(annotation, Fact):
            yield from _models(annotation.model_fields["value"].annotation)
            yield from _models(annotation.model_fields["provenance"].annotation)
        else:
            yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


def _member(field: FieldInfo) -> str:
    """The type of a member in a view. A member with a default may be absent, except the discriminator of a union; none is null."""
    text = _type(field.annotation, null=False)
    tells = get_origin(field.annotation) is Literal and len(get_args(field.annotation)) == 1
    return text if field.is_required() or tells else f"NotRequired[{text}]"


def _type(annotation: Any, *, null: bool = True) -> str:
    origin, inner = get_origin(annotation), get_args(annotation)
    if annotation in _PLAIN:
        return _PLAIN[annotation]
    if origin is Annotated:
        return _type(inner[0], null=null)
    if origin is Literal:
        return f"Literal[{', '.join(map(repr, inner))}]"
    if origin is tuple:
        return f"list[{_type(inner[0])}]"
    if origin in (Union, UnionType):
        return " | ".join(_type(member) for member in inner if null or member is not NoneType)
    if isinstance(annotation, type) and issubclass(annotation, Fact):
        return f"FactView[{_type(annotation.model_fields['value'].annotation)}]"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _name(annotation)
    if isinstance(annotation, type) and issubclass(annotation, date):
        return "str"
    raise TypeError(f"no view of {annotation}")


def _name(model: type[BaseModel]) -> str:
    return "NoticeView" if model is PublishedNotice else f"{model.__name__}View"


def _first_sentence(model: type[BaseModel]) -> str:
    """The first sentence of the docstring of a model."""
    return " ".join((model.__doc__ or "").split("\n\n")[0].split()).partition(". ")[0].rstrip(".") + "."


def main() -> int:
    """Runs the command line; returns 0 when the file is written or up to date, 1 when ``--check`` finds it stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare only, write nothing")
    options = parser.parse_args()
    text = written()
    if VIEWS.is_file() and VIEWS.read_text(encoding="utf8") == text:
        return 0
    if options.check:
        print("stale: vivier/model/views.py (python -m scripts.build_views)")
        return 1
    VIEWS.write_text(text, encoding="utf8")
    print("written: vivier/model/views.py")
    return 0


if __name__ == "__main__":
    sys.exit(main())
