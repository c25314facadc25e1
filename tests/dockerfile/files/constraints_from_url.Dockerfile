FROM python:3.11-slim
ARG AIRFLOW_VERSION=2.10.3
ARG PYTHON_VERSION=3.11
ENV CONSTRAINT_URL="https://constraints.example.invalid/constraints-${AIRFLOW_VERSION}/constraints-${PYTHON_VERSION}.txt"
RUN curl -sSfL "${CONSTRAINT_URL}" -o /tmp/constraints.txt
RUN pip install "apache-airflow[celery,postgres]==${AIRFLOW_VERSION}" --constraint "${CONSTRAINT_URL}" \
 && pip install -r requirements.txt -c /tmp/constraints.txt
RUN pip install git+https://git.example.invalid/x/y.git@v1#egg=y 'z @ https://files.example.invalid/z-1-py3-none-any.whl' https://files.example.invalid/w-2.tar.gz
RUN wget -qO- https://astral.sh/uv/0.8.3/install.sh | sh && . $HOME/.local/bin/env && uv pip install --system -r pyproject.toml --all-extras
