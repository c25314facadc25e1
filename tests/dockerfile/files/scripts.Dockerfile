FROM python:3.12-slim
WORKDIR /app
COPY . .
COPY docker/bin/ /usr/local/bin/
RUN chmod +x ./docker/install.sh && ./docker/install.sh --with-dev
RUN bash -euxo pipefail docker/missing.sh
RUN make install
RUN --mount=type=secret,id=pip,target=/etc/pip.conf pip install -e '.[server]' --no-build-isolation
