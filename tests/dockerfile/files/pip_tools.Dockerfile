FROM python:3.12-slim
RUN python -m pip install pip-tools==7.4
COPY requirements.in dev-requirements.in ./
RUN pip-compile requirements.in && pip-compile -o dev.txt dev-requirements.in
RUN pip-sync requirements.txt dev.txt
COPY pylock.toml .
RUN pip install -r pylock.toml --group test
