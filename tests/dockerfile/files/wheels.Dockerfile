FROM python:3.12-slim AS wheels
RUN apt-get update && apt-get install -y gcc libmariadb-dev pkg-config
WORKDIR /build
COPY requirements*.txt ./
RUN pip wheel --no-deps -w /wheels -r requirements.txt -r requirements-extra.txt

FROM python:3.12-slim AS app
COPY --from=wheels /wheels /wheels
COPY --from=wheels /build/requirements.txt .
RUN pip install --no-index --find-links=/wheels -r requirements.txt && rm -rf /wheels
RUN --mount=type=bind,from=wheels,source=/wheels,target=/mnt/wheels pip install --no-cache /mnt/wheels/*.whl
