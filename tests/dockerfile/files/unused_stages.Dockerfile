FROM python:3.12 AS test
RUN pip install pytest
FROM python:3.12-slim AS docs
RUN pip install sphinx
FROM python:3.12-slim@sha256:0123456789012345678901234567890123456789012345678901234567890123 AS app
RUN pip install flask
FROM scratch AS export
COPY --from=app /usr/local/lib/python3.12/site-packages /out
FROM app
RUN pip install gunicorn
