FROM python:3.12-slim
WORKDIR /srv/app
COPY . .
RUN pip install -r requirements.txt -r requirements/dev.txt -r docs/requirements.txt
