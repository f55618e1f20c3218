"""What all tests share: real data where there is some, and skips that can be forbidden."""

import os
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from threadpoolctl import threadpool_limits

if TYPE_CHECKING:
    from tests.backing import Backing

ROOT = Path(__file__).resolve().parents[1]

# Workers that share the processors each take one; libraries would start a thread a processor in
# each of them, and all of these would wait for one another.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    threadpool_limits(1)  # of what a plugin loaded already: NumPy

# Tests write some hundred thousand small files: in memory they take half the time of a disk. Not
# where containers have little of it (64 MB is usual) or where nothing there can be executed.
MEMORY = Path("/dev/shm")
if MEMORY.is_dir() and os.access(MEMORY, os.W_OK):
    _state = os.statvfs(MEMORY)
    if _state.f_bavail * _state.f_frsize > 4e9 and not _state.f_flag & os.ST_NOEXEC:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))

# Names of markers whose tests may not be skipped, e.g. SEMBLANCE_REQUIRE=browser,blender. A machine
# that came to run them must not be green because something was missing.
REQUIRED = {name for name in os.environ.get("SEMBLANCE_REQUIRE", "").split(",") if name}


def pytest_configure(config: pytest.Config) -> None:
    known = {str(line).partition(":")[0] for line in config.getini("markers")}
    if REQUIRED - known:
        raise pytest.UsageError(f"SEMBLANCE_REQUIRE: no markers {sorted(REQUIRED - known)}")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database-only",
        action="store_true",
        help="only tests that ask the configured database or need a service: for another database",
    )


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all workers of a run of tests."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


@pytest.fixture(scope="session")
def migrated_template(shared_folder: Path) -> Generator[str]:
    """The name of a migrated database on the configured server, to copy from."""
    from tests.backing import migrated_database

    with migrated_database(shared_folder) as name:
        yield name


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> None:
    """SQLite in a file, as it is served from: in memory, threads that share it wait for no lock.

    Nothing is synced to disk; what these tests write is thrown away. On a server the migrations are
    done once, and each worker gets a copy.
    """
    from django.db import connections

    configured = connections["default"].settings_dict
    if configured["ENGINE"].endswith("sqlite3"):
        folder = tmp_path_factory.mktemp("database")
        configured["TEST"]["NAME"] = str(folder / "test.sqlite3")
        configured["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
    elif not request.config.getoption("nomigrations"):
        configured["TEST"]["TEMPLATE"] = request.getfixturevalue("migrated_template")


def asks_the_database(item: pytest.Item) -> bool:
    """Whether a test can come out otherwise on another database or broker.

    Neither what computes without rows can, nor what starts an installation on files of its own, nor
    how a page is laid out.
    """
    fixtures = set(getattr(item, "fixturenames", ()))
    if item.get_closest_marker("services") or "new_backing" in fixtures:
        return True
    if fixtures & {"migrated_home", "first_scheme"} or _is_narrow(item):
        return False
    asking = {"db", "transactional_db", "live_server"}
    return bool(fixtures & asking) or item.get_closest_marker("django_db") is not None


def _is_narrow(item: pytest.Item) -> bool:
    """Whether a test is one of a browser's at two widths, at the second one."""
    parameters = getattr(getattr(item, "callspec", None), "params", {})
    return bool(parameters.get("viewport", {}).get("width") == 390)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the slow tests, so that none of them runs on alone at the end."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
    if config.getoption("database_only"):
        left_out = [item for item in items if not asks_the_database(item)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if asks_the_database(item)]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    forbidden = sorted(REQUIRED & {marker.name for marker in item.iter_markers()})
    if report.skipped and not hasattr(report, "wasxfail") and forbidden:
        why = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{forbidden} is required (SEMBLANCE_REQUIRE), yet: {why}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if report.outcome == "skipped" and REQUIRED:
        report.outcome = "failed"
        report.longrepr = (
            f"SEMBLANCE_REQUIRE is set, yet a whole file is skipped: {report.longrepr}"
        )
    return report


@pytest.fixture(scope="session")
def migrated_home(shared_folder: Path) -> Path:
    """A home with a migrated database, to copy from."""
    from tests.homes import migrated

    return migrated(shared_folder)


@pytest.fixture(scope="session")
def new_backing(request: pytest.FixtureRequest) -> Generator[Callable[[Path], "Backing"]]:
    """Give an installation with this home its tables, in files or on the configured servers."""
    from tests.backing import ON_SERVERS, Files, Servers
    from tests.homes import copied

    if ON_SERVERS:
        template = request.getfixturevalue("migrated_template")
        yield lambda home: Servers(home, template=template)
    else:
        folder = request.getfixturevalue("migrated_home")
        yield lambda home: Files(copied(folder, home))


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data sets (it holds `tio2` and `emps`); mark such tests with `data`."""
    named = os.environ.get("SEMBLANCE_DATA", "").strip()
    folder = Path(named).expanduser() if named else ROOT.parent / "shared" / "datasets"
    if not folder.is_dir():
        pytest.skip(
            f"no real micrographs in {folder}; set SEMBLANCE_DATA to a folder that holds tio2, emps"
        )
    return folder
