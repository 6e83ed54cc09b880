"""Prints the log events of the local functions, oldest first.

Runs with the Python of .local/venv-sam, against the endpoint and with the credentials of its environment.
Arguments: the prefix of the log groups; how many minutes back to begin; "follow" or "once".
"""

import sys
import time

import boto3


def main():
    prefix, minutes, follow = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "follow"
    logs = boto3.client("logs")
    since, seen = int((time.time() - minutes * 60) * 1000), set()
    while True:
        events = []
        for page in logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=prefix):
            for group in page["logGroups"]:
                name = group["logGroupName"]
                found = logs.get_paginator("filter_log_events").paginate(logGroupName=name, startTime=since)
                for event in (event for page in found for event in page["events"]):
                    # MiniStack 1.5.33 gives no eventId.
                    stream = event["logStreamName"]
                    events.append((event["timestamp"], name.rsplit("/", 1)[-1], stream, event["message"]))
        for timestamp, function, stream, message in sorted(events, key=lambda event: event[0]):
            if (timestamp, stream, message) not in seen:
                seen.add((timestamp, stream, message))
                moment = time.strftime("%H:%M:%S", time.localtime(timestamp / 1000))
                print(f"{moment} {function} {message.rstrip()}", flush=True)
        if not follow:
            return
        time.sleep(1)


try:
    main()
except (KeyboardInterrupt, BrokenPipeError):
    pass
