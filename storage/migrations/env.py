"""Alembic's entry: migrations run on the connection they are given, inside its transaction."""

from __future__ import annotations

from alembic import context

from storage.tables import Table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    transaction_per_migration=False,
    transactional_ddl=False,  # the caller holds the transaction and the lock
)
context.run_migrations()
