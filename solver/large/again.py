"""A linear programme that is changed a little and solved again, from where its last optimum was."""

import datetime

from ortools.math_opt.python import mathopt


class Again:
    """GLOP on one model. Where it loses its way in a degenerate basis, it begins from scratch once."""

    def __init__(self, model: mathopt.Model) -> None:
        self._model = model
        self._solver = mathopt.IncrementalSolver(model, mathopt.SolverType.GLOP)

    def optimum(self, seconds: float) -> mathopt.SolveResult | None:
        """The optimum of the model as it is now; None where there was none in time."""
        limits = mathopt.SolveParameters(time_limit=datetime.timedelta(seconds=max(seconds, 0.1)))
        for _ in range(2):
            try:
                result = self._solver.solve(params=limits)
            except (RuntimeError, AttributeError):  # the latter from MathOpt's own handling of the former
                self._solver = mathopt.IncrementalSolver(self._model, mathopt.SolverType.GLOP)
            else:
                return result if result.termination.reason == mathopt.TerminationReason.OPTIMAL else None
        return None
