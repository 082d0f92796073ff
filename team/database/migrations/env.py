"""How Alembic runs the migrations: on the connection that ``team.database.schema`` opened and locked."""

from alembic import context

from team.database.tables import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
with context.begin_transaction():
    context.run_migrations()
