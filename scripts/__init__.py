"""Tools that a developer runs by hand: the product imports nothing of them."""
