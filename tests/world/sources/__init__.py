"""One entry for each live source, under its id. Every row is invented, and says so."""
