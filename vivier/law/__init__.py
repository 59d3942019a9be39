"""The law and its parameters as tables: articles, kinds of structure, labels, and which kinds count for which reservation."""
