# syntax=docker/dockerfile:1
FROM python:3.12-slim
ARG FLASK=3.0.0
COPY <<requirements.txt <<"setup.sh" /app/
flask==${FLASK}
gunicorn
requirements.txt
#!/bin/sh
set -e
pip install -r /app/requirements.txt
pip install "$@" orjson
setup.sh
RUN <<EOF
set -ex
apt-get update
apt-get install -y --no-install-recommends gcc
sh /app/setup.sh --prefer-binary
EOF
RUN cat <<EOF > /tmp/more.txt && pip install -r /tmp/more.txt
sanic
uvloop==0.21.0
EOF
RUN python3 - <<'PY'
import subprocess
subprocess.check_call(["pip", "install", "nothing"])
PY
RUN printf 'a==1\nb==%s\n' 2 > /tmp/p.txt && echo "c==3" >> /tmp/p.txt && python -m pip install -r /tmp/p.txt
