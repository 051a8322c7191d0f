"""The jobs after a disruption."""

from web.queue import Job, QueueName

PROPOSE = Job("web.jobs.disruptions.propose_all", QueueName.DEFAULT, timeout_s=3600)
LOOK_AFTER_REPLACEMENTS = Job("web.jobs.disruptions.look_after_all", QueueName.DEFAULT, every="*/5 * * * *")
