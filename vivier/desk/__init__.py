"""The consultation desk: can a lot be reserved, who could answer, how many hours, and the trace of it."""
