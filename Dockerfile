# The service and its command line. The index lives in a volume (/data) or in OpenSearch.
FROM python:3.12-slim AS build
WORKDIR /src
COPY requirements/image.txt requirements/image.txt
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --no-deps --require-hashes --only-binary :all: -r requirements/image.txt
COPY . .
RUN /venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation . && /venv/bin/python scripts/notice.py > /NOTICE.image

FROM python:3.12-slim
RUN useradd --system --uid 10001 --create-home vivier && mkdir /data && chown vivier /data
COPY --from=build /venv /venv
COPY --from=build /NOTICE.image /NOTICE.image
ENV PATH=/venv/bin:$PATH VIVIER_HOME=/data PYTHONUNBUFFERED=1
USER vivier
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --retries=5 --start-period=60s CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/health', timeout=4)"]
CMD ["vivier", "up", "--host", "0.0.0.0", "--port", "8000"]
