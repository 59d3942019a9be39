"""The methods of the desk: pure functions, no engine."""
