"""The suppliers' own websites: which ones are read, how gently, and what is kept of them."""
