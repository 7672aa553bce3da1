"""GDAL's programs, as a person runs them."""

import json
import os
import re
import subprocess

from demo import authorization

# What GDAL complains about; that GeoJSON has no type for times is its affair.
COMPLAINT = re.compile(r"^(?:ERROR|Warning) \d+: (?!The output driver).*", re.MULTILINE)


def run(role, *command, debug=False):
    """Runs a program as a role; gives what it printed, and with `debug` what it said about its requests. A complaint fails."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("GDAL_", "CPL_", "OGR_"))}
    if role is not None:
        environment["GDAL_HTTP_HEADERS"] = f"Authorization: {authorization(role)}"
    if debug:
        environment["CPL_DEBUG"] = "ON"
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    said = COMPLAINT.findall(ran.stdout + ran.stderr)
    assert ran.returncode == 0 and not said, f"{' '.join(command)}: {ran.returncode}\n{ran.stdout[-2000:]}\n{ran.stderr[-2000:]}"
    return (ran.stdout, ran.stderr) if debug else ran.stdout


def layers(role, source):
    """Names of the layers of a source."""
    return re.findall(r"^\d+: (\S+)", run(role, "ogrinfo", "-ro", source), re.MULTILINE)


def summary(role, source, layer):
    """Feature count and fields, each with its type, of a layer."""
    text = run(role, "ogrinfo", "-ro", "-so", source, layer)
    count = int(re.search(r"^Feature Count: (\d+)", text, re.MULTILINE)[1])
    return count, dict(re.findall(r"^(\w+): (\w+(?:\(\w+\))?) \(\d+\.\d+\)$", text, re.MULTILINE))


def read(role, source, *arguments, debug=False):
    """Every feature that `ogr2ogr` copies from a source, as GeoJSON; with `debug` also what it said about its requests."""
    command = ["ogr2ogr", "-f", "GeoJSONSeq", "-lco", "COORDINATE_PRECISION=9", "/vsistdout/", source, *arguments]
    ran = run(role, *command, debug=debug)
    text, said = ran if debug else (ran, "")
    found = [json.loads(line) for line in text.splitlines() if line]
    return (found, said) if debug else found
