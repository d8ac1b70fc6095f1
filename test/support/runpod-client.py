"""Calls a gateway with the public RunPod SDK and prints what came back as JSON.

usage: runpod-client.py BASE_URL KEY ENDPOINT run|run_sync INPUT
       runpod-client.py BASE_URL KEY ENDPOINT status|output|stream|cancel JOB
       runpod-client.py BASE_URL KEY ENDPOINT purge_queue|health
"""

import asyncio
import json
import sys

import runpod
from runpod.endpoint.runner import Job

base, key, name, action, *rest = sys.argv[1:]
runpod.endpoint_url_base = base
runpod.api_key = key


async def with_asyncio(job_input):
    """The other client of the SDK: starts a job, asks for it, cancels it, purges the queue."""
    async with runpod.http_client.AsyncClientSession() as session:
        endpoint = runpod.AsyncioEndpoint(name, session)
        job = await endpoint.run(job_input)
        return {
            "status": await job.status(),
            "cancel": await job.cancel(),
            "purge": await endpoint.purge_queue(),
            "health": await endpoint.health(),
        }


def call():
    if action == "asyncio":
        return asyncio.run(with_asyncio(json.loads(rest[0])))
    endpoint = runpod.Endpoint(name)
    if action == "run":
        return endpoint.run(json.loads(rest[0])).job_id
    if action == "run_sync":
        return endpoint.run_sync(json.loads(rest[0]), timeout=100)
    if action in ("purge_queue", "health"):
        return getattr(endpoint, action)()
    job = Job(name, rest[0], endpoint.rp_client)
    if action == "output":
        return job.output(timeout=100)
    if action == "stream":
        return list(job.stream())
    return getattr(job, action)()


try:
    print(json.dumps({"answer": call()}))
except Exception as error:  # What the SDK makes of a refusal is what its users see.
    response = getattr(error, "response", None)
    body = None if response is None else response.json()
    print(json.dumps({"error": str(error), "body": body}))
