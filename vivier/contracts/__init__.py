"""Search of contracts and notices: queries, plan, leads, ranking of buyers, indicators, feeds."""
