"""Debian's own Prometheus, started for a test or a demonstration and ended with it."""

import json
import os
import pathlib
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Prometheus:
    """Scrapes targets once a second, with native histograms, and answers queries. Its data is in a folder that is given."""

    def __init__(self, folder, targets, rules=()):
        self.program = shutil.which("prometheus")
        if not self.program:
            bring = pathlib.Path(__file__).with_name("bring.sh")
            found = subprocess.run([bring], stdout=subprocess.PIPE, text=True, check=False)
            if found.returncode:
                raise SystemExit("Prometheus cannot be had")
            self.program = found.stdout.strip() + "/prometheus"
        self.folder = pathlib.Path(folder)
        self.url = f"http://127.0.0.1:{free_port()}"
        self.targets = targets
        self.rules = [str(pathlib.Path(rule).resolve()) for rule in rules]

    def __enter__(self):
        configuration = {
            "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
            "rule_files": self.rules,
            "scrape_configs": [{"job_name": "timepiece", "static_configs": [{"targets": self.targets}]}],
        }
        path = self.folder / "prometheus.yml"
        path.write_text(json.dumps(configuration))
        self.log = (self.folder / "prometheus.log").open("w")
        self.process = subprocess.Popen(
            [
                self.program,
                f"--config.file={path}",
                f"--storage.tsdb.path={self.folder / 'data'}",
                f"--web.listen-address={self.url.removeprefix('http://')}",
                "--enable-feature=native-histograms",
            ],
            stdout=self.log,
            stderr=subprocess.STDOUT,
            env=os.environ | {"GOMAXPROCS": "1"},
        )
        try:
            self._wait_until_ready()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_exception):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()

    def _wait_until_ready(self):
        for _ in range(300):
            if self.process.poll() is not None:
                raise SystemExit((self.folder / "prometheus.log").read_text()[-2000:])
            try:
                urllib.request.urlopen(self.url + "/-/ready", timeout=1).close()
                return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise SystemExit("Prometheus does not start: " + (self.folder / "prometheus.log").read_text()[-2000:])

    def series(self, expression):
        """The result of a query, as Prometheus gives it."""
        url = self.url + "/api/v1/query?" + urllib.parse.urlencode({"query": expression})
        with urllib.request.urlopen(url, timeout=10) as reply:
            return json.load(reply)["data"]["result"]

    def query(self, expression):
        """The result of an instant query: pairs of labels and a number."""
        return [
            (sample["metric"], float(sample["value"][1])) for sample in self.series(expression) if "value" in sample
        ]

    def samples(self, expression):
        """The samples of a range selector, for each series, oldest first."""
        return {
            tuple(sorted(series["metric"].items())): [float(value) for _, value in series["values"]]
            for series in self.series(expression)
        }
