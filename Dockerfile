# One image for the code server, the webserver and the daemon.
FROM python:3.13.16-slim-trixie AS build
ENV UV_COMPILE_BYTECODE=1 UV_PYTHON=/opt/venv/bin/python
RUN pip install --no-cache-dir uv==0.13.9 && uv venv --python /usr/local/bin/python /opt/venv
WORKDIR /src
# Dependencies first: this layer is kept until they change.
COPY pyproject.toml constraints.txt ./
RUN uv pip install --no-cache -r pyproject.toml --extra s3 --extra simulator --extra kafka -c constraints.txt
COPY README.md LICENSE dagster.yaml workspace.yaml ./
COPY belib_weather belib_weather
RUN uv pip install --no-cache --no-deps .

FROM python:3.13.16-slim-trixie
# LightGBM's wheel takes the OpenMP runtime of the system.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends libgomp1 \
 && rm -rf /var/lib/apt/lists/*
RUN useradd --create-home --uid 10001 belib
COPY --from=build /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH DAGSTER_HOME=/app BELIB_HOME=/app/.belib PYTHONUNBUFFERED=1
WORKDIR /app
COPY dagster.yaml docker/workspace.yaml ./
# The mount points of compute logs and exports: a new volume takes its owner from here.
RUN install -d -o belib -g belib /app /app/storage /app/.belib
USER belib
