"""HdrHistogram's Python package reads the interval log of mailspec load, and finds in it what the json report says."""

import json
import subprocess
import tempfile
import unittest

from server import PROGRAM, ROOT

try:
    from hdrh.histogram import HdrHistogram
    from hdrh.log import HistogramLogReader
except ImportError:
    HdrHistogram = None

HOUR = 3_600_000_000_000


@unittest.skipUnless(HdrHistogram, "the package hdrhistogram is not installed")
class IntervalLog(unittest.TestCase):
    def test_it_holds_what_the_json_report_says(self):
        with tempfile.TemporaryDirectory() as folder:
            log, report = f"{folder}/run.hlog", f"{folder}/run.json"
            subprocess.run(
                [PROGRAM, "load", "login-storm", "--sessions", "4", "--duration", "2500ms"]
                + ["--report", f"hlog={log}", "--report", f"json={report}"],
                check=True,
                cwd=ROOT,
                stdout=subprocess.DEVNULL,
            )
            with open(report, encoding="utf-8") as file:
                run = json.load(file)
            found = self.read(log)
        commands = {command["name"]: command for command in run["commands"] if command["latency"]}
        self.assertIn("LOGIN", commands)
        for name, command in commands.items():
            for tag, kind in ((name, "latency"), (f"{name}.service", "service")):
                histogram, expected = found[tag], command[kind]
                self.assertEqual(histogram.get_total_count(), expected["count"])
                self.near(histogram.get_max_value(), expected["max_ms"])
                whole = HdrHistogram.decode(expected["histogram"])
                self.assertEqual(whole.get_total_count(), expected["count"])
                # Not with the percentiles of the report: of few values, programs take different neighbours.
                for share in (50, 90, 99):
                    value = whole.get_value_at_percentile(share)
                    self.near(histogram.get_value_at_percentile(share), value / 1e6)

    def near(self, nanoseconds, milliseconds):
        """Within the three digits that a histogram keeps."""
        self.assertLess(abs(nanoseconds / 1e6 / milliseconds - 1), 0.005)

    @staticmethod
    def read(path):
        found = {}
        reader = HistogramLogReader(path, HdrHistogram(1, HOUR, 3))
        while (interval := reader.get_next_interval_histogram()) is not None:
            found.setdefault(interval.get_tag(), HdrHistogram(1, HOUR, 3)).add(interval)
        return found


if __name__ == "__main__":
    unittest.main()
