"""The supplier side: contracts and notices read for what they reserve, leads, buyers, indicators."""
