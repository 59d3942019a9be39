"""The tables of mail of version 0.2.0: where migrations of a database begin. A new one has its tables made whole."""

revision = "m0002"
down_revision = None
