"""The jobs of holds."""

from web.queue import Job, QueueName

EXPIRE_HOLDS = Job("web.jobs.holds.expire_holds", QueueName.DEFAULT, every=20)
