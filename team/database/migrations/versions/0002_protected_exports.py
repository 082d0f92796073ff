"""Whether a project lets only results without small numbers out, and from which count on."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Nothing changes in projects that there are: their exports stay as they were."""
    op.add_column("projects", sa.Column("protect_exports", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("projects", sa.Column("protect_below", sa.BigInteger, nullable=True))
