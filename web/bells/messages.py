"""Jobs of messages, beside their delivery."""

from web.queue import Job, QueueName

WRITE_REMINDERS = Job("web.jobs.reminders.write_due", QueueName.MESSAGES, every="*/10 * * * *")
READ_BOUNCES = Job("web.jobs.bounces.read_bounces", QueueName.MESSAGES, every="4-59/5 * * * *")
