"""The jobs of rolling programmes."""

from web.queue import Job, QueueName

ROLL_ON = Job("web.jobs.rolling.roll_on", QueueName.DEFAULT, every=5)
