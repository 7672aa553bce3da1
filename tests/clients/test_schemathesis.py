"""Schemathesis asks for what each description of the service allows, and for what it forbids: no fault, nothing that is not described."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from demo import URL, ask, headers

METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")
# A document, the paths of it that are asked for, and as whom.
ASKED = [
    ("/ogc/api", ".", None),
    ("/ogc/api", ".", "member"),
    ("/ogc/api", ".", "admin"),
    ("/api/openapi.json", "^/(api|tiles|health|metrics)", None),
    ("/api/openapi.json", "^/(api|tiles|health|metrics)", "member"),
    ("/api/openapi.json", "^/(api|tiles|health|metrics)", "admin"),
]

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
# No stateful phase: no description has links between its operations.
PHASES = ("examples", "coverage", "fuzzing")
SEED = 20_261_005
# Of an operation in the fuzzing phase; the coverage phase has as many as it has values to try.
EXAMPLES = 12


def operations(document, paths):
    """How many operations of a document are asked for."""
    items = [item for path, item in document["paths"].items() if re.search(paths, path)]
    return sum(method in METHODS for item in items for method in item)


def run(folder, location, role, *options):
    """Runs Schemathesis in a folder of its own; gives its exit code and what it said."""
    command = [Path(sys.executable).with_name("schemathesis"), "run", location, *options]
    command += ["--checks", ",".join(CHECKS), "--phases", ",".join(PHASES), "--mode", "all"]
    command += ["--seed", str(SEED), "--max-examples", str(EXAMPLES), "--workers", "2", "--no-color"]
    for name, value in headers(role).items():
        command += ["--header", f"{name}: {value}"]
    environment = os.environ | {"SCHEMATHESIS_HOOKS": "schemathesis_hooks", "PYTHONPATH": str(Path(__file__).parent)}
    environment |= {"MELONMAP_ROLE": role} if role else {}
    ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=600, check=False)
    # A request with eight thousand letters is told by its beginning.
    return ran.returncode, re.sub(r"(.{400}).+", r"\1 …", ran.stdout + ran.stderr)


@pytest.mark.parametrize(("path", "paths", "role"), ASKED, ids=[f"{one[0]} {one[2] or 'public'}" for one in ASKED])
def test_whatever_is_asked_is_answered_as_described(tmp_path, path, paths, role):
    document = ask(path, role)
    wanted = operations(document, paths)
    code, said = run(tmp_path, URL + path, role, "--include-path-regex", paths)
    assert code == 0, said
    tested = re.search(r"Tested: +(\d+)", said)
    assert tested and int(tested[1]) == wanted > 0, said


def described(role):
    """The description of the OGC API, and its operation that reads areas."""
    document = ask("/ogc/api", role)
    [path] = [path for path in document["paths"] if path.endswith("/collections/areas/items")]
    return document, path, document["paths"][path]["get"]


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda get: get["responses"].pop("400"), "Undocumented HTTP status code"),
        (lambda get: get["responses"]["200"]["content"].pop("application/geo+json"), "Undocumented Content-Type"),
        (lambda get: get["responses"]["200"]["content"]["application/geo+json"].update(schema={"type": "array"}), "Response violates schema"),
    ],
    ids=["status", "media type", "schema"],
)
def test_a_description_that_is_not_true_is_found_out(tmp_path, spoil, complaint):
    document, path, get = described(None)
    spoil(get)
    wrong = tmp_path / "wrong.json"
    wrong.write_text(json.dumps(document), encoding="utf-8")
    code, said = run(tmp_path, wrong, None, "--url", document["servers"][0]["url"], "--include-path", path)
    assert code == 1 and complaint in said, said
