"""Answers every request with what was sent."""

from flask import Flask, request

app = Flask(__name__)


@app.route("/", defaults={"path": ""}, methods=["GET", "POST"])
@app.route("/<path:path>", methods=["GET", "POST"])
def echo(path: str) -> dict[str, object]:
    return {"path": path, "arguments": request.args, "body": request.get_data(as_text=True)}


if __name__ == "__main__":
    app.run(host="0.0.0.0", port=8000)
