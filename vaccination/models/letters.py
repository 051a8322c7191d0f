"""Batches of letters: printed together, posted together."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from vaccination.domain.letters import STANDING_BATCH, LetterBatchStatus, Paper
from vaccination.models.base import Base, enum_column, one_of, pk


class LetterBatch(Base):
    """The letters of a programme for one posting day and kind of paper; `file` is relative to the folder of
    files. A message names its batch. One that is withdrawn may be made again.
    """

    __tablename__ = "letter_batch"
    __table_args__ = (
        Index(
            "ix_letter_batch_one_standing",
            "programme_id",
            "post_on",
            "paper",
            "large_print",
            unique=True,
            sqlite_where=one_of("status", STANDING_BATCH),
            postgresql_where=one_of("status", STANDING_BATCH),
        ),
        CheckConstraint("status NOT IN ('made', 'posted') OR file <> ''", name="file"),
        CheckConstraint("(status = 'posted') = (posted_at IS NOT NULL)", name="posted"),
        CheckConstraint("letters >= 0", name="letters"),
    )

    id: Mapped[pk]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    post_on: Mapped[date]
    paper: Mapped[Paper] = enum_column(Paper, default=Paper.DL)
    large_print: Mapped[bool] = mapped_column(default=False)
    status: Mapped[LetterBatchStatus] = enum_column(LetterBatchStatus, default=LetterBatchStatus.OPEN)
    letters: Mapped[int] = mapped_column(default=0)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    made_at: Mapped[datetime | None]
    posted_at: Mapped[datetime | None]
    file: Mapped[str] = mapped_column(String(200), default="")
