FROM debian:bookworm-slim
RUN ["apt-get", "install", "-y", "python3-pip", "python3-venv"]
RUN ["/bin/sh", "-c", "python3 -m venv /opt/env && . /opt/env/bin/activate && pip install -U pip==24.0 wheel && pip install requests"]
ONBUILD COPY requirements.txt /src/
ONBUILD RUN /opt/env/bin/pip install -r /src/requirements.txt
