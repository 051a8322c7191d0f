"""first tables"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "centre",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("street", sa.String(length=200), nullable=False),
        sa.Column("postcode", sa.String(length=40), nullable=False),
        sa.Column("town", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("wheelchair", sa.Boolean(), nullable=False),
        sa.Column("timezone", sa.String(length=40), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.CheckConstraint("id <= 65535", name=op.f("ck_centre_number")),
        sa.CheckConstraint(
            "lat BETWEEN -90 AND 90 AND lon BETWEEN -180 AND 180", name=op.f("ck_centre_place")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_centre")),
        sa.UniqueConstraint("code", name=op.f("uq_centre_code")),
    )
    op.create_table(
        "household",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("family_name", sa.LargeBinary(), nullable=False),
        sa.Column("given_name", sa.LargeBinary(), nullable=False),
        sa.Column("birth_date", sa.LargeBinary(), nullable=False),
        sa.Column("email", sa.LargeBinary(), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("identity_index", sa.LargeBinary(length=16), nullable=False),
        sa.Column("surname_index", sa.LargeBinary(length=16), nullable=False),
        sa.Column("locale", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("identity_index", name=op.f("uq_person_identity_index")),
    )
    op.create_index(op.f("ix_person_surname_index"), "person", ["surname_index"], unique=False)
    op.create_table(
        "product",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("doses_per_vial", sa.Integer(), nullable=False),
        sa.Column("shelf_days", sa.Integer(), nullable=False),
        sa.CheckConstraint("doses_per_vial BETWEEN 1 AND 100", name=op.f("ck_product_doses_per_vial")),
        sa.CheckConstraint("shelf_days >= 0", name=op.f("ck_product_shelf_days")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
        sa.UniqueConstraint("code", name=op.f("uq_product_code")),
    )
    op.create_table(
        "programme",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_fr", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("horizon_days", sa.Integer(), nullable=False),
        sa.Column("weights", sa.JSON(), nullable=False),
        sa.Column("reward", sa.Double(), nullable=False),
        sa.Column("delay_per_day", sa.Double(), nullable=False),
        sa.Column("km", sa.Double(), nullable=False),
        sa.Column("interval_per_day", sa.Double(), nullable=False),
        sa.Column("moved", sa.Double(), nullable=False),
        sa.Column("dropped", sa.Double(), nullable=False),
        sa.Column("wasted_dose", sa.Double(), nullable=False),
        sa.Column("lottery_seed", sa.Integer(), nullable=False),
        sa.CheckConstraint("horizon_days BETWEEN 1 AND 400", name=op.f("ck_programme_horizon")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme")),
        sa.UniqueConstraint("code", name=op.f("uq_programme_code")),
    )
    op.create_index(
        "ix_programme_one_active",
        "programme",
        ["is_active"],
        unique=True,
        sqlite_where=sa.text("is_active"),
        postgresql_where=sa.text("is_active"),
    )
    op.create_table(
        "user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=40), nullable=False),
        sa.Column("display_name", sa.String(length=200), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("locale", sa.String(length=40), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("failed_sign_ins", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("login", name=op.f("uq_user_login")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("centre_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_audit_entry_centre_id_centre")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_audit_entry_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_table(
        "clinic_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.Column("slot_minutes", sa.Integer(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.CheckConstraint("opens < closes", name=op.f("ck_clinic_session_hours")),
        sa.CheckConstraint("seats BETWEEN 0 AND 1000", name=op.f("ck_clinic_session_seats")),
        sa.CheckConstraint("slot_minutes BETWEEN 1 AND 240", name=op.f("ck_clinic_session_slot_minutes")),
        sa.ForeignKeyConstraint(
            ["centre_id"], ["centre.id"], name=op.f("fk_clinic_session_centre_id_centre")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clinic_session")),
        sa.UniqueConstraint("centre_id", "day", "opens", name=op.f("uq_clinic_session_centre_id_day_opens")),
    )
    op.create_index("ix_clinic_session_day", "clinic_session", ["day"], unique=False)
    op.create_table(
        "dose_budget",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("doses", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("taken BETWEEN 0 AND doses", name=op.f("ck_dose_budget_doses")),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_dose_budget_centre_id_centre")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_dose_budget_product_id_product")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dose_budget")),
        sa.UniqueConstraint(
            "centre_id", "product_id", "day", name=op.f("uq_dose_budget_centre_id_product_id_day")
        ),
    )
    op.create_table(
        "login_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_login_session_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_login_session_token_hash")),
    )
    op.create_index(op.f("ix_login_session_user_id"), "login_session", ["user_id"], unique=False)
    op.create_table(
        "lot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("is_quarantined", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_lot_product_id_product")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot")),
        sa.UniqueConstraint("id", "product_id", name=op.f("uq_lot_id_product_id")),
        sa.UniqueConstraint("product_id", "number", name=op.f("uq_lot_product_id_number")),
    )
    op.create_table(
        "plan_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "queued",
                "running",
                "proposed",
                "applying",
                "applied",
                "discarded",
                "failed",
                name="run_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("lottery_seed", sa.Integer(), nullable=False),
        sa.Column("apply_at_once", sa.Boolean(), nullable=False),
        sa.Column("time_limit_s", sa.Integer(), nullable=False),
        sa.Column("progress", sa.JSON(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("failure", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["asked_by"], ["user.id"], name=op.f("fk_plan_run_asked_by_user")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_plan_run_programme_id_programme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_run")),
    )
    op.create_index(
        "ix_plan_run_one_live",
        "plan_run",
        ["programme_id"],
        unique=True,
        sqlite_where=sa.text("status IN ('queued', 'running', 'applying')"),
        postgresql_where=sa.text("status IN ('queued', 'running', 'applying')"),
    )
    op.create_table(
        "priority_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name_fr", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("min_age", sa.Integer(), nullable=True),
        sa.Column("max_age", sa.Integer(), nullable=True),
        sa.Column("needs_declaration", sa.Boolean(), nullable=False),
        sa.CheckConstraint("min_age <= max_age", name=op.f("ck_priority_group_ages")),
        sa.CheckConstraint("rank BETWEEN 1 AND 9", name=op.f("ck_priority_group_rank")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_priority_group_programme_id_programme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_priority_group")),
        sa.UniqueConstraint("programme_id", "code", name=op.f("uq_priority_group_programme_id_code")),
    )
    op.create_table(
        "role_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "agency",
                "centre_manager",
                "desk",
                "vaccinator",
                "phone",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("centre_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "role <> 'agency' OR centre_id IS NULL", name=op.f("ck_role_grant_agency_everywhere")
        ),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_role_grant_centre_id_centre")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_role_grant_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
    )
    op.create_index("ix_role_grant_at_centre", "role_grant", ["user_id", "role", "centre_id"], unique=True)
    op.create_index(
        "ix_role_grant_everywhere",
        "role_grant",
        ["user_id", "role"],
        unique=True,
        sqlite_where=sa.text("centre_id IS NULL"),
        postgresql_where=sa.text("centre_id IS NULL"),
    )
    op.create_table(
        "schedule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("first_product_id", sa.Integer(), nullable=False),
        sa.Column("second_product_id", sa.Integer(), nullable=True),
        sa.Column("doses", sa.Integer(), nullable=False),
        sa.Column("min_age", sa.Integer(), nullable=True),
        sa.Column("max_age", sa.Integer(), nullable=True),
        sa.Column("min_days", sa.Integer(), nullable=True),
        sa.Column("ideal_days", sa.Integer(), nullable=True),
        sa.Column("max_days", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(doses = 1 AND second_product_id IS NULL) OR (doses = 2 AND second_product_id IS NOT NULL AND min_days IS NOT NULL AND ideal_days IS NOT NULL AND max_days IS NOT NULL)",
            name=op.f("ck_schedule_doses"),
        ),
        sa.CheckConstraint(
            "0 < min_days AND min_days <= ideal_days AND ideal_days <= max_days",
            name=op.f("ck_schedule_interval"),
        ),
        sa.CheckConstraint("min_age <= max_age", name=op.f("ck_schedule_ages")),
        sa.CheckConstraint("valid_from <= valid_to", name=op.f("ck_schedule_validity")),
        sa.ForeignKeyConstraint(
            ["first_product_id"], ["product.id"], name=op.f("fk_schedule_first_product_id_product")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_schedule_programme_id_programme")
        ),
        sa.ForeignKeyConstraint(
            ["second_product_id"], ["product.id"], name=op.f("fk_schedule_second_product_id_product")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule")),
        sa.UniqueConstraint("id", "doses", name=op.f("uq_schedule_id_doses")),
        sa.UniqueConstraint("programme_id", "code", name=op.f("uq_schedule_programme_id_code")),
    )
    op.create_table(
        "weekly_hours",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.Column("stations", sa.Integer(), nullable=False),
        sa.Column("minutes_per_dose", sa.Integer(), nullable=False),
        sa.Column("slot_minutes", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "minutes_per_dose BETWEEN 1 AND 120", name=op.f("ck_weekly_hours_minutes_per_dose")
        ),
        sa.CheckConstraint("opens < closes", name=op.f("ck_weekly_hours_hours")),
        sa.CheckConstraint("slot_minutes BETWEEN 1 AND 240", name=op.f("ck_weekly_hours_slot_minutes")),
        sa.CheckConstraint(
            "stations * slot_minutes >= minutes_per_dose", name=op.f("ck_weekly_hours_some_seat")
        ),
        sa.CheckConstraint("stations BETWEEN 1 AND 500", name=op.f("ck_weekly_hours_stations")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_weekly_hours_weekday")),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_weekly_hours_centre_id_centre")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weekly_hours")),
        sa.UniqueConstraint(
            "centre_id", "weekday", "opens", name=op.f("uq_weekly_hours_centre_id_weekday_opens")
        ),
    )
    op.create_table(
        "centre_share",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_run_id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "applied",
                name="centre_share_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("booked", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_centre_share_centre_id_centre")),
        sa.ForeignKeyConstraint(
            ["plan_run_id"], ["plan_run.id"], name=op.f("fk_centre_share_plan_run_id_plan_run")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_centre_share")),
        sa.UniqueConstraint("plan_run_id", "centre_id", name=op.f("uq_centre_share_plan_run_id_centre_id")),
    )
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("doses", sa.Integer(), nullable=False),
        sa.Column("available_from", sa.Date(), nullable=False),
        sa.Column("usable_to", sa.Date(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "announced",
                "received",
                "cancelled",
                name="delivery_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("available_from <= usable_to", name=op.f("ck_delivery_dates")),
        sa.CheckConstraint("doses > 0", name=op.f("ck_delivery_doses")),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_delivery_centre_id_centre")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_delivery_lot_id_lot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint(
            "centre_id", "lot_id", "available_from", name=op.f("uq_delivery_centre_id_lot_id_available_from")
        ),
    )
    op.create_index(op.f("ix_delivery_centre_id"), "delivery", ["centre_id"], unique=False)
    op.create_index(op.f("ix_delivery_lot_id"), "delivery", ["lot_id"], unique=False)
    op.create_table(
        "eligibility_phase",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("priority_group_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_eligibility_phase_dates")),
        sa.ForeignKeyConstraint(
            ["priority_group_id"],
            ["priority_group.id"],
            name=op.f("fk_eligibility_phase_priority_group_id_priority_group"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_eligibility_phase")),
    )
    op.create_index(
        op.f("ix_eligibility_phase_priority_group_id"),
        "eligibility_phase",
        ["priority_group_id"],
        unique=False,
    )
    op.create_table(
        "request",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=True),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("form_uid", sa.String(length=64), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "course",
                "second_dose",
                name="request_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "waiting",
                "planned",
                "completed",
                "cancelled",
                name="request_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "channel",
            sa.Enum(
                "web",
                "phone",
                "town_hall",
                "import",
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "contact_by",
            sa.Enum(
                "email",
                "sms",
                "letter",
                name="contact_by",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("locale", sa.String(length=40), nullable=False),
        sa.Column("priority_group_id", sa.Integer(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("town", sa.String(length=200), nullable=False),
        sa.Column("postcode", sa.String(length=40), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("max_km", sa.Double(), nullable=False),
        sa.Column("second_town", sa.String(length=200), nullable=False),
        sa.Column("second_lat", sa.Double(), nullable=True),
        sa.Column("second_lon", sa.Double(), nullable=True),
        sa.Column("first_product_id", sa.Integer(), nullable=True),
        sa.Column("first_given_on", sa.Date(), nullable=True),
        sa.Column("earliest", sa.Date(), nullable=True),
        sa.Column("availability", sa.String(length=21), nullable=False),
        sa.Column("unavailable", sa.JSON(), nullable=False),
        sa.Column("wheelchair", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("schedule_id", sa.Integer(), nullable=True),
        sa.Column("schedule_doses", sa.Integer(), nullable=True),
        sa.Column("booked", sa.Integer(), nullable=True),
        sa.Column("first_dose", sa.Integer(), nullable=True),
        sa.Column("second_dose", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(booked IS NULL AND status IN ('waiting', 'cancelled')) OR (booked IS NOT NULL AND booked = 1 AND status IN ('planned', 'completed') AND schedule_doses IS NOT NULL AND ((schedule_doses = 1 AND kind = 'course' AND COALESCE(first_dose, 0) = 1 AND second_dose IS NULL) OR (schedule_doses = 2 AND kind = 'course' AND COALESCE(first_dose, 0) = 1 AND COALESCE(second_dose, 0) = 2) OR (schedule_doses = 2 AND kind = 'second_dose' AND first_dose IS NULL AND COALESCE(second_dose, 0) = 2)))",
            name=op.f("ck_request_whole"),
        ),
        sa.CheckConstraint(
            "(kind = 'course') = (first_product_id IS NULL AND first_given_on IS NULL) AND (kind = 'course' OR (first_product_id IS NOT NULL AND first_given_on IS NOT NULL))",
            name=op.f("ck_request_first_given"),
        ),
        sa.CheckConstraint(
            "(second_lat IS NULL) = (second_lon IS NULL)", name=op.f("ck_request_second_place")
        ),
        sa.CheckConstraint("length(availability) = 21", name=op.f("ck_request_availability")),
        sa.CheckConstraint("max_km > 0", name=op.f("ck_request_max_km")),
        sa.CheckConstraint("priority BETWEEN 1 AND 9", name=op.f("ck_request_priority")),
        sa.ForeignKeyConstraint(
            ["first_product_id"], ["product.id"], name=op.f("fk_request_first_product_id_product")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_request_household_id_household")
        ),
        sa.ForeignKeyConstraint(
            ["id", "booked", "first_dose"],
            ["appointment.request_id", "appointment.stands", "appointment.dose_number"],
            name="fk_request_first_dose_stands",
            initially="DEFERRED",
            deferrable=True,
            use_alter=True,
        ),
        sa.ForeignKeyConstraint(
            ["id", "booked", "second_dose"],
            ["appointment.request_id", "appointment.stands", "appointment.dose_number"],
            name="fk_request_second_dose_stands",
            initially="DEFERRED",
            deferrable=True,
            use_alter=True,
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_request_person_id_person")),
        sa.ForeignKeyConstraint(
            ["priority_group_id"],
            ["priority_group.id"],
            name=op.f("fk_request_priority_group_id_priority_group"),
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_request_programme_id_programme")
        ),
        sa.ForeignKeyConstraint(
            ["schedule_id", "schedule_doses"],
            ["schedule.id", "schedule.doses"],
            name=op.f("fk_request_schedule_id_schedule_doses_schedule"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request")),
        sa.UniqueConstraint("form_uid", name=op.f("uq_request_form_uid")),
        sa.UniqueConstraint("id", "booked", name=op.f("uq_request_id_booked")),
        sa.UniqueConstraint("reference", name=op.f("uq_request_reference")),
    )
    op.create_index(op.f("ix_request_household_id"), "request", ["household_id"], unique=False)
    op.create_index(
        "ix_request_one_a_person",
        "request",
        ["programme_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("status IN ('waiting', 'planned', 'completed')"),
        postgresql_where=sa.text("status IN ('waiting', 'planned', 'completed')"),
    )
    op.create_index(op.f("ix_request_person_id"), "request", ["person_id"], unique=False)
    op.create_index("ix_request_programme_status", "request", ["programme_id", "status"], unique=False)
    op.create_table(
        "slot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clinic_session_id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("minute", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("minute BETWEEN 0 AND 1439", name=op.f("ck_slot_minute")),
        sa.CheckConstraint("taken BETWEEN 0 AND seats", name=op.f("ck_slot_seats")),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_slot_centre_id_centre")),
        sa.ForeignKeyConstraint(
            ["clinic_session_id"],
            ["clinic_session.id"],
            name=op.f("fk_slot_clinic_session_id_clinic_session"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot")),
        sa.UniqueConstraint("centre_id", "day", "minute", name=op.f("uq_slot_centre_id_day_minute")),
    )
    op.create_index(op.f("ix_slot_clinic_session_id"), "slot", ["clinic_session_id"], unique=False)
    op.create_index(op.f("ix_slot_starts_at"), "slot", ["starts_at"], unique=False)
    op.create_table(
        "appointment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("dose_number", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "booked",
                "checked_in",
                "vaccinated",
                "not_vaccinated",
                "did_not_attend",
                "cancelled",
                name="appointment_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("stands", sa.Integer(), nullable=True),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("dose_budget_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("schedule_id", sa.Integer(), nullable=False),
        sa.Column("plan_run_id", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("token_ref", sa.LargeBinary(length=8), nullable=False),
        sa.Column("issue", sa.Integer(), nullable=False),
        sa.Column("is_pinned", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(status = 'cancelled' AND stands IS NULL) OR (status <> 'cancelled' AND stands IS NOT NULL AND stands = 1)",
            name=op.f("ck_appointment_stands"),
        ),
        sa.CheckConstraint("dose_number IN (1, 2)", name=op.f("ck_appointment_dose_number")),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_appointment_centre_id_centre")),
        sa.ForeignKeyConstraint(
            ["dose_budget_id"], ["dose_budget.id"], name=op.f("fk_appointment_dose_budget_id_dose_budget")
        ),
        sa.ForeignKeyConstraint(
            ["plan_run_id"], ["plan_run.id"], name=op.f("fk_appointment_plan_run_id_plan_run")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_appointment_product_id_product")
        ),
        sa.ForeignKeyConstraint(
            ["request_id", "stands"],
            ["request.id", "request.booked"],
            name="fk_appointment_request_booked",
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["request.id"], name=op.f("fk_appointment_request_id_request")
        ),
        sa.ForeignKeyConstraint(
            ["schedule_id"], ["schedule.id"], name=op.f("fk_appointment_schedule_id_schedule")
        ),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_appointment_slot_id_slot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
        sa.UniqueConstraint("id", "request_id", name=op.f("uq_appointment_id_request_id")),
        sa.UniqueConstraint(
            "request_id", "stands", "dose_number", name=op.f("uq_appointment_request_id_stands_dose_number")
        ),
        sa.UniqueConstraint("token_ref", name=op.f("uq_appointment_token_ref")),
    )
    op.create_index("ix_appointment_centre_day", "appointment", ["centre_id", "day"], unique=False)
    op.create_index(op.f("ix_appointment_dose_budget_id"), "appointment", ["dose_budget_id"], unique=False)
    op.create_index(op.f("ix_appointment_plan_run_id"), "appointment", ["plan_run_id"], unique=False)
    op.create_index(op.f("ix_appointment_request_id"), "appointment", ["request_id"], unique=False)
    op.create_index(op.f("ix_appointment_slot_id"), "appointment", ["slot_id"], unique=False)
    # PostgreSQL adds the circular keys afterwards; SQLite has them inline (it accepts a table not yet there).
    if op.get_bind().dialect.supports_alter:
        for dose in ("first_dose", "second_dose"):
            op.create_foreign_key(
                f"fk_request_{dose}_stands",
                "request",
                "appointment",
                ["id", "booked", dose],
                ["request_id", "stands", "dose_number"],
                deferrable=True,
                initially="DEFERRED",
            )

    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "received",
                "confirmed",
                "cancelled",
                "changed",
                name="message_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "channel",
            sa.Enum(
                "email",
                "sms",
                "letter",
                name="message_channel",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("locale", sa.String(length=40), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "created",
                "sending",
                "sent",
                "failed",
                name="message_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("dedupe_key", sa.String(length=80), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_message_request_id_request")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_message_dedupe_key")),
    )
    op.create_index(op.f("ix_message_request_id"), "message", ["request_id"], unique=False)
    op.create_index(
        "ix_message_to_do",
        "message",
        ["next_try_at"],
        unique=False,
        sqlite_where=sa.text("status IN ('created', 'sending')"),
        postgresql_where=sa.text("status IN ('created', 'sending')"),
    )
    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_run_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("dose_number", sa.Integer(), nullable=False),
        sa.Column("home_centre_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("schedule_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["home_centre_id"], ["centre.id"], name=op.f("fk_proposal_home_centre_id_centre")
        ),
        sa.ForeignKeyConstraint(
            ["plan_run_id"], ["plan_run.id"], name=op.f("fk_proposal_plan_run_id_plan_run")
        ),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_proposal_product_id_product")),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_proposal_request_id_request")),
        sa.ForeignKeyConstraint(
            ["schedule_id"], ["schedule.id"], name=op.f("fk_proposal_schedule_id_schedule")
        ),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_proposal_slot_id_slot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sa.UniqueConstraint(
            "plan_run_id",
            "request_id",
            "dose_number",
            name=op.f("uq_proposal_plan_run_id_request_id_dose_number"),
        ),
    )
    op.create_index(op.f("ix_proposal_request_id"), "proposal", ["request_id"], unique=False)
    op.create_index("ix_proposal_run_centre", "proposal", ["plan_run_id", "home_centre_id"], unique=False)
    op.create_table(
        "request_product",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_request_product_product_id_product")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["request.id"], name=op.f("fk_request_product_request_id_request")
        ),
        sa.PrimaryKeyConstraint("request_id", "product_id", name=op.f("pk_request_product")),
    )
    op.create_table(
        "stock_movement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "received",
                "allotted",
                "used",
                "wasted",
                "expired",
                "corrected",
                name="movement_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("doses", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.CheckConstraint("doses <> 0", name=op.f("ck_stock_movement_doses")),
        sa.ForeignKeyConstraint(
            ["centre_id"], ["centre.id"], name=op.f("fk_stock_movement_centre_id_centre")
        ),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name=op.f("fk_stock_movement_delivery_id_delivery")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_stock_movement_lot_id_lot")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_stock_movement_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_movement")),
    )
    op.create_index("ix_stock_movement_centre_lot", "stock_movement", ["centre_id", "lot_id"], unique=False)
    op.create_table(
        "unplanned",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_run_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_run_id"], ["plan_run.id"], name=op.f("fk_unplanned_plan_run_id_plan_run")
        ),
        sa.ForeignKeyConstraint(["request_id"], ["request.id"], name=op.f("fk_unplanned_request_id_request")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unplanned")),
        sa.UniqueConstraint("plan_run_id", "request_id", name=op.f("uq_unplanned_plan_run_id_request_id")),
    )
    op.create_index(op.f("ix_unplanned_request_id"), "unplanned", ["request_id"], unique=False)
    op.create_table(
        "appointment_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appointment_id", sa.Integer(), nullable=False),
        sa.Column(
            "action",
            sa.Enum(
                "book",
                "move",
                "check_in",
                "undo_check_in",
                "vaccinate",
                "undo_vaccination",
                "refuse",
                "mark_absent",
                "undo_absence",
                "cancel",
                name="action",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "booked",
                "checked_in",
                "vaccinated",
                "not_vaccinated",
                "did_not_attend",
                "cancelled",
                name="appointment_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointment.id"],
            name=op.f("fk_appointment_event_appointment_id_appointment"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_appointment_event_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment_event")),
    )
    op.create_index(
        op.f("ix_appointment_event_appointment_id"), "appointment_event", ["appointment_id"], unique=False
    )
    op.create_table(
        "scan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scan_uid", sa.String(length=64), nullable=False),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("appointment_id", sa.Integer(), nullable=True),
        sa.Column("verdict", sa.String(length=40), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("entry", sa.String(length=40), nullable=False),
        sa.Column("text_length", sa.Integer(), nullable=False),
        sa.Column("text_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name=op.f("fk_scan_appointment_id_appointment")
        ),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_scan_centre_id_centre")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_scan_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan")),
        sa.UniqueConstraint("scan_uid", name=op.f("uq_scan_scan_uid")),
    )
    op.create_index(op.f("ix_scan_appointment_id"), "scan", ["appointment_id"], unique=False)
    op.create_index("ix_scan_centre_at", "scan", ["centre_id", "at"], unique=False)
    op.create_table(
        "vaccination_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appointment_id", sa.Integer(), nullable=False),
        sa.Column("stands", sa.Integer(), nullable=True),
        sa.Column("centre_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column(
            "site",
            sa.Enum(
                "left_arm",
                "right_arm",
                "other",
                name="injection_site",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_by", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(stands IS NULL) = (withdrawn_at IS NOT NULL)", name=op.f("ck_vaccination_record_stands")
        ),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointment.id"],
            name=op.f("fk_vaccination_record_appointment_id_appointment"),
        ),
        sa.ForeignKeyConstraint(
            ["centre_id"], ["centre.id"], name=op.f("fk_vaccination_record_centre_id_centre")
        ),
        sa.ForeignKeyConstraint(["given_by"], ["user.id"], name=op.f("fk_vaccination_record_given_by_user")),
        sa.ForeignKeyConstraint(
            ["lot_id", "product_id"],
            ["lot.id", "lot.product_id"],
            name=op.f("fk_vaccination_record_lot_id_product_id_lot"),
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_vaccination_record_product_id_product")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["user.id"], name=op.f("fk_vaccination_record_withdrawn_by_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vaccination_record")),
        sa.UniqueConstraint(
            "appointment_id", "stands", name=op.f("uq_vaccination_record_appointment_id_stands")
        ),
    )
    op.create_index(
        op.f("ix_vaccination_record_centre_id"), "vaccination_record", ["centre_id"], unique=False
    )
    op.create_index(op.f("ix_vaccination_record_lot_id"), "vaccination_record", ["lot_id"], unique=False)

    for table in _NEVER_CHANGED:
        _forbid_update(table)


_NEVER_CHANGED = ("appointment_event", "audit_entry", "stock_movement")


def _forbid_update(table: str) -> None:
    """What has happened stays as it was written: the database refuses an UPDATE of it."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {table}_never_changes BEFORE UPDATE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is never changed'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {table}_never_changes() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is never changed'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_never_changes BEFORE UPDATE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_never_changes()"
    )


def downgrade() -> None:
    raise NotImplementedError("the first migration has nothing before it: drop the database instead")
