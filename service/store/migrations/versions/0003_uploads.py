"""An upload belongs to who made it: two people may upload the same bytes under different names."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table anew with the person in its key; the rows stay."""
    connection = op.get_bind()
    columns = "digest, uploaded_by, name, size, uploaded_at"
    rows = connection.execute(sa.text(f"SELECT {columns} FROM attachment")).all()  # noqa: S608
    op.drop_table("attachment")
    op.create_table(
        "attachment",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("uploaded_by", sa.String(64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", "uploaded_by", name="pk_attachment"),
    )
    again = sa.text(
        f"INSERT INTO attachment ({columns}) VALUES (:digest, :uploaded_by, :name, :size, :uploaded_at)"  # noqa: S608
    )
    for row in rows:
        connection.execute(again, dict(row._mapping))
