"""Options that several benches have, as the types of their parameters (``benchmarks.__main__``)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

Day = Annotated[date, typer.Option(parser=date.fromisoformat, metavar="DAY")]
Half = Annotated[str | None, typer.Option(help="the cases of one half: dev or tune, held")]
Listed = Annotated[bool, typer.Option("--list", help="also each case")]
Failures = Annotated[bool, typer.Option("--failures", help="also each case that is not as judged")]
Given = Annotated[Path | None, typer.Option("--home", help="a home where the data is indexed; else one is made of it")]
Home = Annotated[Path, typer.Argument(help="a home where the data is indexed")]
Data = Annotated[Path, typer.Argument(help="the folder of the shared data")]
