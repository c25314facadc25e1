FROM python:3.12
RUN curl -sSL https://install.python-poetry.org | POETRY_VERSION=1.7.1 python3 -
WORKDIR /app
COPY poetry.lock pyproject.toml /app/
RUN poetry config virtualenvs.create false \
  && poetry install --only main,web --no-interaction --no-ansi
