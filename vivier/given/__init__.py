"""What people give: rounds, and the answers of structures. Kept in one database, SQLite unless a setting names another."""
