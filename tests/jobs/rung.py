"""What has been rung for and not yet been heard."""

from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

from vaccination.settings import Settings
from web.queue import QueueName


def rung(settings: Settings) -> list[tuple[str, int]]:
    """Job and row, in order, over all queues."""
    with Redis.from_url(settings.redis_url) as client:
        jobs = [
            job
            for name in QueueName
            for job in Queue(str(name), connection=client, serializer=JSONSerializer).jobs
        ]
        return [(job.func_name, job.args[0]) for job in jobs]
