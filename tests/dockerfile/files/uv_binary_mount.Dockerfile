FROM python:3.13-slim
WORKDIR /code
COPY requirements.lock /code/
RUN --mount=from=ghcr.io/astral-sh/uv:0.8.22,source=/uv,target=/bin/uv \
    uv pip install --system --no-cache --only-binary :all: -r requirements.lock
COPY --from=ghcr.io/astral-sh/uv:latest /uv /uvx /bin/
ENV UV_SYSTEM_PYTHON=1 UV_INDEX_URL=https://pypi.example.invalid/simple
RUN uv pip install --extra-index-url=https://mirror.example.invalid/simple 'torch>=2' ./libs/common[fast]
RUN uv tool install ruff==0.14.0
RUN uv pip install httpx
