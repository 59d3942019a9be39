"""What only the search of suppliers has: plan, groups, find, reasons, columns, capacity."""
