"""What is the contracts' own: query, plan, leads, ranking of buyers, indicators, feeds."""
