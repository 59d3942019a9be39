"""A programme as one decision: a lever for each line, so that targets are met and the capacity of each structure is spent once."""
