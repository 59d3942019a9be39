"""The law and its parameters as tables: articles, kinds of structure, labels, who answers which reservation."""
