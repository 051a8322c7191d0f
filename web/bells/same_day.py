"""The jobs of doses of the day."""

from web.queue import Job, QueueName

ASK_WAVE = Job("web.jobs.same_day.ask", QueueName.DEFAULT)
SAME_DAY_ROUND = Job("web.jobs.same_day.ask_all", QueueName.DEFAULT, every="* * * * *")
