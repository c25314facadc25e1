"""Keeps small documents in memory. It runs under Sanic's own server, or under uvicorn: `uvicorn app:app`."""

import orjson
from sanic import NotFound, Request, Sanic, json

app = Sanic("documents", dumps=lambda value: orjson.dumps(value).decode())
documents: dict[str, object] = {}


@app.put("/<name:str>")
async def put(request: Request, name: str):
    documents[name] = orjson.loads(request.body)
    return json({"stored": name}, status=201)


@app.get("/<name:str>")
async def get(request: Request, name: str):
    if name not in documents:
        raise NotFound(f"there is no document {name}")
    return json(documents[name])
