"""What Alembic runs for every history of every service: on the connection that it is handed, in that connection's transaction."""

from alembic import context
from sqlmodel import SQLModel

attributes = context.config.attributes
context.configure(connection=attributes["connection"], target_metadata=SQLModel.metadata, version_table=attributes["version_table"])
context.run_migrations()
