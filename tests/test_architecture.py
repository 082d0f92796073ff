"""The rules of the house, read from the source: who may import whom, and how large things get."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CODE = sorted(path for room in ("core", "team", "ui", "pages") for path in (ROOT / room).rglob("*.py"))
PAGES = sorted((ROOT / "pages").rglob("*.py"))
CORE = sorted((ROOT / "core").rglob("*.py"))
TEAM = sorted((ROOT / "team").rglob("*.py"))
CHARTS = sorted((ROOT / "ui" / "charts").rglob("*.py"))

MODULE_LINES = 320
PAGE_LINES = 80
BODY_LINES = 45
BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "misc"}
PAGE_ROOTS = {"streamlit", "core", "team", "ui"} | set(sys.stdlib_module_names)
# Loaded where they are used: together they would add three seconds to the first page.
HEAVY = ("scipy.stats", "lifelines", "sksurv", "sklearn", "altair", "streamlit", "statsmodels", "matplotlib")


def name(path):
    return path.relative_to(ROOT).as_posix()


def imported(path):
    """Every module a file imports, at any depth."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name(path)}:{node.lineno}: relative import"
            yield node.module or ""


def imported_at_top(path):
    """Modules that importing the file loads: imports outside functions and outside ``if TYPE_CHECKING``."""
    waiting = list(ast.parse(path.read_text(encoding="utf-8")).body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        elif not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)):
            waiting.extend(ast.iter_child_nodes(node))


def is_in(module, package):
    return module == package or module.startswith(package + ".")


def body_lines(function):
    """Lines of a function without signature and docstring."""
    body = function.body
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


def functions(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def run_python(code):
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False
    )


def test_the_rooms_are_found():
    assert len(CORE) > 10


class TestPages:
    def test_no_file_stands_directly_in_pages(self):
        # Streamlit then switches to its old page discovery: a deep link would run the page without dashboard.py.
        assert not list((ROOT / "pages").glob("*.py"))

    @pytest.mark.parametrize("path", PAGES, ids=name)
    def test_a_page_imports_only_streamlit_core_ui_and_the_standard_library(self, path):
        roots = {module.split(".")[0] for module in imported(path)}
        assert roots <= PAGE_ROOTS, f"{name(path)} imports {sorted(roots - PAGE_ROOTS)}"

    @pytest.mark.parametrize("path", PAGES, ids=name)
    def test_a_page_is_short(self, path):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        assert lines <= PAGE_LINES, f"{name(path)} has {lines} lines"


class TestSizes:
    @pytest.mark.parametrize("path", CODE, ids=name)
    def test_modules_stay_small(self, path):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        assert lines <= MODULE_LINES, f"{name(path)} has {lines} lines"

    @pytest.mark.parametrize("path", CODE, ids=name)
    def test_functions_stay_small(self, path):
        long = {node.name: body_lines(node) for node in functions(path) if body_lines(node) > BODY_LINES}
        assert not long, f"{name(path)}: {long}"

    @pytest.mark.parametrize("path", CODE, ids=name)
    def test_modules_are_named_for_what_they_do(self, path):
        assert path.stem not in BANNED_NAMES

    @pytest.mark.parametrize("path", CODE, ids=name)
    def test_modules_say_what_they_are_for(self, path):
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), f"{name(path)} has no docstring"


class TestImports:
    @pytest.mark.parametrize("path", CORE, ids=name)
    def test_core_knows_no_screen(self, path):
        banned = [
            m for m in imported(path) for b in ("streamlit", "altair", "vl_convert", "ui", "pages") if is_in(m, b)
        ]
        assert not banned, f"{name(path)} imports {banned}"

    @pytest.mark.parametrize("path", TEAM, ids=name)
    def test_the_store_knows_no_screen(self, path):
        banned = [
            m for m in imported(path) for b in ("streamlit", "altair", "vl_convert", "ui", "pages") if is_in(m, b)
        ]
        assert not banned, f"{name(path)} imports {banned}"

    @pytest.mark.parametrize("path", CORE + TEAM, ids=name)
    def test_heavy_libraries_load_where_they_are_used(self, path):
        heavy = [m for m in imported_at_top(path) for h in HEAVY if is_in(m, h)]
        assert not heavy, f"{name(path)} imports {heavy} when it is imported"

    @pytest.mark.parametrize("path", CHARTS, ids=name)
    def test_charts_do_not_know_streamlit(self, path):
        assert not [m for m in imported(path) if is_in(m, "streamlit")]

    def test_importing_run_loads_nothing_heavy(self):
        code = f"import sys, core.run; print([m for m in {HEAVY!r} if m in sys.modules])"
        result = run_python(code)
        assert result.returncode == 0, result.stderr
        assert result.stdout.strip() == "[]"

    def test_layers(self):
        # The rules themselves stand in pyproject.toml; this is the same check that `make check` runs.
        code = "import sys; from importlinter.cli import lint_imports_command as main; sys.exit(main(['--no-cache']))"
        result = run_python(code)
        assert result.returncode == 0, result.stdout + result.stderr
        assert "0 broken" in result.stdout


class TestTheTestsThemselves:
    """A check that cannot fail is none: each is shown a file that breaks its rule."""

    def test_imports_are_seen_at_every_depth(self, tmp_path):
        path = tmp_path / "x.py"
        path.write_text("def f():\n    import lifelines.utils\n    from scipy import stats\n")
        assert set(imported(path)) == {"lifelines.utils", "scipy"}
        assert not set(imported_at_top(path))

    def test_imports_at_the_top_are_seen(self, tmp_path):
        path = tmp_path / "x.py"
        path.write_text(
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import altair\n"
            "try:\n    from scipy import stats\nexcept ImportError:\n    import sklearn\n"
            "class A:\n    import lifelines\n"
        )
        seen = set(imported_at_top(path))
        assert {"scipy.stats", "sklearn", "lifelines"} <= seen
        assert "altair" not in seen

    def test_bodies_are_counted_without_docstring(self, tmp_path):
        path = tmp_path / "x.py"
        path.write_text('def f(\n    a,\n):\n    """One.\n\n    Two.\n    """\n    b = a\n\n    return b\n')
        assert body_lines(functions(path)[0]) == 3
