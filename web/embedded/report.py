"""What the launcher tells when a region is ready: the plan's figures, the papers, how to sign in."""

from vaccination.readmodels.installation import Installation
from vaccination.settings import Settings
from web.embedded.home import Home
from web.embedded.staff import sign_in_lines
from web.jobs.papers import confirmations_folder


def report(home: Home, found: Installation, settings: Settings, seconds: float) -> list[str]:
    """The lines to print."""
    lines = ["", f"The region is ready ({seconds:.0f} s)"]
    if found.run and found.run.summary:
        lines += _plan_lines(found.run.summary)
        lines.append(f"  confirmations  {confirmations_folder(settings, found.run.id)}")
    lines += [
        f"  everything in  {home.folder}   (make clean forgets it)",
        f"  address        {settings.base_url}",
        f"  sign in        {settings.base_url}/account/sign-in as",
    ]
    lines += [f"                 {line}" for line in sign_in_lines(home)]
    return [*lines, ""]


def _plan_lines(summary: dict[str, float | None]) -> list[str]:
    planned, requests = summary.get("planned") or 0, summary.get("requests") or 0
    lines = [f"  planned        {planned:,} of {requests:,} requests, {summary.get('doses') or 0:,} doses"]
    score, bound, gap = (summary.get(name) for name in ("score", "bound", "gap"))
    if score is not None:
        lines.append(f"  score          {score:,.1f}")
    if bound is not None and gap is not None:
        lines.append(f"  bound          {bound:,.1f}   (proven: no plan is better by more than {gap:.3%})")
    return [*lines, f"  solved in      {summary.get('seconds') or 0:.1f} s"]
