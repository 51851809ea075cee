from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from fakes.clusters import Cluster, free_port
from fakes.render_jobs import BOX, Studio, contents

from plugin_core.batch import LocalEngine, render_plan
from plugin_core.batch.farm.dask_engine import CONNECT_SECONDS, DaskEngine
from plugin_core.errors import Cancelled, EngineError, OptionError
from plugin_core.options import Options
from plugin_core.shots import Plan

SECONDS = 10.0  # in which a cancelled shot has stopped


def plan_of(studio: Studio, shots: int = 3, **options: object) -> Plan:
    """Shots of different ranges."""
    chosen = Options(**{"painter": "neutral", "face_box": BOX, "codec": "ffv1", **options})
    return Plan("cut", studio.shot().rate, tuple(studio.shot(f"s{n}", n, 30 + n) for n in range(shots)), chosen)


def lock_owners(renders: Path) -> set[int]:
    """The processes that have begun a shot and not ended it."""
    return {int(lock.read_text().split()[0]) for lock in renders.glob(".*.shot.lipflap/worker.pid")}


def wait_until(true: Callable[[], bool], seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until
        time.sleep(0.1)


@pytest.mark.slow
def test_a_worker_killed_in_mid_render_costs_nothing_and_the_bytes_are_those_of_a_local_run(
    studio: Studio, renders: Path, cluster: Cluster
) -> None:
    plan = plan_of(studio)
    local = render_plan(plan, renders, LocalEngine(jobs=2))  # as many renders at once as there will be workers
    undisturbed = contents(renders)
    shutil.rmtree(renders)
    for name in ("w0", "w1"):
        cluster.add_worker(name)
    killed: list[str] = []

    def kill_who_paints(_shot: str, stage: str, _done: int, _total: int) -> None:
        busy = [name for name in cluster.workers if cluster.renders_of(name)]
        if stage == "paint" and busy and not killed:
            killed.append(busy[0])
            cluster.workers[busy[0]].kill()
            cluster.workers[busy[0]].wait()
            assert cluster.workers[busy[0]].pid in lock_owners(renders)  # it died in the middle of a shot

    outcomes = render_plan(plan, renders, DaskEngine(cluster.address), kill_who_paints)
    assert killed
    assert [outcome.message for outcome in outcomes] == [""] * len(plan.shots)
    assert {outcome.status for outcome in outcomes} <= {"rendered", "kept"}
    assert [outcome.render for outcome in outcomes] == [outcome.render for outcome in local]
    assert contents(renders) == undisturbed


@pytest.mark.slow
def test_cancelling_stops_the_running_shot_and_leaves_nothing_half_written(
    studio: Studio, renders: Path, cluster: Cluster
) -> None:
    cluster.add_worker("w0")
    started: list[psutil.Process] = []

    def cancel(_shot: str, _stage: str, _done: int, _total: int) -> None:
        started.extend(cluster.renders_of("w0"))
        raise Cancelled

    began = time.monotonic()
    with pytest.raises(Cancelled):
        render_plan(plan_of(studio), renders, DaskEngine(cluster.address), cancel)
    assert started
    assert not [process for process in started if process.is_running()]
    assert contents(renders) == {}
    assert list(renders.iterdir()) == []
    assert time.monotonic() - began < 60


@pytest.mark.slow
def test_a_render_whose_client_is_gone_stops_too(studio: Studio, renders: Path, cluster: Cluster) -> None:
    cluster.add_worker("w0")
    plan = renders.parent / "plan.json"
    plan.write_text(json.dumps(plan_of(studio).to_json()))
    program = f"""
import sys
from pathlib import Path
from plugin_core.batch import render_plan
from plugin_core.batch.farm.dask_engine import CONNECT_SECONDS, DaskEngine
from plugin_core.batch.farm.files import read_plan
render_plan(read_plan(Path({str(plan)!r})), Path({str(renders)!r}), DaskEngine({cluster.address!r}))
"""
    with subprocess.Popen([sys.executable, "-c", program]) as client:
        wait_until(lambda: bool(cluster.renders_of("w0")))
        client.kill()
    wait_until(lambda: not cluster.renders_of("w0"), SECONDS)


@pytest.mark.slow
def test_a_shot_that_fails_does_not_stop_the_others(studio: Studio, renders: Path, cluster: Cluster) -> None:
    cluster.add_worker("w0")
    plan = plan_of(studio, shots=2)
    broken = studio.shot("broken", speakers=(), problem="its media is missing")
    outcomes = render_plan(
        Plan("cut", plan.rate, (broken, *plan.shots), plan.options), renders, DaskEngine(cluster.address)
    )
    assert [outcome.status for outcome in outcomes] == ["failed", "rendered", "rendered"]
    assert "its media is missing" in outcomes[0].message
    again = render_plan(plan, renders, DaskEngine(cluster.address))
    assert [outcome.status for outcome in again] == ["kept", "kept"]


@pytest.mark.slow
def test_a_shot_that_kills_every_worker_fails_and_says_so(studio: Studio, renders: Path, cluster: Cluster) -> None:
    for name in ("w0", "w1"):
        cluster.add_worker(name, "--nanny")
    dead: set[int] = set()

    def kill(shot: str, _stage: str, _done: int, _total: int) -> None:
        for name in cluster.workers:
            for process in cluster.renders_of(name):
                if shot == "s0" and process.ppid() not in dead:
                    dead.add(process.ppid())
                    process.parent().kill()

    outcomes = render_plan(plan_of(studio, shots=1), renders, DaskEngine(cluster.address), kill)
    assert outcomes[0].status == "failed"
    assert "worker died" in outcomes[0].message


def test_a_gpu_that_nobody_offers_is_said_at_once(studio: Studio, renders: Path, cluster: Cluster) -> None:
    cluster.add_worker("w0")
    with pytest.raises(EngineError, match="--resources GPU=1"):
        render_plan(plan_of(studio), renders, DaskEngine(cluster.address, gpu=True))
    with pytest.raises(EngineError, match="offers a GPU"):
        render_plan(plan_of(studio, device="cuda"), renders, DaskEngine(cluster.address))


@pytest.mark.slow
def test_shots_that_want_a_gpu_go_to_the_workers_that_offer_one(
    studio: Studio, renders: Path, cluster: Cluster
) -> None:
    cluster.add_worker("plain")
    cluster.add_worker("rich", "--resources", "GPU=1")
    busy: set[str] = set()

    def note(_shot: str, _stage: str, _done: int, _total: int) -> None:
        busy.update(name for name in cluster.workers if cluster.renders_of(name))

    outcomes = render_plan(plan_of(studio, shots=2), renders, DaskEngine(cluster.address, gpu=True), note)
    assert [outcome.status for outcome in outcomes] == ["rendered", "rendered"]
    assert busy == {"rich"}


@pytest.mark.slow
def test_a_render_that_dies_every_time_is_tried_again_and_then_fails(
    studio: Studio, renders: Path, cluster: Cluster
) -> None:
    cluster.add_worker("w0")
    dead: set[int] = set()

    def kill(_shot: str, _stage: str, _done: int, _total: int) -> None:
        for process in cluster.renders_of("w0"):
            dead.add(process.pid)
            process.kill()

    outcomes = render_plan(plan_of(studio, shots=1), renders, DaskEngine(cluster.address, retries=1), kill)
    assert (outcomes[0].status, len(dead)) == ("failed", 4)  # twice on the worker, and that once more
    assert "died 2 times" in outcomes[0].message


def test_a_worker_of_another_version_is_refused(
    studio: Studio, renders: Path, cluster: Cluster, tmp_path: Path
) -> None:
    other = tmp_path / "other" / "lipflap-9.9.dist-info"
    other.mkdir(parents=True)
    (other / "METADATA").write_text("Metadata-Version: 2.4\nName: lipflap\nVersion: 9.9\n")
    cluster.add_worker("old", PYTHONPATH=str(other.parent))
    with pytest.raises(EngineError, match=r"lipflap 9\.9"):
        render_plan(plan_of(studio), renders, DaskEngine(cluster.address))


def test_a_worker_that_does_not_see_the_media_is_named(
    studio: Studio, renders: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    cluster.add_worker("w0")
    (tmp_path / "clip.mkv").symlink_to(studio.shot().clip)
    monkeypatch.chdir(tmp_path)  # a relative path is here, and nowhere else
    plan = Plan("cut", studio.shot().rate, (studio.shot(clip="clip.mkv"),), plan_of(studio).options)
    with pytest.raises(EngineError, match=r"does not see clip\.mkv"):
        render_plan(plan, renders, DaskEngine(cluster.address))
    assert list(renders.iterdir()) == []


@pytest.mark.slow
def test_a_scheduler_without_workers_is_said(studio: Studio, renders: Path, cluster: Cluster) -> None:
    with pytest.raises(EngineError, match="has no workers"):
        render_plan(plan_of(studio), renders, DaskEngine(cluster.address))


def test_a_scheduler_that_is_not_there_is_said_in_a_bounded_time(studio: Studio, renders: Path) -> None:
    began = time.monotonic()
    with pytest.raises(EngineError, match="no Dask scheduler answers"):
        render_plan(plan_of(studio), renders, DaskEngine(f"tcp://127.0.0.1:{free_port()}"))
    assert time.monotonic() - began < CONNECT_SECONDS + 2


def test_what_is_no_address_is_refused() -> None:
    with pytest.raises(OptionError, match="no address"):
        DaskEngine("somewhere")


def test_a_secure_address_without_certificates_is_refused() -> None:
    with pytest.raises(OptionError, match="no certificates"):
        DaskEngine("tls://127.0.0.1:8786")
