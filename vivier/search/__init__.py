"""One search for every collection: operators, filters, query, words, scoring."""
