"""Reading a programme: sheets, cells, lines, understanding."""
