"""Puts a control file, or the folder of a rule pack, as the operator and prints the report that answers it.

Runs with the Python of .local/venv-sam, against the endpoint and with the operator's credentials of its environment.
Arguments: the bucket; the key to put the file under; the file or the folder. Ends with 1 when the file was refused.
"""

import json
import os
import sys
import time

import boto3

PATIENCE = 60
PACK = "rule-pack.yaml"


def main():
    bucket, key, path = sys.argv[1:]
    s3 = boto3.client("s3")
    if os.path.isdir(path):
        for below in sorted(files_of(path) - {PACK}):
            s3.upload_file(os.path.join(path, below), bucket, f"{key}/{below}")
            print(f"put      s3://{bucket}/{key}/{below}", flush=True)
        key, path = f"{key}/{PACK}", os.path.join(path, PACK)
    with open(path, "rb") as file:
        put = s3.put_object(Bucket=bucket, Key=key, Body=file.read())
    name = f"reports/{key.removeprefix('controls/')}.{put['ETag'].strip(chr(34))}.json"
    print(f"put      s3://{bucket}/{key}\nreport   s3://{bucket}/{name}", flush=True)
    if key.startswith("controls/policy-documents/texts/"):
        print("a text has no report: put the control file that names it")
        return
    for _ in range(PATIENCE * 5):
        try:
            found = s3.get_object(Bucket=bucket, Key=name)
        except s3.exceptions.NoSuchKey:
            found = None
        # The report of an earlier put of the same content says the same, unless something was put in between.
        if found and found["LastModified"].timestamp() >= put_at(put) - 1:
            report = json.loads(found["Body"].read())
            print(json.dumps(report, ensure_ascii=False, indent=2))
            sys.exit(0 if report["accepted"] else 1)
        time.sleep(0.2)
    sys.exit(f"no report after {PATIENCE} s: cargo xtask logs control-files")


def files_of(folder):
    """The files below the folder by their paths in it, but for hidden ones."""
    found = set()
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found.update(os.path.relpath(os.path.join(place, name), folder) for name in names if not name.startswith("."))
    return found


def put_at(answer):
    """When S3 took the file, by its own clock."""
    from email.utils import parsedate_to_datetime

    date = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
    return parsedate_to_datetime(date).timestamp() if date else 0


main()
