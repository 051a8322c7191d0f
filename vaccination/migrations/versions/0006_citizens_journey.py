"""the citizen's journey: holds, changes, disruptions, same-day doses, letters, helpers, conversations

`request`, `programme`, `schedule`, `user` and `person` only get columns: on SQLite anything else would make
these tables anew, and `request` and `appointment` name each other. A column's CHECK or foreign key is
therefore said with the column, in words that both databases take.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_OLD_KINDS = ("received", "confirmed", "cancelled", "changed")
_KINDS = (
    *_OLD_KINDS,
    "reminder_week",
    "reminder_two_days",
    "reminder_day",
    "replaced",
    "same_day",
    "invitation",
    "answered",
    "lapsed",
)
_OLD_CHANNELS = ("email", "sms", "letter")
_CHANNELS = (*_OLD_CHANNELS, "phone")
_OLD_ROLES = ("agency", "centre_manager", "desk", "vaccinator", "phone")
_ROLES = (*_OLD_ROLES, "proxy")

# Each with its default: rows and code of before know nothing of it.
_COLUMNS = {
    "programme": (
        "names JSON DEFAULT '{}' NOT NULL",
        "serving VARCHAR(32) DEFAULT 'planned' NOT NULL"
        " CONSTRAINT ck_programme_serving CHECK (serving IN ('planned', 'rolling', 'direct'))",
        "rolling_s INTEGER DEFAULT 20 NOT NULL"
        " CONSTRAINT ck_programme_rolling_s CHECK (rolling_s BETWEEN 5 AND 3600)",
        "direct_share DOUBLE PRECISION DEFAULT 0 NOT NULL"
        " CONSTRAINT ck_programme_direct_share CHECK (direct_share BETWEEN 0 AND 1)",
        "hold_minutes INTEGER DEFAULT 10 NOT NULL"
        " CONSTRAINT ck_programme_hold_minutes CHECK (hold_minutes BETWEEN 1 AND 120)",
        "hold_extensions INTEGER DEFAULT 2 NOT NULL"
        " CONSTRAINT ck_programme_hold_extensions CHECK (hold_extensions BETWEEN 0 AND 10)",
        "proposal_hours INTEGER DEFAULT 48 NOT NULL"
        " CONSTRAINT ck_programme_proposal_hours CHECK (proposal_hours BETWEEN 1 AND 720)",
        "same_day_minutes INTEGER DEFAULT 20 NOT NULL"
        " CONSTRAINT ck_programme_same_day_minutes CHECK (same_day_minutes BETWEEN 1 AND 240)",
        "quiet_from TIME DEFAULT '20:00:00' NOT NULL",
        "quiet_to TIME DEFAULT '08:00:00' NOT NULL",
        "reminder_days JSON DEFAULT '[7, 2, 1]' NOT NULL",
        "letter_lead_days INTEGER DEFAULT 4 NOT NULL"
        " CONSTRAINT ck_programme_letter_lead_days CHECK (letter_lead_days BETWEEN 0 AND 30)",
        "letters_a_day INTEGER DEFAULT 0 NOT NULL"
        " CONSTRAINT ck_programme_letters_a_day CHECK (letters_a_day >= 0)",
        "sms_segment_cents DOUBLE PRECISION DEFAULT 0 NOT NULL"
        " CONSTRAINT ck_programme_sms_segment_cents CHECK (sms_segment_cents >= 0)",
        "next_seed INTEGER",
        "next_salt VARCHAR(64) DEFAULT '' NOT NULL",
        "seed_digest VARCHAR(64) DEFAULT '' NOT NULL",
    ),
    "plan_run": (
        "seed_digest VARCHAR(64) DEFAULT '' NOT NULL",
        "seed_salt VARCHAR(64) DEFAULT '' NOT NULL",
    ),
    "priority_group": ("names JSON DEFAULT '{}' NOT NULL",),
    "schedule": (
        "only_if_enough BOOLEAN DEFAULT FALSE NOT NULL"
        " CONSTRAINT ck_schedule_only_if_enough CHECK (NOT only_if_enough OR doses = 1)",
    ),
    "request": (
        "first_given_at VARCHAR(200) DEFAULT '' NOT NULL",
        "organisation_id INTEGER"
        " CONSTRAINT fk_request_organisation_id_organisation REFERENCES organisation (id)",
        "by_phone BOOLEAN DEFAULT FALSE NOT NULL",
        "one_dose_enough BOOLEAN DEFAULT FALSE NOT NULL",
    ),
    "user": (
        "organisation_id INTEGER CONSTRAINT fk_user_organisation_id_organisation REFERENCES organisation (id)",
    ),
}


def upgrade() -> None:
    _organisations()
    _served()
    _disrupted()
    _same_day()
    _told()
    _contacts()
    # the same type by the name under which each database knows it
    double = "DOUBLE" if op.get_bind().dialect.name == "sqlite" else "DOUBLE PRECISION"
    for table, columns in _COLUMNS.items():
        for column in columns:
            op.execute(f'ALTER TABLE "{table}" ADD COLUMN {column.replace("DOUBLE PRECISION", double)}')
    op.create_index("ix_request_organisation_id", "request", ["organisation_id"])
    op.create_index("ix_user_organisation_id", "user", ["organisation_id"])
    op.add_column("person", sa.Column("sorted_index", sa.LargeBinary(), nullable=True))
    op.add_column("person", sa.Column("needs", sa.LargeBinary(), nullable=True))
    op.create_index("ix_person_sorted_index", "person", ["sorted_index"])
    _messages()
    with op.batch_alter_table("role_grant") as grants:
        grants.drop_constraint(op.f("ck_role_grant_role"), type_="check")
        grants.create_check_constraint("role", _among("role", _ROLES))


def _messages() -> None:
    with op.batch_alter_table("message") as table:
        table.drop_constraint(op.f("ck_message_message_kind"), type_="check")
        table.create_check_constraint("message_kind", _among("kind", _KINDS))
        table.drop_constraint(op.f("ck_message_message_channel"), type_="check")
        table.create_check_constraint("message_channel", _among("channel", _CHANNELS))
        for name, target in _MESSAGE_IS_ABOUT.items():
            key = sa.ForeignKey(f"{target}.id", name=op.f(f"fk_message_{name}_{target}"))
            table.add_column(sa.Column(name, sa.Integer(), key, nullable=True))
        table.add_column(sa.Column("segments", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("provider_ref", sa.String(length=80), nullable=True))
        table.add_column(sa.Column("received_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("bounced_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("bounce", sa.String(length=40), nullable=False, server_default=""))
        table.create_unique_constraint(op.f("uq_message_provider_ref"), ["provider_ref"])
    for name in _MESSAGE_INDEXES:
        op.create_index(f"ix_message_{name}", "message", [name])


_MESSAGE_IS_ABOUT = {
    "replacement_id": "replacement",
    "invitation_id": "same_day_invitation",
    "thread_id": "thread",
    "letter_batch_id": "letter_batch",
}
_MESSAGE_INDEXES = ("replacement_id", "letter_batch_id", "bounced_at")


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _among(column: str, values: tuple[str, ...]) -> str:
    inside = ", ".join(f"'{value}'" for value in values)
    return f"{column} IN ({inside})"


def _organisations() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            _enum("organisation_kind", "town_hall", "social_service", "care_home", "doctor"),
            nullable=False,
        ),
        sa.Column("town", sa.String(length=200), nullable=False),
        sa.Column("postcode", sa.String(length=40), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("code", name=op.f("uq_organisation_code")),
    )
    op.create_table(
        "request_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.CheckConstraint("refused BETWEEN 0 AND rows", name=op.f("ck_request_list_refused")),
        sa.ForeignKeyConstraint(["made_by"], ["user.id"], name=op.f("fk_request_list_made_by_user")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_request_list_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_list")),
    )
    op.create_index(
        op.f("ix_request_list_organisation_id"), "request_list", ["organisation_id"], unique=False
    )
    op.create_table(
        "listed",
        sa.Column("request_list_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_listed_request_id_request")),
        sa.ForeignKeyConstraint(
            ["request_list_id"], ["request_list.id"], name=op.f("fk_listed_request_list_id_request_list")
        ),
        sa.PrimaryKeyConstraint("request_list_id", "request_id", name=op.f("pk_listed")),
    )
    op.create_index(op.f("ix_listed_request_id"), "listed", ["request_id"], unique=False)


def _served() -> None:
    op.create_table(
        "change_wish",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("doses", _enum("changed_doses", "first", "second", "both"), nullable=False),
        sa.Column("status", _enum("change_status", "open", "done", "withdrawn", "lapsed"), nullable=False),
        sa.Column("town", sa.String(length=200), nullable=False),
        sa.Column("postcode", sa.String(length=40), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("max_km", sa.Double(), nullable=False),
        sa.Column("earliest", sa.Date(), nullable=True),
        sa.Column("availability", sa.String(length=21), nullable=False),
        sa.Column("unavailable", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(status = 'open') = (ended_at IS NULL)", name=op.f("ck_change_wish_ended")),
        sa.CheckConstraint("length(availability) = 21", name=op.f("ck_change_wish_availability")),
        sa.CheckConstraint("max_km > 0", name=op.f("ck_change_wish_max_km")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["request.id"], name=op.f("fk_change_wish_request_id_request")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_wish")),
    )
    op.create_index(
        "ix_change_wish_one_open",
        "change_wish",
        ["request_id"],
        unique=True,
        sqlite_where=sa.text("status IN ('open')"),
        postgresql_where=sa.text("status IN ('open')"),
    )
    op.create_index(op.f("ix_change_wish_request_id"), "change_wish", ["request_id"], unique=False)
    op.create_table(
        "hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=True),
        sa.Column(
            "purpose",
            _enum("hold_purpose", "course", "second_dose", "move_first", "move_second", "move_both"),
            nullable=False,
        ),
        sa.Column("status", _enum("hold_status", "held", "confirmed", "released", "expired"), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("schedule_id", sa.Integer(), nullable=False),
        sa.Column("schedule_doses", sa.Integer(), nullable=False),
        sa.Column("first_slot_id", sa.Integer(), nullable=True),
        sa.Column("first_budget_id", sa.Integer(), nullable=True),
        sa.Column("second_slot_id", sa.Integer(), nullable=True),
        sa.Column("second_budget_id", sa.Integer(), nullable=True),
        sa.Column("form_uid", sa.String(length=64), nullable=True),
        sa.Column("channel", _enum("channel", "web", "phone", "town_hall", "import"), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("extended", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(purpose = 'course' AND first_slot_id IS NOT NULL AND (schedule_doses = 2) = (second_slot_id IS NOT NULL)) OR (purpose IN ('second_dose', 'move_second') AND schedule_doses = 2 AND first_slot_id IS NULL AND second_slot_id IS NOT NULL) OR (purpose = 'move_first' AND first_slot_id IS NOT NULL AND second_slot_id IS NULL) OR (purpose = 'move_both' AND schedule_doses = 2 AND first_slot_id IS NOT NULL AND second_slot_id IS NOT NULL)",
            name=op.f("ck_hold_whole"),
        ),
        sa.CheckConstraint("(status = 'held') = (ended_at IS NULL)", name=op.f("ck_hold_ended")),
        sa.CheckConstraint(
            "(first_slot_id IS NULL) = (first_budget_id IS NULL) AND (second_slot_id IS NULL) = (second_budget_id IS NULL)",
            name=op.f("ck_hold_places"),
        ),
        sa.CheckConstraint("extended BETWEEN 0 AND 10", name=op.f("ck_hold_extended")),
        sa.ForeignKeyConstraint(
            ["first_budget_id"], ["dose_budget.id"], name=op.f("fk_hold_first_budget_id_dose_budget")
        ),
        sa.ForeignKeyConstraint(["first_slot_id"], ["slot.id"], name=op.f("fk_hold_first_slot_id_slot")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_hold_household_id_household")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_hold_programme_id_programme")
        ),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_hold_request_id_request")),
        sa.ForeignKeyConstraint(
            ["schedule_id", "schedule_doses"],
            ["schedule.id", "schedule.doses"],
            name=op.f("fk_hold_schedule_id_schedule_doses_schedule"),
        ),
        sa.ForeignKeyConstraint(
            ["second_budget_id"], ["dose_budget.id"], name=op.f("fk_hold_second_budget_id_dose_budget")
        ),
        sa.ForeignKeyConstraint(["second_slot_id"], ["slot.id"], name=op.f("fk_hold_second_slot_id_slot")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_hold_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
        sa.UniqueConstraint("form_uid", name=op.f("uq_hold_form_uid")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_hold_token_hash")),
    )
    op.create_index(op.f("ix_hold_expires_at"), "hold", ["expires_at"], unique=False)
    op.create_index(op.f("ix_hold_first_budget_id"), "hold", ["first_budget_id"], unique=False)
    op.create_index(op.f("ix_hold_first_slot_id"), "hold", ["first_slot_id"], unique=False)
    op.create_index(op.f("ix_hold_household_id"), "hold", ["household_id"], unique=False)
    op.create_index(
        "ix_hold_one_live",
        "hold",
        ["request_id"],
        unique=True,
        sqlite_where=sa.text("status IN ('held')"),
        postgresql_where=sa.text("status IN ('held')"),
    )
    op.create_index(op.f("ix_hold_request_id"), "hold", ["request_id"], unique=False)
    op.create_index(op.f("ix_hold_second_budget_id"), "hold", ["second_budget_id"], unique=False)
    op.create_index(op.f("ix_hold_second_slot_id"), "hold", ["second_slot_id"], unique=False)


def _disrupted() -> None:
    op.create_table(
        "disruption",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            _enum(
                "disruption_kind",
                "session_closed",
                "centre_closed",
                "delivery_cut",
                "lot_withdrawn",
                "rule_changed",
            ),
            nullable=False,
        ),
        sa.Column("centre_id", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("lot_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("status", _enum("disruption_status", "draft", "sent", "done"), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(status = 'draft') = (sent_at IS NULL)", name=op.f("ck_disruption_sent")),
        sa.CheckConstraint("people >= 0", name=op.f("ck_disruption_people")),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_disruption_centre_id_centre")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_disruption_lot_id_lot")),
        sa.ForeignKeyConstraint(["made_by"], ["user.id"], name=op.f("fk_disruption_made_by_user")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_disruption_programme_id_programme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disruption")),
    )
    op.create_index("ix_disruption_programme_status", "disruption", ["programme_id", "status"], unique=False)
    op.create_table(
        "replacement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("disruption_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("hold_id", sa.Integer(), nullable=True),
        sa.Column(
            "status",
            _enum("replacement_status", "open", "accepted", "chosen_other", "asked_to_call", "lapsed"),
            nullable=False,
        ),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(status = 'open') = (answered_at IS NULL)", name=op.f("ck_replacement_answered")),
        sa.ForeignKeyConstraint(
            ["disruption_id"], ["disruption.id"], name=op.f("fk_replacement_disruption_id_disruption")
        ),
        sa.ForeignKeyConstraint(["hold_id"], ["hold.id"], name=op.f("fk_replacement_hold_id_hold")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["request.id"], name=op.f("fk_replacement_request_id_request")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replacement")),
        sa.UniqueConstraint(
            "disruption_id", "request_id", name=op.f("uq_replacement_disruption_id_request_id")
        ),
        sa.UniqueConstraint("hold_id", name=op.f("uq_replacement_hold_id")),
    )
    op.create_index(op.f("ix_replacement_answer_by"), "replacement", ["answer_by"], unique=False)
    op.create_index(
        "ix_replacement_one_open",
        "replacement",
        ["request_id"],
        unique=True,
        sqlite_where=sa.text("status IN ('open')"),
        postgresql_where=sa.text("status IN ('open')"),
    )
    op.create_index(op.f("ix_replacement_request_id"), "replacement", ["request_id"], unique=False)


def _same_day() -> None:
    op.create_table(
        "same_day_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("doses", sa.Integer(), nullable=False),
        sa.Column("confirmed", sa.Integer(), nullable=False),
        sa.Column("status", _enum("same_day_call_status", "open", "closed"), nullable=False),
        sa.Column("hold_minutes", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("announced_by", sa.Integer(), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(status = 'open') = (closed_at IS NULL)", name=op.f("ck_same_day_call_closed")),
        sa.CheckConstraint("confirmed BETWEEN 0 AND doses", name=op.f("ck_same_day_call_confirmed")),
        sa.CheckConstraint("doses BETWEEN 1 AND 500", name=op.f("ck_same_day_call_doses")),
        sa.CheckConstraint("hold_minutes BETWEEN 1 AND 240", name=op.f("ck_same_day_call_hold_minutes")),
        sa.ForeignKeyConstraint(
            ["announced_by"], ["user.id"], name=op.f("fk_same_day_call_announced_by_user")
        ),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_same_day_call_centre_id_centre")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_same_day_call_product_id_product")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_same_day_call")),
    )
    op.create_index(
        "ix_same_day_call_one_open",
        "same_day_call",
        ["centre_id", "product_id", "day"],
        unique=True,
        sqlite_where=sa.text("status IN ('open')"),
        postgresql_where=sa.text("status IN ('open')"),
    )
    op.create_table(
        "standby",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("max_km", sa.Double(), nullable=False),
        sa.Column("minutes_needed", sa.Integer(), nullable=False),
        sa.Column("by", _enum("reached_by", "sms", "email", "phone"), nullable=False),
        sa.Column("asked_count", sa.Integer(), nullable=False),
        sa.Column("last_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("asked_count >= 0", name=op.f("ck_standby_asked_count")),
        sa.CheckConstraint("max_km > 0", name=op.f("ck_standby_max_km")),
        sa.CheckConstraint("minutes_needed BETWEEN 10 AND 240", name=op.f("ck_standby_minutes_needed")),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_standby_request_id_request")),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_standby")),
    )
    op.create_table(
        "same_day_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("distance_band", sa.Integer(), nullable=False),
        sa.Column("channel", _enum("message_channel", *_CHANNELS), nullable=False),
        sa.Column("hold_id", sa.Integer(), nullable=True),
        sa.Column(
            "status",
            _enum("invitation_status", "asked", "accepted", "declined", "lapsed", "too_late"),
            nullable=False,
        ),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status = 'asked') = (answered_at IS NULL)", name=op.f("ck_same_day_invitation_answered")
        ),
        sa.CheckConstraint(
            "status <> 'accepted' OR hold_id IS NOT NULL", name=op.f("ck_same_day_invitation_accepted")
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["same_day_call.id"], name=op.f("fk_same_day_invitation_call_id_same_day_call")
        ),
        sa.ForeignKeyConstraint(["hold_id"], ["hold.id"], name=op.f("fk_same_day_invitation_hold_id_hold")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["request.id"], name=op.f("fk_same_day_invitation_request_id_request")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_same_day_invitation")),
        sa.UniqueConstraint("call_id", "place", name=op.f("uq_same_day_invitation_call_id_place")),
        sa.UniqueConstraint("call_id", "request_id", name=op.f("uq_same_day_invitation_call_id_request_id")),
        sa.UniqueConstraint("hold_id", name=op.f("uq_same_day_invitation_hold_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_same_day_invitation_token_hash")),
    )
    op.create_index(
        op.f("ix_same_day_invitation_answer_by"), "same_day_invitation", ["answer_by"], unique=False
    )
    op.create_index(
        op.f("ix_same_day_invitation_request_id"), "same_day_invitation", ["request_id"], unique=False
    )


def _told() -> None:
    op.create_table(
        "letter_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("post_on", sa.Date(), nullable=False),
        sa.Column("paper", _enum("paper", "dl", "c5"), nullable=False),
        sa.Column("large_print", sa.Boolean(), nullable=False),
        sa.Column(
            "status", _enum("letter_batch_status", "open", "made", "posted", "withdrawn"), nullable=False
        ),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("file", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "(status = 'posted') = (posted_at IS NOT NULL)", name=op.f("ck_letter_batch_posted")
        ),
        sa.CheckConstraint(
            "status NOT IN ('made', 'posted') OR file <> ''", name=op.f("ck_letter_batch_file")
        ),
        sa.CheckConstraint("letters >= 0", name=op.f("ck_letter_batch_letters")),
        sa.ForeignKeyConstraint(["made_by"], ["user.id"], name=op.f("fk_letter_batch_made_by_user")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_letter_batch_programme_id_programme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_batch")),
    )
    op.create_index(
        "ix_letter_batch_one_standing",
        "letter_batch",
        ["programme_id", "post_on", "paper", "large_print"],
        unique=True,
        sqlite_where=sa.text("status IN ('open', 'made', 'posted')"),
        postgresql_where=sa.text("status IN ('open', 'made', 'posted')"),
    )
    op.create_table(
        "message_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("kind", _enum("message_kind", *_KINDS), nullable=False),
        sa.Column("channel", _enum("message_channel", *_CHANNELS), nullable=False),
        sa.Column("locale", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_message_text_version")),
        sa.ForeignKeyConstraint(["changed_by"], ["user.id"], name=op.f("fk_message_text_changed_by_user")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_message_text_programme_id_programme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_text")),
        sa.UniqueConstraint(
            "programme_id",
            "kind",
            "channel",
            "locale",
            name=op.f("uq_message_text_programme_id_kind_channel_locale"),
        ),
    )
    op.create_table(
        "opt_out",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("kind", _enum("message_kind", *_KINDS), nullable=False),
        sa.CheckConstraint(
            "kind IN ('reminder_week', 'reminder_two_days', 'reminder_day', 'invitation', 'same_day')",
            name=op.f("ck_opt_out_optional"),
        ),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_opt_out_request_id_request")),
        sa.PrimaryKeyConstraint("request_id", "kind", name=op.f("pk_opt_out")),
    )


def _contacts() -> None:
    op.create_table(
        "call_back",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.Column("centre_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=False),
        sa.Column(
            "reason",
            _enum("call_back_reason", "ask", "change", "replacement", "message_bounced", "other"),
            nullable=False,
        ),
        sa.Column("status", _enum("call_back_status", "waiting", "taken", "done", "gave_up"), nullable=False),
        sa.Column("band", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("taken_by", sa.Integer(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("locale", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status IN ('done', 'gave_up')) = (done_at IS NOT NULL)", name=op.f("ck_call_back_done")
        ),
        sa.CheckConstraint(
            "status <> 'taken' OR (taken_by IS NOT NULL AND taken_at IS NOT NULL)",
            name=op.f("ck_call_back_taken"),
        ),
        sa.CheckConstraint("band BETWEEN 0 AND 2", name=op.f("ck_call_back_band")),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_call_back_tries")),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_call_back_centre_id_centre")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_call_back_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_call_back_request_id_request")),
        sa.ForeignKeyConstraint(["taken_by"], ["user.id"], name=op.f("fk_call_back_taken_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_back")),
    )
    op.create_index(
        "ix_call_back_one_live",
        "call_back",
        ["request_id", "reason"],
        unique=True,
        sqlite_where=sa.text("status IN ('waiting', 'taken')"),
        postgresql_where=sa.text("status IN ('waiting', 'taken')"),
    )
    op.create_index(op.f("ix_call_back_request_id"), "call_back", ["request_id"], unique=False)
    op.create_index(
        "ix_call_back_waiting",
        "call_back",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("status IN ('waiting')"),
        postgresql_where=sa.text("status IN ('waiting')"),
    )
    op.create_table(
        "helper",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column(
            "relation", _enum("relation", "relative", "guardian", "neighbour", "organisation"), nullable=False
        ),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("email", sa.LargeBinary(), nullable=True),
        sa.Column(
            "consent", _enum("consent", "given_present", "given_by_phone", "written", "legal"), nullable=False
        ),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_helper_request_id_request")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_helper_user_id_user")),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_helper")),
    )
    op.create_table(
        "thread",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column(
            "subject", _enum("thread_subject", "appointment", "papers", "access", "other"), nullable=False
        ),
        sa.Column("status", _enum("thread_status", "open", "answered", "closed"), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("call_me", sa.Boolean(), nullable=False),
        sa.Column("unread_staff", sa.Boolean(), nullable=False),
        sa.Column("unread_person", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_thread_centre_id_centre")),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_thread_request_id_request")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread")),
    )
    op.create_index("ix_thread_centre_status", "thread", ["centre_id", "status", "last_at"], unique=False)
    op.create_index(op.f("ix_thread_request_id"), "thread", ["request_id"], unique=False)
    op.create_table(
        "thread_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_thread_line_thread_id_thread")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_thread_line_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread_line")),
    )
    op.create_index(op.f("ix_thread_line_thread_id"), "thread_line", ["thread_id"], unique=False)


def downgrade() -> None:
    # what code of before cannot read goes: messages of new kinds, grants of the new role
    _forget("role_grant", "role", _OLD_ROLES)
    _forget("message", "kind", _OLD_KINDS)
    _forget("message", "channel", _OLD_CHANNELS)
    with op.batch_alter_table("role_grant") as grants:
        grants.drop_constraint(op.f("ck_role_grant_role"), type_="check")
        grants.create_check_constraint("role", _among("role", _OLD_ROLES))
    _old_messages()
    op.drop_index("ix_person_sorted_index", "person")
    op.drop_column("person", "needs")
    op.drop_column("person", "sorted_index")
    op.drop_index("ix_user_organisation_id", "user")
    op.drop_index("ix_request_organisation_id", "request")
    for table, columns in _COLUMNS.items():
        for column in columns:
            op.execute(f'ALTER TABLE "{table}" DROP COLUMN {column.split()[0]}')
    for name in _NEWEST_FIRST:
        op.drop_table(name)


def _forget(table: str, column: str, known: tuple[str, ...]) -> None:
    op.execute(sa.delete(sa.table(table)).where(sa.column(column).not_in(known)))


def _old_messages() -> None:
    for name in _MESSAGE_INDEXES:
        op.drop_index(f"ix_message_{name}", "message")
    with op.batch_alter_table("message") as table:
        table.drop_constraint(op.f("ck_message_message_kind"), type_="check")
        table.create_check_constraint("message_kind", _among("kind", _OLD_KINDS))
        table.drop_constraint(op.f("ck_message_message_channel"), type_="check")
        table.create_check_constraint("message_channel", _among("channel", _OLD_CHANNELS))
        table.drop_constraint(op.f("uq_message_provider_ref"), type_="unique")
        for name, target in _MESSAGE_IS_ABOUT.items():
            table.drop_constraint(op.f(f"fk_message_{name}_{target}"), type_="foreignkey")
            table.drop_column(name)
        for name in ("segments", "provider_ref", "received_at", "bounced_at", "bounce"):
            table.drop_column(name)


_NEWEST_FIRST = (
    "thread_line", "thread", "call_back", "helper", "opt_out", "message_text", "letter_batch",
    "same_day_invitation", "standby", "same_day_call", "replacement", "disruption", "change_wish", "hold",
    "listed", "request_list", "organisation",
)  # fmt: skip
