"""Make every mutant, ask the judges of each in a process of its own, and write down who survived."""

import argparse
import ast
import importlib
import json
import os
import random
import signal
import sys
import time
import types
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from tools.mutate import page
from tools.mutate.operators import Mutant, mutants

ROOT = Path(__file__).resolve().parents[2]
ROOM = "hallway.consent"
KEPT = ("apps", "migrations", "law.asking", "tables")
"""What stays loaded, beside every ``models`` and the packages themselves.

Django knows each table once, questions were asked in these words, rows are read once.
"""
# Of plans and queries only what the gate stands on; loading who acts for a patient is left to that room's own tests.
TARGETS: dict[str, frozenset[str]] = {
    "rules": frozenset(),
    "grants.compiler": frozenset(),
    "grants.decision": frozenset(),
    "law.facts": frozenset(),
    "grants.representing": frozenset(),
    "law.validity": frozenset(),
    "law.disclosing": frozenset(),
    "law.conditions": frozenset(),
    "gate": frozenset(),
    "grants.plans": frozenset(
        {
            *("places", "load_facts", "_sources", "_members", "_forms", "elements_of", "form_of", "_judgements"),
            *("_limits", "_openings", "replace_grants", "_from_now", "_held", "_values", "_numbers", "_bound"),
        }
    ),
    "queries": frozenset({"grant_lateral", "grant_is_for", "grant_stands", "grant_parameters"}),
}
ON_DATABASE = frozenset({"gate", "grants.plans", "queries"})
EXAMPLES = (
    *(
        "test_decision.py",
        "test_rules.py",
        "test_compiler.py",
        "test_representing.py",
        "test_reach.py",
        "test_purposes.py",
        "test_plans.py",
    ),
    "../../../tests/gate/test_leading.py",
)
EXAMPLES_OF_FORMS = (
    *("test_validity.py", "../../../tests/gate/test_vectors.py", "../../../tests/gate/test_conditions.py"),
)
PROMISES = ("test_disclosures.py",)
ON_QUESTIONS = ("law.validity", "law.disclosing", "law.conditions")
SECONDS = 240


