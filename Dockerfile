# The bot as a container: one image for `migrate`, `serve` and `work`.
#
#   docker build -t readiness-bot .
#   docker run --read-only --tmpfs /tmp --env-file .env -e HOST=0.0.0.0 -p 3000:3000 -v readiness:/data readiness-bot

FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY bot bot
COPY conversations conversations
COPY storage storage
RUN python -m venv /opt/readiness \
    && /opt/readiness/bin/pip install --no-cache-dir --constraint constraints.txt .

FROM python:3.13-slim
RUN useradd --system --uid 10001 --create-home --home-dir /data readiness
COPY --from=build /opt/readiness /opt/readiness
ENV PATH="/opt/readiness/bin:$PATH" \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DATABASE_URL=sqlite:////data/readiness.db
WORKDIR /data
VOLUME /data
USER 10001
EXPOSE 3000
# The settings come from the environment; whoever runs it says HOST=0.0.0.0.
HEALTHCHECK --interval=30s --timeout=5s --start-period=15s CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ.get('PORT', '3000') + '/healthz', timeout=4)"]
ENTRYPOINT ["readiness"]
CMD ["serve"]
