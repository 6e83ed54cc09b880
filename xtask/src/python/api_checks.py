"""Asks the local stack whatever docs/openapi.yaml allows, and whatever it does not: `schemathesis`, signed.

Run as a program it makes an account, a publication and what hangs on them, and starts schemathesis once for each of the
two APIs; schemathesis then loads this file again for its hooks. What is found is a mistake of the document or of the
functions. Arguments: the seconds that each of the runs may take. Runs with the Python of .local/venv-api-checks.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import time
import uuid

import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from requests.auth import AuthBase

ROOT = pathlib.Path(__file__).resolve().parents[3]
STACK = json.loads((ROOT / ".local/stack.json").read_text())
# Of those who may call an operation, who does; the others are for who may do more.
PREFERRED = ["platform", "reviewer", "operator", "content_safety_lead"]
# What has to agree in these is more than a schema can say: the check character of a receipt; a subject, of its kind, or a link;
# one of two queries, or of two packs; at least one change; a proof of work. Pages say in HTML what was wrong.
DEPENDENT = {
    "get_complaint", "make_evidence_form", "contest_complaint", "file_complaint", "file_complaint_for_holder", "list_groups",
    "change_profile", "place_hold", "order_evidence_package", "order_backtest", "send_page", "send_status_page", "send_evidence_page",
    "send_contest_page",
}
# Whatever is well formed and refused all the same is refused for what it means. These say that the form is wrong: then
# the document promises more than the code takes.
ABOUT_FORM = {"invalid_json", "invalid_body", "invalid_query", "malformed_id", "not_found", "unsupported_media_type"}


class Signed(AuthBase):
    """AWS Signature Version 4 as `role`."""

    def __init__(self, role):
        keys = STACK["identities"][role]
        self.signer = SigV4Auth(
            Credentials(keys["access_key_id"], keys["secret_access_key"]), "execute-api", STACK["region"]
        )

    def __call__(self, request):
        headers = {name: value for name, value in request.headers.items() if name.lower() == "content-type"}
        plain = AWSRequest(method=request.method, url=request.url, data=request.body, headers=headers)
        self.signer.add_auth(plain)
        for name in ("Authorization", "X-Amz-Date", "X-Amz-Security-Token"):
            if name in plain.headers:
                request.headers[name] = plain.headers[name]
        return request


def call(role, method, path, body=None):
    headers = {"idempotency-key": f"api-checks-{uuid.uuid4()}"}
    answer = requests.request(
        method, STACK["platform_api"] + path, json=body, headers=headers, auth=Signed(role), timeout=30
    )
    if not answer.ok:
        sys.exit(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
    return answer.json()


def identity_number():
    """A resident identity number of a region that is assigned to nobody; form and check character are right."""
    body = f"119999{1950 + uuid.uuid4().int % 50}0101{uuid.uuid4().int % 1000:03}"
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, weights)) % 11]


def furnish():
    """What the requests may name: an account with a publication and a complaint."""
    principal = {"kind": "individual", "document_type": "resident_identity_number", "name": "张三"}
    registration = {
        "principal": principal | {"document_number": identity_number()},
        "display_name": f"接口检查{uuid.uuid4().hex[:8]}",
    }
    account_id = call("platform", "POST", "/v1/accounts", registration)["account_id"]
    for _ in range(120):
        if call("platform", "GET", f"/v1/accounts/{account_id}")["status"] == "active":
            break
        time.sleep(0.5)
    else:
        sys.exit(f"{account_id} did not become active within a minute")
    publication = {"account_id": account_id, "reference": "api-checks", "parts": [{"type": "text", "text": "好天气"}]}
    publication_id = call("platform", "POST", "/v1/publications", publication)["publication_id"]
    complaint = {"subject": {"subject_type": "account", "subject_id": account_id}, "reason": "spam", "description": "广告"}
    receipt = requests.post(STACK["public_api"] + "/v1/complaints", json=complaint, timeout=30).json().get("receipt")
    known = {"account_id": account_id, "publication_id": publication_id, "receipt": receipt}
    return {name: value for name, value in known.items() if value}


def set_right():
    """What was asked may have put an incident or another rule pack in force, for everybody."""
    call("content_safety_lead", "PUT", "/v1/incident-mode", {"measures": [], "reason": "接口检查结束", "minutes": 1})
    call("operator", "POST", "/v1/rule-packs/0/activate", {"reason": "接口检查结束"})


def main(seconds):
    known = furnish()
    python = pathlib.Path(sys.executable).parent
    failed = False
    # The public has thirteen operations of ninety.
    for api, share in (("public", 0.25), ("platform", 0.75)):
        print(f"--- the {api} API", flush=True)
        environment = os.environ | {
            "SCHEMATHESIS_HOOKS": "api_checks",
            "PYTHONPATH": str(pathlib.Path(__file__).parent),
            "GATEHOUSE_API": api,
            "GATEHOUSE_KNOWN": json.dumps(known),
        }
        run = [python / "schemathesis", "--config-file", ROOT / "xtask/src/python/schemathesis.toml", "run"]
        run += [ROOT / "docs/openapi.yaml", "--url", STACK[f"{api}_api"], "--max-time", str(int(seconds * share)), *sys.argv[2:]]
        failed |= subprocess.run(run, env=environment, cwd=ROOT / ".local").returncode != 0
    set_right()
    sys.exit(failed)


def has_fraction(value):
    if isinstance(value, dict):
        return any(has_fraction(inner) for inner in value.values())
    if isinstance(value, list):
        return any(has_fraction(inner) for inner in value)
    return isinstance(value, float)


def refused_items(response):
    try:
        items = response.json().get("items")
    except (ValueError, AttributeError):
        return False
    return isinstance(items, list) and any(isinstance(item, dict) and item.get("status", 0) >= 400 for item in items)


def hooks(api, known):
    import schemathesis
    from hypothesis import strategies

    document = {}
    plain = strategies.text(alphabet=strategies.characters(categories=["L", "Nd"], max_codepoint=0xFFFF), min_size=1)
    for name in ("legible-line", "legible-text"):
        schemathesis.openapi.format(name, plain)

    @schemathesis.hook
    def before_load_schema(context, raw_schema):
        """Leaves the other API's operations out."""
        for path, item in list(raw_schema["paths"].items()):
            for method, operation in list(item.items()):
                if (operation.get("x-callers") == ["public"]) != (api == "public"):
                    del item[method]
            if not item:
                del raw_schema["paths"][path]
        document.update(raw_schema)

    class AsWhoeverMay(AuthBase):
        """Signs as somebody who may call the operation, so that the answer is that of the function."""

        def __call__(self, request):
            base = requests.utils.urlparse(STACK["platform_api"]).path
            asked = requests.utils.urlparse(request.url).path.removeprefix(base)
            callers = ["platform"]
            for path, item in document["paths"].items():
                steps = re.sub(r"\{[^}]+\}", "[^/]+", path)
                if re.fullmatch(steps, asked):
                    callers = item.get(request.method.lower(), {}).get("x-callers", callers)
            return Signed(next(role for role in [*PREFERRED, *callers] if role in callers))(request)

    if api == "platform":
        schemathesis.auth.set_from_requests(AsWhoeverMay())

    @schemathesis.hook
    def map_path_parameters(context, path_parameters):
        """Half of the well-formed identifiers become ones that exist, but for those of what is to be taken away."""
        if context.operation.method.lower() == "delete":
            return path_parameters
        for name, value in (path_parameters or {}).items():
            prefix = str(known.get(name, "")).partition("_")[0]
            if prefix and str(value).startswith(prefix) and sum(map(ord, str(value))) % 2:
                path_parameters[name] = known[name]
        return path_parameters

    @schemathesis.hook
    def filter_failure(context, failure, case, response):
        """Leaves out what is right although it looks wrong; each for a reason of its own."""
        kind = type(failure).__name__
        if kind == "MissingHeaderNotRejected":
            # Of what is not signed the gateway says 403, whatever the checks would rather see; docs/openapi.yaml says so.
            return (failure.header_name, response.status_code) != ("Authorization", 403)
        if kind == "AcceptedNegativeData":
            # A batch is judged item by item: what is wrong with one is said in its place.
            return not refused_items(response)
        if kind != "RejectedPositiveData":
            return True
        # To a schema 46.0 is an integer; a count that is written with a fraction is refused.
        if has_fraction(case.body):
            return False
        # Valid data that is refused for what it means, and not for its form, is refused rightly.
        if case.operation.definition.raw["operationId"] in DEPENDENT:
            return False
        try:
            return response.json().get("code") in ABOUT_FORM
        except ValueError:
            return True


if __name__ == "__main__":
    main(int(sys.argv[1]))
elif "GATEHOUSE_API" in os.environ:
    hooks(os.environ["GATEHOUSE_API"], json.loads(os.environ["GATEHOUSE_KNOWN"]))
