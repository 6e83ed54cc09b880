"""Serves the widgets of the desk on the loopback interface, in a page that plays the console's part.

Runs with the Python of .local/venv-sam, against the endpoint of its environment. Arguments: the path of stack.json, the
port, the page, its script. Calls the function by each person's door, with that person's own keys.
"""

import http.server
import json
import sys

import boto3

stack = json.load(open(sys.argv[1], encoding="utf-8"))
page, script = (open(path, "rb").read() for path in sys.argv[3:5])


def client(who):
    keys = stack["identities"][who]
    return boto3.client(
        "lambda", aws_access_key_id=keys["access_key_id"], aws_secret_access_key=keys["secret_access_key"]
    )


clients = {who: client(who) for who in stack["doors"]}


class Console(http.server.BaseHTTPRequestHandler):
    def answer(self, status, kind, body):
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        # No script but ours, nothing from elsewhere, no form that goes anywhere: as the console holds it.
        policy = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'unsafe-inline' 'self'; font-src 'self' data:"
        self.send_header("content-security-policy", policy + "; form-action 'none'; frame-ancestors 'none'")
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        path = self.path.split("?")[0]
        if path == "/":
            self.answer(200, "text/html; charset=utf-8", page)
        elif path == "/console.js":
            self.answer(200, "text/javascript; charset=utf-8", script)
        elif path == "/people":
            self.answer(200, "application/json", json.dumps(list(clients)).encode())
        else:
            self.answer(404, "text/plain", b"not found")

    def do_POST(self):
        # The header keeps pages of other origins out: they cannot send it unasked, and nobody answers when they ask.
        if self.path != "/call" or self.headers.get("x-desk") != "local":
            self.answer(404, "text/plain", b"not found")
            return
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        reply = clients[asked["who"]].invoke(
            FunctionName=stack["doors"][asked["who"]], Payload=json.dumps(asked["event"]).encode()
        )
        self.answer(200, "application/json", reply["Payload"].read())

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), Console)
print(f"the desk is at http://127.0.0.1:{sys.argv[2]}/ until Ctrl-C", flush=True)
try:
    server.serve_forever()
except KeyboardInterrupt:
    pass
