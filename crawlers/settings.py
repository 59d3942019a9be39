"""Scrapy settings: who we are, how gently we ask, what we never follow."""

from __future__ import annotations

from crawlers.job import FetchJob

RETRY_TIMES = 4
LONGEST_WAIT = 300.0
"""Seconds: a host that asks to wait longer (``Retry-After``) is left alone and the run refused."""
UNUSED: dict[str, object] = {
    "EXTENSIONS": dict.fromkeys(
        (
            "scrapy.extensions.feedexport.FeedExporter",
            "scrapy.extensions.remote_control.RemoteControl",  # it would listen, and run the code it is sent
            "scrapy.extensions.telnet.TelnetConsole",
        )
    ),
    "DOWNLOAD_HANDLERS": dict.fromkeys(("data", "file", "ftp", "s3")),
}
"""Settings that leave out what no fetch needs of Scrapy: what listens, and every scheme but http and https."""


def scrapy_settings(job: FetchJob) -> dict[str, object]:
    """Settings of one fetch.

    One connection per host, one request at a time, ``job.delay`` seconds between two; robots.txt obeyed
    where it decides, its ``Crawl-delay`` too; answers kept in a cache and asked again with conditional requests only.
    """
    return {
        "USER_AGENT": job.agent,
        "ROBOTSTXT_OBEY": job.plan.obeys_robots,
        "CONCURRENT_REQUESTS": 1,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_DELAY": job.delay,
        "RANDOMIZE_DOWNLOAD_DELAY": False,  # a random delay may be half of what the host asks for
        "AUTOTHROTTLE_ENABLED": job.delay > 0,
        "AUTOTHROTTLE_START_DELAY": job.delay,
        "DNS_RESOLVER": "crawlers.guard.PublicResolver",
        "DOWNLOAD_TIMEOUT": 120,
        "DOWNLOAD_MAXSIZE": job.plan.maximum_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_FAIL_ON_DATALOSS": True,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "RETRY_TIMES": RETRY_TIMES,
        "REDIRECT_MAX_TIMES": 5,
        "COOKIES_ENABLED": False,
        **UNUSED,
        "LOG_LEVEL": "WARNING",
        "HTTPCACHE_ENABLED": not job.glance,
        "HTTPCACHE_DIR": str(job.cache),
        "HTTPCACHE_GZIP": True,
        "HTTPCACHE_STORAGE": "crawlers.middlewares.KeylessStorage",
        "HTTPCACHE_POLICY": "crawlers.middlewares.AlwaysAskAgain",
        "DOWNLOADER_MIDDLEWARES": {
            "crawlers.middlewares.KnownHostsOnly": 50,
            "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
            "crawlers.robots.Robots": 100,
            "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
            "crawlers.middlewares.PatientRetry": 550,
            "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": None,
            "crawlers.middlewares.HonestCache": 900,
        },
    }
