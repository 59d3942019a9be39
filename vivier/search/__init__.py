"""What the searches of every collection share: operators, filters, query, words, scoring."""
