"""Groups of structures that could answer a lot together (docs/methods.md (f)): need, units, search, why there is
none, text, reading."""