def main() -> int:
    """0 when at least 95 % were noticed."""
    options = _options()
    _set_up()
    from tests.gate import killing

    chosen = [one for name in TARGETS if name in options.only.split(",") or not options.only for one in _of(name)]
    if options.sample:
        dice = random.Random(1)  # noqa: S311 - a sample, not a secret
        chosen = sorted(dice.sample(chosen, min(options.sample, len(chosen))), key=lambda one: _place(one[0]))
    begun = time.monotonic()
    corpus = (*killing.build(options.scenes), killing.build_asked())
    database = _Database(corpus[0]) if any(one.module in ON_DATABASE for one, _ in chosen) else None
    print(f"{len(chosen)} mutants; corpus made in {time.monotonic() - begun:.0f} s", flush=True)
    try:
        if not _noticed_nothing([one.module for one, _ in chosen], corpus, database):
            print("The judges object to the gate as it is: nothing was measured.")
            return 2
        fates = [(one, _fate(one, tree, corpus, database, options=options)) for one, tree in chosen]
    finally:
        if database is not None:
            database.stop()
    return _tell(fates, time.monotonic() - begun, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.mutate", description=sys.modules["tools.mutate"].__doc__)
    parser.add_argument("--only", default="", help="modules, with commas between")
    parser.add_argument("--sample", type=int, default=0, help="that many, drawn")
    parser.add_argument("--scenes", type=int, default=60, help="random worlds in the corpus")
    parser.add_argument("--json", type=Path, help="write every fate to this file")
    parser.add_argument("--page", action="store_true", help="write docs/mutants.md")
    parser.add_argument("-v", action="store_true", help="print each fate")
    return parser.parse_args()


def _place(one: Mutant) -> tuple[str, int]:
    return one.module, one.number


def _of(name: str) -> list[tuple[Mutant, ast.Module]]:
    return list(mutants(name, _path(name).read_text(), TARGETS[name]))


def _path(name: str) -> Path:
    return ROOT / "hallway" / "consent" / f"{name.replace('.', '/')}.py"


def _set_up() -> None:
    os.environ.setdefault("HALLWAY_SECRET_KEY", "only-for-tests")
    os.environ.setdefault("HALLWAY_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hallway.app.settings")
    import django

    django.setup()


class _Database:
    """A server with one laid-out database; each mutant gets a copy."""

    def __init__(self, scenes: list) -> None:  # type: ignore[type-arg]
        import conftest
        from tests.cluster import Cluster

        self._cluster = Cluster()
        os.environ["HALLWAY_TEST_SERVER"] = self._cluster.start()
        os.environ["HALLWAY_DATABASE_URL"] = f"{os.environ['HALLWAY_TEST_SERVER']}/{conftest.TEMPLATE}"
        conftest._build_template()
        conftest.admin(f"CREATE DATABASE laid_out TEMPLATE {conftest.TEMPLATE}")
        conftest.point_django_at("laid_out")
        from tests.gate import stored

        self.scenes = stored.storable(scenes)
        stored.lay_out(self.scenes)
        self._leave()

    def _leave(self) -> None:
        from django.db import connections

        connections.close_all()

    def check(self) -> None:
        """In a process of its own: copy, ask, drop."""
        import conftest

        name = f"m_{os.getpid()}"
        conftest.admin(f"CREATE DATABASE {name} TEMPLATE laid_out")
        try:
            conftest.point_django_at(name)
            importlib.import_module("tests.gate.stored").check(self.scenes)
        finally:
            self._leave()
            conftest.admin(f"DROP DATABASE {name} WITH (FORCE)")

    def stop(self) -> None:
        self._cluster.stop()


Corpus = tuple[list, list, object]  # type: ignore[type-arg]


def _noticed_nothing(modules: list[str], corpus: Corpus, database: "_Database | None") -> bool:
    """The gate as it is must pass all that these modules are asked."""
    asked = dict.fromkeys("law.validity" if one in ON_QUESTIONS else "gate" for one in modules)
    said = [(name, _alone(stage)) for module in asked for name, stage in _timed(module, corpus, database)]
    print(", ".join(f"{name}: {fate or 'content'}" for name, fate in said), flush=True)
    return not any(fate for _, fate in said)


def _timed(module: str, corpus: Corpus, database: "_Database | None") -> Iterator[tuple[str, Callable[[], None]]]:
    """Each stage, named with the seconds it took when the next one is asked for."""
    for name, stage in _stages(module, corpus, database):
        begun = time.monotonic()
        yield name, stage
        print(f"{name}: {time.monotonic() - begun:.1f} s", flush=True)


def _stages(module: str, corpus: Corpus, database: "_Database | None") -> list[tuple[str, Callable[[], None]]]:
    def killing() -> types.ModuleType:
        return importlib.import_module("tests.gate.killing")

    if module in ON_QUESTIONS:
        return [
            ("questions", lambda: killing().check_asked(corpus[2])),
            ("examples", lambda: _examples(EXAMPLES_OF_FORMS, "--noconftest")),
            ("promises", lambda: _examples(PROMISES, "--noconftest")),
        ]
    found: list[tuple[str, Callable[[], None]]] = [
        ("random worlds", lambda: killing().check(corpus[0])),
        ("golden worlds", lambda: killing().check(corpus[1], plans=False)),
        ("examples", lambda: _examples(EXAMPLES, "--noconftest")),
    ]
    if module in ON_DATABASE and database is not None:
        found.insert(0 if module != "gate" else 2, ("database", database.check))
    return found


def _examples(names: tuple[str, ...], *more: str) -> None:
    import pytest

    folder = ROOT / "hallway" / "consent" / "tests"
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = (
        "1"  # examples need none of them, and loading takes longer than asking
    )
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        assert pytest.main(["-x", "-q", *more, *(str(folder / name) for name in names)]) == 0


def _fate(
    one: Mutant, tree: ast.Module, corpus: Corpus, database: "_Database | None", *, options: argparse.Namespace
) -> str:
    """Who noticed it, or nothing."""
    fate = ""
    for name, stage in _stages(one.module, corpus, database):
        said = _alone(lambda stage=stage: _mutated(one, tree, stage))  # type: ignore[misc]
        if said:
            fate = f"{name}: {said}" if said == "too slow" else name
            break
    if options.v or not fate:
        print(f"{fate or 'SURVIVED':15} {one.module}.{one.function}:{one.line}  {one.what}", flush=True)
    return fate


def _stays(name: str) -> bool:
    return name.split(".")[-1] == "models" or name.startswith(tuple(f"{kept}." for kept in KEPT)) or name in KEPT


def _mutated(one: Mutant, tree: ast.Module, stage: Callable[[], None]) -> None:
    """Load the room anew with the mutant in the module's place, and ask."""
    for name in [name for name in sys.modules if name.startswith((f"{ROOM}.", "tests.gate."))]:
        if _stays(name.removeprefix(f"{ROOM}.")) or hasattr(sys.modules[name], "__path__"):
            continue
        del sys.modules[name]
        package, _, own = name.rpartition(".")
        if hasattr(sys.modules[package], own):
            delattr(sys.modules[package], own)
    tests = sys.modules["tests.gate"]
    for short in [name for name, one in vars(tests).items() if isinstance(one, types.ModuleType)]:
        delattr(tests, short)
    name = f"{ROOM}.{one.module}"
    package, _, own = name.rpartition(".")
    module = types.ModuleType(name)
    module.__file__ = str(_path(one.module))
    module.__package__ = package
    sys.modules[name] = module
    exec(compile(tree, module.__file__, "exec"), module.__dict__)  # noqa: S102 - our own source, changed by us
    setattr(sys.modules[package], own, module)
    stage()


def _alone(work: Callable[[], None]) -> str:
    """Run it in a process of its own; what went wrong, or nothing."""
    child = os.fork()
    if child == 0:
        signal.alarm(SECONDS)
        quiet = os.open(os.devnull, os.O_WRONLY)
        try:
            if not os.environ.get("MUTATE_LOUD"):
                os.dup2(quiet, 2)
            work()
        except BaseException:
            if os.environ.get("MUTATE_LOUD"):
                import traceback

                traceback.print_exc()
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return "too slow" if os.WTERMSIG(status) == signal.SIGALRM else "died"
    return "noticed" if os.WEXITSTATUS(status) else ""


def _tell(fates: list[tuple[Mutant, str]], seconds: float, options: argparse.Namespace) -> int:
    killed = sum(bool(fate) for _, fate in fates)
    share = killed / len(fates)
    if options.page:
        drawn = f" This was a partial run: {options.only or 'all modules'}" + (
            f", {options.sample} drawn." if options.sample else "."
        )
        page.write(fates, partial=drawn if options.only or options.sample else "")
    for name in TARGETS:
        own = [bool(fate) for one, fate in fates if one.module == name]
        if own:
            print(f"{name:20} {sum(own):5} of {len(own):5}  {sum(own) / len(own):.1%}")
    by = Counter(fate for _, fate in fates)
    print(json.dumps({"mutants": len(fates), "noticed": killed, "share": round(share, 4), "seconds": round(seconds)}))
    print(", ".join(f"{fate or 'survived'} {count}" for fate, count in by.most_common()))
    if options.json:
        options.json.write_text(json.dumps([[*vars(one).values(), fate] for one, fate in fates], indent=0))
    return 0 if share >= 0.95 else 1


if __name__ == "__main__":
    sys.exit(main())
