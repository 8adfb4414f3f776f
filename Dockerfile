# One image for the code server, the webserver and the daemon.
FROM python:3.13-slim-trixie AS build
WORKDIR /src
RUN pip install --no-cache-dir uv==0.13.9 && uv venv /opt/venv
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY belib_weather belib_weather
RUN uv pip install --python /opt/venv/bin/python -c constraints.txt .

FROM python:3.13-slim-trixie
RUN useradd --create-home --uid 10001 belib
COPY --from=build /opt/venv /opt/venv
WORKDIR /app
COPY dagster.yaml docker/workspace.yaml ./
ENV PATH=/opt/venv/bin:$PATH DAGSTER_HOME=/app PYTHONUNBUFFERED=1
RUN chown belib /app
USER belib
