"""Jobs of letters."""

from web.queue import Job, QueueName

MAKE_LETTER_BATCH = Job("web.jobs.letter_batches.make_letter_batch", QueueName.PAPERS, timeout_s=1800)
GATHER_LETTERS = Job("web.jobs.letter_batches.gather", QueueName.PAPERS, every="*/10 * * * *")
