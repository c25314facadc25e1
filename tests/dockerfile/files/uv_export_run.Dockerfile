FROM python:3.12-slim
COPY --from=ghcr.io/astral-sh/uv:0.8 /uv /usr/local/bin/uv
WORKDIR /proj
COPY pyproject.toml uv.lock ./
RUN uv export --frozen --no-dev --group prod --no-emit-project > requirements.txt && pip install --require-hashes -r requirements.txt
RUN pip install -r <(uv export --frozen --only-group lint)
RUN uv venv /opt/venv --python 3.12
ENV VIRTUAL_ENV=/opt/venv UV_PROJECT_ENVIRONMENT=/opt/venv
RUN uv pip install --no-build pandas && uv pip sync requirements.txt
RUN uv run --frozen --with rich python manage.py collectstatic --noinput
