"""Contract records → contracts → documents → a generation of contracts."""
