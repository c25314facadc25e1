FROM python:3.12-slim AS lock
RUN pip install pipenv
COPY Pipfile Pipfile.lock /
RUN pipenv requirements > requirements.txt && pipenv requirements --dev > dev.txt
FROM python:3.12-alpine
COPY --from=lock /requirements.txt /dev.txt /tmp/
ARG DEV
RUN pip install -r /tmp/requirements.txt; if [ -n "${DEV}" ]; then pip install -r /tmp/dev.txt; fi
