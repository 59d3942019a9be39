"""Tools a developer runs by hand: nothing here is imported by the product."""
