"""What the methods need, read from the engine."""
