"""Planning folders as zip files: take one away, bring one back with a plan."""

from pathlib import Path

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from vaccination.clock import now
from vaccination.db import snapshot, transaction
from vaccination.domain.actor import Role
from vaccination.errors import NotFound
from vaccination.readmodels import plan_summary
from vaccination.services.planning.files import (
    FileFault,
    FolderNotTaken,
    PlanBreaksRules,
    judge,
    keep_imported,
    problem_zip,
    unpacked,
)
from vaccination.services.planning.folder import export_folder
from vaccination.services.planning.problem import Scope
from web.access import allow, current_actor
from web.region_clock import local_today


class NoSuchArchive(NotFound):
    """The run's folder is not on this machine: it was never solved, or elsewhere."""

    code = "no_such_archive"


def add_to(bp: Blueprint) -> None:
    """Hang the pages of folders into the blueprint of plans."""
    bp.add_url_rule("/folder.zip", "problem_folder", problem_folder)
    bp.add_url_rule("/<int:run_id>/folder.zip", "run_folder", run_folder)
    bp.add_url_rule("/import", "import_page", import_page)
    bp.add_url_rule("/import", "send_import", send_import, methods=["POST"])


def archive_of(run_id: int) -> Path:
    """Where the planner's worker puts a run's folder (web/jobs/plan_archive.py)."""
    files: Path = current_app.config["SETTINGS"].files_dir
    return files.resolve() / "plans" / f"run-{run_id}.zip"


@allow(Role.AGENCY)
def problem_folder() -> ResponseReturnValue:
    """The problem as it stands, for a what-if elsewhere."""
    with snapshot() as session:
        upcoming = plan_summary.next_plan(session, local_today())
        if upcoming is None:
            return redirect(url_for("programme.home"), 303)
        scope = Scope(upcoming.programme_id, upcoming.starts_on, upcoming.days, lottery_seed=0)
        problem, names = export_folder(session, scope, now=now())
    answer = Response(problem_zip(problem, names), mimetype="application/zip")
    answer.headers.set("Content-Disposition", "attachment", filename="planning-folder.zip")
    return answer


@allow(Role.AGENCY)
def run_folder(run_id: int) -> ResponseReturnValue:
    """A run's problem and plan, as the planner saw them."""
    path = archive_of(run_id)
    if not path.exists():
        raise NoSuchArchive(run_id=run_id)
    return send_file(path, "application/zip", as_attachment=True, download_name=f"plan-{run_id}.zip")


@allow(Role.AGENCY)
def import_page(
    faults: tuple[FileFault, ...] = (), rules: dict[str, int] | None = None
) -> ResponseReturnValue:
    """Where to bring a folder with its plan."""
    return render_template("planning/import.html", faults=faults, rules=rules or {})


@allow(Role.AGENCY)
def send_import() -> ResponseReturnValue:
    """Judge a plan made elsewhere on the region as it stands; a good one is kept for review."""
    sent = request.files.get("file")
    content = sent.stream.read() if sent else b""
    try:
        with unpacked(content) as asked:
            with snapshot() as session:
                solved = judge(session, asked, now=now())
            if request.form.get("then") == "check":
                flash(gettext("The plan keeps every rule. It was only checked, not kept."), "ok")
                return redirect(url_for("planning.import_page"), 303)
            with transaction() as session:
                run_id = keep_imported(session, asked, solved, now=now(), user_id=current_actor().user_id)
    except FolderNotTaken as refusal:
        return import_page(faults=refusal.faults), 400  # type: ignore[return-value]
    except PlanBreaksRules as refusal:
        return import_page(rules=refusal.detail["rules"]), 400  # type: ignore[return-value,arg-type]
    flash(gettext("The plan keeps every rule. Read it, then apply or discard it."), "ok")
    return redirect(url_for("planning.show", run_id=run_id), 303)
