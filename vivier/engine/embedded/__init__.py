"""The engine in the process: tantivy for words, columns for everything else."""
