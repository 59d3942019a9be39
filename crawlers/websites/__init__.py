"""The suppliers' own websites: which ones, read how gently, and what is kept of them."""
