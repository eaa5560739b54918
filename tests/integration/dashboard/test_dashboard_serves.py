"""The dashboard as a server: what it answers, whom it answers, how it begins and ends."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from served import Served, finish, start

pytestmark = pytest.mark.anvil


def test_it_lists_runs_and_studies_as_data(served: Served) -> None:
    status, text = served.get("/api/entries")
    assert status == 200
    found = {entry["name"]: entry for entry in json.loads(text)}
    assert set(found) == {"calm", "flooded", "varied"}
    assert found["calm"]["objective"] == "met"
    assert found["flooded"]["identities"] == "hold"
    assert found["varied"]["verb"] == "sweep"


def test_a_finished_run_is_shown_as_its_report_with_links_that_work(served: Served) -> None:
    status, page = served.get("/runs/flooded")
    assert status == 200
    assert "A small crash, to be looked at." in page
    assert 'href="/files/run/flooded/tables/"' in page
    assert "blocks.csv" in served.get("/files/run/flooded/tables/")[1]
    assert served.get("/files/run/flooded/tables/blocks.csv")[1].startswith("block,timestamp_s")


def test_a_study_is_shown_as_its_report(served: Served) -> None:
    status, page = served.get("/studies/varied")
    assert status == 200
    assert "What comes out of small when it is varied?" in page


@pytest.mark.parametrize(
    "path",
    [
        "/runs/nobody",
        "/studies/nobody",
        "/files/run/flooded/../../../small.yaml",
        "/files/run/flooded/%2e%2e/%2e%2e/%2e%2e/small.yaml",
        "/files/run/flooded/.floodline-run",
        "/files/run/..%2f..%2f/small.yaml",
        "/compare?run=calm",
        "/nothing",
    ],
)
def test_what_is_not_there_or_not_to_be_read_is_not_found(served: Served, path: str) -> None:
    status, page = served.get(path)
    assert status == 404
    assert "A small crash" not in page


def test_it_answers_to_names_of_this_machine_only(served: Served) -> None:
    port = urlsplit(served.address).port
    assert served.get("/", Host=f"localhost:{port}")[0] == 200
    assert served.get("/", Host="rebound.example")[0] == 421


def test_it_listens_at_loopback_and_nowhere_else_by_default(served: Served) -> None:
    assert urlsplit(served.address).hostname == "127.0.0.1"


def test_ctrl_c_ends_it_at_once_even_with_a_follower_and_frees_the_port(place: Path) -> None:
    with Served(place) as dashboard:
        address = urlsplit(dashboard.address)
        with socket.create_connection((address.hostname, address.port), timeout=10) as follower:
            follower.sendall(b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert b"200 OK" in follower.recv(200)
            assert "the dashboard has ended" in dashboard.end()
        with socket.socket() as taker:
            taker.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taker.bind((address.hostname, address.port))


def test_a_port_in_use_is_said_in_words_with_another_one(place: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        _, said = finish(start(place, "dashboard", "--port", str(port)), 2)
    assert f"port {port} of 127.0.0.1 cannot be had" in said
    assert f"--port {port + 1}" in said
    assert "Traceback" not in said


def test_a_place_that_is_not_there_is_said_in_words(place: Path) -> None:
    _, said = finish(start(place, "dashboard", "data/nowhere"), 2)
    assert "data/nowhere is not a folder" in said


def test_one_run_is_shown_by_itself(place: Path) -> None:
    with Served(place, "data/runs/calm") as dashboard:
        assert dashboard.get("/")[0] == 307
        assert "A small crash, to be looked at." in dashboard.get("/runs/calm")[1]
        assert dashboard.get("/runs/flooded")[0] == 404
