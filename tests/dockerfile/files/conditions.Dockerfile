FROM python:3.12-slim
ARG ENVIRONMENT=production
ARG TARGETARCH
ENV DB=postgres
RUN case "$ENVIRONMENT" in dev|test) pip install pytest ;; prod*) pip install gunicorn ;; esac
RUN [ "$DB" = postgres ] && pip install psycopg2-binary
RUN [[ "$DB" == mysql* ]] || pip install redis
RUN if [ "$TARGETARCH" = "arm64" ]; then pip install arm-only; elif [ "$TARGETARCH" = amd64 ]; then pip install intel-only; fi
RUN test -z "$ENVIRONMENT" || exit 0; pip install never
RUN command -v git || apt-get install -y git
RUN install_all() { pip install "$@"; }; install_all x y && VERSION=1.2 && pip install z==${VERSION%.*}
RUN pip install $( [ "$ENVIRONMENT" = production ] && echo "sentry-sdk" )
