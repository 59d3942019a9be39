"""Groups of structures that could answer a lot together (methods (f)): need, units, search, why there is none, text, reading."""
