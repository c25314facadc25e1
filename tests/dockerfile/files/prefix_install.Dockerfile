FROM python:3.12-alpine AS builder
RUN apk add --update alpine-sdk libffi-dev
COPY requirements.txt /requirements.txt
RUN pip install --prefix=/install --no-warn-script-location -r /requirements.txt
FROM python:3.12-alpine AS base
FROM base AS final
COPY --from=builder /install /usr/local
COPY --from=nginx:1.27 /etc/nginx/mime.types /etc/mime.types
COPY --from=0 /requirements.txt /tmp/
WORKDIR /app
COPY . /app
