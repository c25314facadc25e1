ARG PYTHON_VERSION=3.12
ARG VARIANT=slim-bookworm
ARG REGISTRY=docker.io/library
FROM ${REGISTRY}/python:${PYTHON_VERSION}-${VARIANT} AS base
ARG PYTHON_VERSION
ARG EXTRA
ARG INSTALL_DEV=false
ENV APP_PYTHON=${PYTHON_VERSION}
RUN echo "$APP_PYTHON" && pip install "django${EXTRA:+[$EXTRA]}==5.2"
RUN if [ "$INSTALL_DEV" = "true" ]; then \
      pip install pytest; \
    else \
      pip install gunicorn; \
    fi
