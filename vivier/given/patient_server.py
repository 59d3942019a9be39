"""Connections to PostgreSQL that wait for no longer than the answer may take. The extra ``postgresql`` has the library."""

from __future__ import annotations

from typing import Any, Final, TypeVar

import psycopg
from psycopg import errors
from psycopg.abc import PQGen

from vivier.patience import LONGEST, waiting

R = TypeVar("R")
_AT_CONNECTION: Final = f"SET SESSION statement_timeout = {int(LONGEST * 1_000)}"


class Silent(psycopg.OperationalError):
    """The server did not answer in time."""


class Patient(psycopg.Connection[psycopg.rows.TupleRow]):
    """A connection that is closed when its statements are not answered in time (:mod:`vivier.patience`)."""

    def wait(self, gen: PQGen[R], interval: float = 0.1, timeout: float | None = None) -> R:
        try:
            with waiting() as seconds:
                return super().wait(gen, interval, seconds if timeout is None else timeout)
        except errors._WaitTimeout as error:
            self.pgconn.finish()
            raise Silent("the database did not answer in time") from error

    @classmethod
    def opened(cls, *arguments: Any, **options: Any) -> Patient:
        """A new connection, whose server bounds statements too."""
        with waiting():
            connection = cls.connect(*arguments, **options)
        connection.autocommit = True
        connection.execute(_AT_CONNECTION)
        connection.autocommit = False
        return connection
