FROM python:3.11-slim
RUN pip install --upgrade pip pipenv==2024.0.1
WORKDIR /app
COPY Pipfile Pipfile.lock /app/
RUN set -ex && pipenv install --deploy --system
