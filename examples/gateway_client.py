"""Starts a suite through a gateway, follows its events and prints its verdicts. Needs the standard library only.

usage: COMMIT_SUITE_URL=http://127.0.0.1:8080 COMMIT_SUITE_API_KEY=… python3 gateway_client.py REPOSITORY-URL COMMAND
"""
import json, os, sys, time, uuid
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import Request, urlopen

def call(path, body=None):
    headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
    if key := os.environ.get("COMMIT_SUITE_API_KEY"):
        headers["Authorization"] = f"Bearer {key}"
    data = None if body is None else json.dumps(body).encode()
    return urlopen(Request(os.environ["COMMIT_SUITE_URL"] + path, data, headers), timeout=60)

def events(suite, last=0):
    while True:
        try:
            with call(f"/v1/suites/{suite}/events?after={last}") as stream:
                if stream.status == 204:  # every event has been seen, and no other will come
                    return
                for line in stream:
                    if line.startswith(b"data: ") and line.endswith(b"\n"):
                        event = json.loads(line[6:])
                        last = event["seq"]
                        yield event
        except (OSError, HTTPException) as error:  # it passes: the stream goes on after the last event
            if isinstance(error, HTTPError) and error.code < 500:
                raise
            time.sleep(1)

repo, command = sys.argv[1:]
suite = json.load(call("/v1/suites", {"repo": repo, "command": {"shell": command}, "commits": ["HEAD~1", "HEAD"], "runs": 10}))["suite"]
for event in events(suite):
    print(event["seq"], event["type"], event["data"].get("outcome") or event["data"].get("verdict") or "", file=sys.stderr)
for commit in json.load(call(f"/v1/suites/{suite}"))["commits"]:
    print(commit["sha"], commit["verdict"], f'{commit["failed"]}/{commit["runs"]}')
