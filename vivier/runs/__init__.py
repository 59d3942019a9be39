"""What is kept on disk of each reading, and how good it is."""
