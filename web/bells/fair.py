"""The job of the fairness page."""

from web.queue import Job, QueueName

COUNT_ODDS = Job("web.jobs.fairness.count_odds", QueueName.DEFAULT, every="9 * * * *")
