"""What is the suppliers' own: plan, find, reasons, columns, capacity."""
