"""Context of suppliers: registers read around them (SIRENE, BAN, priority areas), which make no supplier by themselves."""
