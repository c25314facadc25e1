FROM --platform=$BUILDPLATFORM python:3.13-slim AS deps
RUN pip install --no-cache-dir pandas==2.3.0 pyarrow
FROM --platform=$TARGETPLATFORM python:3.12-slim
COPY --from=deps /usr/local/lib/python3.13/site-packages /usr/local/lib/python3.12/site-packages
COPY --from=deps /usr/local/bin /usr/local/bin
