"""How the committed tables of ``mappings/tables`` are derived from registry packages."""
