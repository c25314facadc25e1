FROM python:3.12-slim AS Base
RUN apt-get update \
    # the client library
    && apt-get install -y --no-install-recommends \

        libpq5 \
        # compilers
        build-essential=12.* libpq-dev:amd64 \
    && pip install \
        # the driver
        'psycopg2>=2.9' \
        "uvicorn[standard]" \
    && apt-get purge -y --auto-remove build-essential libpq-dev \
    && rm -rf /var/lib/apt/lists/*
