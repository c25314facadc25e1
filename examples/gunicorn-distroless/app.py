"""Tells the time of the database."""

import os

import psycopg2


def app(environ, start_response):
    with psycopg2.connect(os.environ["DATABASE_URL"]) as connection, connection.cursor() as cursor:
        cursor.execute("select now()")
        (now,) = cursor.fetchone()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{now}\n".encode()]
