"""The migrations of the given database, one file each, run by :mod:`vivier.given.migrate`. A file names its revision and the one before;
``upgrade`` writes what it changes out, as it was on that day: it never reads :mod:`vivier.given.tables`, which changes.

A migration of a version that CHANGELOG names is never changed nor deleted: ``tests/fixtures/museum`` has a database of each."""
