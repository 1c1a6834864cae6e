"""What is remembered: tables, migrations and the queries, by subject."""
