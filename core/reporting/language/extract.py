"""Every template of the source that can reach a reader, with the file it stands in.

The source is read, not run: string constants and f-strings, without what no reader sees (docstrings, annotations, keys,
codes, regular expressions, code of R, expressions of Vega, errors that only a programmer meets).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from core.reporting.language.readable import is_worth, single_word
from core.reporting.language.templates import alternatives, choices, left_apart, numbered

ROOT = Path(__file__).parents[3]
READ = ("core", "team", "ui", "pages", "dashboard.py")
UNSEEN = {
    "core/__main__.py": "the headless command speaks English, as its JSON does",
    "core/reporting/language": "this package",
    "core/reporting/as_json.py": "JSON stays English: programs read it",
    "core/reporting/latex.py": "commands of LaTeX",
    "core/reporting/r_terms.py": "code of R",
    "core/reporting/report/reproduce.py": "files for those who run the analysis again, in English as their scripts",
    "core/reporting/report/r_checks.py": "code of R, in English as the scripts",
    "core/cohort/vocabulary.py": "words that files use",
    "ui/spoken_widgets.py": "names of arguments",
    "ui/charts/in_language.py": "names in a specification",
    "team/measures.py": "numbers for whoever watches the server",
    "team/__main__.py": "commands for who runs a host",
    "team/backup.py": "a command for who runs a host",
    "team/verify.py": "a command for who runs a host",
    "team/database": "steps of the store, told to who runs a host",
    "team/settings.py": "settings, which who runs a host reads in a terminal",
    "team/web": "the server's own answers, before a page is there",
    "core/cohort/binary_process.py": "spoken between processes",
}
_UNSEEN_CALLS = """
compile sub subn match fullmatch search findall finditer split rsplit startswith endswith removeprefix removesuffix
replace strip lstrip rstrip partition rpartition encode decode getattr hasattr setattr find_spec import_module open
Path warn debug log ValueError TypeError KeyError RuntimeError AssertionError IndexError NotImplementedError OSError
cast TypeVar NewType dtype astype isinstance strptime strftime getenv html add_argument ArgumentParser count index
find expr datum selection_point selection_interval
"""
UNSEEN_CALLS = frozenset(_UNSEEN_CALLS.split())
_FIRST_UNSEEN = """
get pop setdefault get_all switch_page page_link Page
"""
FIRST_UNSEEN = frozenset(_FIRST_UNSEEN.split())
_UNSEEN_ARGUMENTS = """
key mime file_name type kind format r_call source align icon code dtype mode encoding on_click width border gap
vertical_alignment horizontal_alignment label_visibility url_path unit style severity pattern alias pre
discriminator expr test labelExpr shorthand field sort stack
"""
UNSEEN_ARGUMENTS = frozenset(_UNSEEN_ARGUMENTS.split())
COUNTED = frozenset({"counted", "several"})  # count and noun: "3 rows"
SPOKEN_NAMES = (
    "WORD", "LABEL", "ENDPOINT", "EVENT", "UNIT", "TITLE", "TEXT", "SAID", "MEAN", "PHRASE", "NOUN", "ALONE", "HEAD",
    "NAME", "TOLD", "SHOWN",
)  # fmt: skip


def found(root: Path = ROOT) -> dict[str, str]:
    """Every template and the file, relative to ``root``, in which it stands first."""
    texts: dict[str, str] = {}
    for path in sources(root):
        for text in in_source(path.read_text(encoding="utf-8")):
            texts.setdefault(text, path.relative_to(root).as_posix())
    return texts


def sources(root: Path = ROOT) -> list[Path]:
    """The files that may write to a reader, in order."""
    paths: list[Path] = []
    for name in READ:
        place = root / name
        paths += [place] if place.is_file() else sorted(place.rglob("*.py"))
    return [path for path in paths if not _unseen(path.relative_to(root).as_posix())]


def _unseen(path: str) -> bool:
    return any(path == name or path.startswith(f"{name}/") for name in UNSEEN) or "/json_" in path


def in_source(code: str) -> list[str]:
    """The templates of one module, in their order, each once."""
    hidden = {i for i, line in enumerate(code.splitlines(), 1) if line.rstrip().endswith("# not shown")}
    reader = _Reader(hidden)
    reader.visit(ast.parse(code))
    return list(dict.fromkeys(text for text in reader.texts if text))


class _Reader(ast.NodeVisitor):
    """Walks a module and keeps what a reader may see."""

    def __init__(self, hidden: set[int]) -> None:
        self.texts: list[str] = []
        self._hidden = hidden
        self._single = False  # whether words alone are texts here

    def keep(self, node: ast.expr) -> None:
        if node.lineno in self._hidden or getattr(node, "end_lineno", None) in self._hidden:
            return
        for text in choices(node) or alternatives(node) or ():
            text = numbered(text)
            if is_worth(text) or (single_word(text) and (self._single or text[:1].isupper())):
                self.texts.append(text)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self.keep(node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        self.keep(node)
        for part in left_apart(node):
            self.visit(part)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if isinstance(node.op, ast.Add) and alternatives(node) is not None:
            self.keep(node)
            for side in (node.left, node.right):
                if isinstance(side, ast.JoinedStr):
                    for part in left_apart(side):
                        self.visit(part)
                elif alternatives(side) is None:
                    self.visit(side)
        elif not isinstance(node.op, ast.BitOr):
            self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):  # else a docstring
            self.visit(node.value)

    def visit_Compare(self, node: ast.Compare) -> None:
        for side in (node.left, *node.comparators):
            if not isinstance(side, (ast.Constant, ast.Tuple, ast.Set, ast.List)):
                self.visit(side)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self.visit(node.value)
        if not isinstance(node.slice, ast.Constant):
            self.visit(node.slice)

    def visit_Dict(self, node: ast.Dict) -> None:
        single, self._single = self._single, False
        for key in node.keys:
            if isinstance(key, ast.JoinedStr):
                self.visit(key)
            elif isinstance(key, ast.Constant) and _heading(key.value):
                self.keep(key)
        self._single = single
        for value in node.values:
            self.visit(value)

    def visit_Assign(self, node: ast.Assign) -> None:
        self._named(node.targets, node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self._named([node.target], node.value)

    def _named(self, targets: list[ast.expr], value: ast.expr) -> None:
        before = self._single
        names = {part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)}
        if any(name == name.upper() and any(word in name for word in SPOKEN_NAMES) for name in names):
            self._single = True
        self.visit(value)
        self._single = before

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        before, self._single = self._single, False
        for part in (*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults), *node.body):
            self.visit(part)
        self._single = before

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for part in node.body:
            self.visit(part)

    def visit_Call(self, node: ast.Call) -> None:
        name = _called(node.func)
        if name in UNSEEN_CALLS:
            return
        if name in COUNTED:
            self.texts += [f"{{0}} {noun}" for noun in _nouns(node)]
        if isinstance(node.func, ast.Attribute) and alternatives(node.func.value) is None:
            self.visit(node.func.value)
        for argument in node.args[1:] if name in FIRST_UNSEEN else node.args:
            self.visit(argument)
        for keyword in node.keywords:
            if keyword.arg not in UNSEEN_ARGUMENTS:
                self.visit(keyword.value)


def _heading(key: object) -> bool:
    """Whether a key of a dictionary is a heading, not a code."""
    return isinstance(key, str) and (" " in key.strip() or key[:1].isupper())


def _called(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _nouns(node: ast.Call) -> Iterator[str]:
    """Both forms of the noun that a call counts."""
    words = [part.value for part in (*node.args, *(k.value for k in node.keywords)) if isinstance(part, ast.Constant)]
    nouns = [word for word in words if isinstance(word, str)]
    if nouns:
        yield nouns[0]
        yield nouns[1] if len(nouns) > 1 else f"{nouns[0]}s"
