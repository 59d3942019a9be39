"""A list of one's own (``docs/list-format.md``): its columns, its words, what a line may say, what is wrong with one."""
