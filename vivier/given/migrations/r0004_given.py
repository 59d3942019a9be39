"""The tables of what people give, of version 0.2.0: where migrations of a database begin. A new one has its tables made whole."""

revision = "r0004"
down_revision = None
