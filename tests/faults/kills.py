"""Kill a process in the middle of saving, over and over, and look at what is left: `python -m tests.faults.kills 1000`.

Each time a process uploads, saves, exports, backs up and deletes, and is killed (SIGKILL) either at a chosen step of a
write or at a random moment. It tells what the store acknowledged. Then a fresh process looks: everything that was
acknowledged is there and is what was saved, nothing half-written can be seen, the audit trail is whole, and what was
under way can be done again with its key without being done twice.
"""

import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from team import analyses, backup, cohorts, comments, deletion, drafts, fault_points, uploads
from team.database.tables import AnalysisVersionRow, AuditRow, CommentRow, FileRow, ReceiptRow, VersionRow
from team.errors import NotFoundError
from team.verify import verify
from tests.team.postgresql import PostgreSQL
from tests.team.team import Clock, Team, a_draft, an_upload

ORIGINAL = random.Random(1).randbytes(1_100_000)  # two parts, so that a kill may come between them
BY_STEP = 0.8  # of the kills come right after a step, chosen by its name; the others at a random moment
PER_STORE = 10  # kills before a new store; what is there is checked after each


@dataclass
class Tally:
    kills: int = 0
    at_a_step: Counter = field(default_factory=Counter)
    acknowledged: int = 0
    faults: list = field(default_factory=list)


@dataclass
class Place:
    """A store that is killed in: address, files, what was acknowledged."""

    database: str
    folder: Path

    @property
    def told(self):
        return self.folder / "told"

    def team(self):
        clock = Clock(datetime(2026, 3, 1, 9, tzinfo=UTC))
        quotas = {"uploads_per_hour": 10_000, "upload_mb_per_day": 10**6, "project_mb": 10**6}
        return Team.open(self.database, self.folder / "files", clock=clock, **quotas)

    def make(self):
        self.folder.mkdir(parents=True)
        Team.make(self.database, self.folder / "files", clock=Clock()).store.close()
        return self

    def lines(self):
        return [json.loads(line) for line in self.told.read_text().splitlines()] if self.told.exists() else []


def work(place, number):
    """Upload, save, comment, export, back up, delete; tell each before and after."""
    team = place.team()
    out = os.open(place.told, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def tell(what, key, **said):
        os.write(out, (json.dumps({"run": number, "what": what, "key": key} | said) + "\n").encode())

    tell("begin", f"upload {number}")
    version = do_upload(team, number)
    tell("upload", f"upload {number}", id=version.id)
    tell("begin", f"save {number}", version=version.id)
    saved = do_save(team, number, version.id)
    tell("save", f"save {number}", id=saved.id, version=saved.version)
    tell("begin", f"next {number}", id=saved.id, version=version.id)
    following = do_next(team, number, version.id, saved.id)
    tell("save", f"next {number}", id=saved.id, version=following.version)
    comment = comments.add(team.store, team.viewer, analysis_id=saved.id, text=f"comment {number}")
    tell("comment", f"comment {number}", id=comment.id, analysis=saved.id)
    content = f"export {number}".encode()
    cohorts.record_export(
        team.store,
        team.viewer,
        version_id=version.id,
        kind="word",
        content=content,
        holds="results",
        key=f"export {number}",
    )
    tell("export", f"export {number}", cohort=version.cohort_id)
    if number % 2:
        tell("begin", f"delete {number}", cohort=version.cohort_id)
        receipt = do_delete(team, number, version.cohort_id)
        tell("delete", f"delete {number}", cohort=version.cohort_id, digest=receipt.digest)
    path = place.folder / f"backup {number}"
    backup.back_up(team.store, path)
    tell("backup", f"backup {number}", path=str(path))
    team.store.close()


def do_upload(team, number):
    upload = an_upload(f"cohort {number}", originals={"rows.bin": ORIGINAL})
    return uploads.save(team.store, team.analyst, upload, project_id=team.project, key=f"upload {number}")


def do_save(team, number, version_id):
    return drafts.save(team.store, team.analyst, a_draft(version_id, f"analysis {number}"), key=f"save {number}")


def do_next(team, number, version_id, analysis_id):
    draft = a_draft(version_id, f"analysis {number} again")
    return drafts.save(team.store, team.analyst, draft, analysis_id=analysis_id, read_version=1, key=f"next {number}")


def do_delete(team, number, cohort_id):
    return deletion.delete_cohort(team.store, team.owner, cohort_id=cohort_id, key=f"delete {number}")


def check(place, number):
    """What is wrong after a kill; nothing, if all is well."""
    team, lines = place.team(), place.lines()
    begun = {line["run"] for line in lines if line["key"].startswith("delete ")}
    faults = list(verify(team.store).faults)
    rows = select(VersionRow.cohort_id, FileRow.digest).join(FileRow, FileRow.version_id == VersionRow.id)
    named = {tuple(row) for row in team.store.read(lambda session: session.execute(rows).all())}
    for file in team.store.files.listed():
        folder, _, name = file.path.rpartition("/")
        if (
            not name.endswith(".part") and (folder.split("/")[1], name) not in named
        ):  # `verify` has looked at the others
            team.store.files.get(folder, name)  # raises where the content has not the digest that names it
    there = team.store.read(everything_there)
    for line in lines:
        is_deleted = line["run"] in begun and line["what"] in ("upload", "save", "comment")
        if line["what"] != "begin" and not is_deleted:
            is_there = seen(team, line) if line["run"] == number else identified(line) in there
            faults += [] if is_there else [f"{line['key']} was acknowledged and is not there"]
    faults = faults or again(team, [line for line in lines if line["run"] == number], number)
    team.store.close()
    return faults


def everything_there(session):
    """What identifies each thing that the store holds."""
    found = set(session.scalars(select(VersionRow.id))) | set(session.scalars(select(CommentRow.id)))
    found |= set(session.scalars(select(ReceiptRow.digest)))
    found |= {f"{analysis}:{version}" for analysis, version in session.execute(
        select(AnalysisVersionRow.analysis_id, AnalysisVersionRow.version)
    )}  # fmt: skip
    return found | set(session.scalars(select(AuditRow.subject).where(AuditRow.act == "exported"))) | {"backup"}


def identified(line):
    told = {"save": lambda: f"{line['id']}:{line['version']}", "export": lambda: line["cohort"],
            "delete": lambda: line["digest"], "backup": lambda: "backup"}  # fmt: skip
    return told.get(line["what"], lambda: line["id"])()


def upload_is_there(team, line):
    originals = cohorts.open_originals(team.store, team.owner, version_id=line["id"])
    study = cohorts.open_version(team.store, team.viewer, version_id=line["id"], to="results")
    return originals == {"rows.bin": ORIGINAL} and len(study.cohort.patients.frame) == 8


def save_is_there(team, line):
    found = analyses.one(team.store, team.viewer, analysis_id=line["id"], version=line["version"])
    return found.name == f"analysis {line['run']}" + (" again" if line["version"] == 2 else "")


def comment_is_there(team, line):
    found = comments.listed(team.store, team.viewer, analysis_id=line["analysis"])
    return [one.text for one in found if one.id == line["id"]] == [f"comment {line['run']}"]


def export_is_there(team, line):
    chosen = select(AuditRow.sequence).where(AuditRow.act == "exported", AuditRow.subject == line["cohort"])
    return team.store.read(lambda session: session.scalar(chosen)) is not None


def backup_is_there(team, line):
    path = Path(line["path"])
    is_whole = backup.checked(path)["rows"] > 0
    path.unlink()  # checked once: it stays as it is, and is large
    return is_whole


def deletion_is_there(team, line):
    found = deletion.receipts(team.store, team.owner, project_id=team.project)
    (receipt,) = [one for one in found if one.cohort_id == line["cohort"]]
    return receipt.digest == line["digest"] and not list(team.store.files.listed(f"{team.project}/{line['cohort']}"))


SEEN = {
    "upload": upload_is_there, "save": save_is_there, "comment": comment_is_there, "export": export_is_there,
    "backup": backup_is_there, "delete": deletion_is_there,
}  # fmt: skip


def seen(team, line):
    try:
        return SEEN[line["what"]](team, line)
    except NotFoundError:
        return False


def again(team, lines, number):
    """What was under way is done again with its key: it must be there once."""
    begun = {line["key"].split()[0]: line for line in lines if line["what"] == "begin"}
    faults = []
    if "delete" in begun:
        receipt = do_delete(team, number, begun["delete"]["cohort"])
        return [] if receipt.files_left == 0 else ["files are left after a deletion"]
    version = do_upload(team, number)
    saved = do_save(team, number, version.id)
    following = do_next(team, number, version.id, saved.id)
    if following.version != 2:
        faults.append(f"analysis {number} was saved {following.version} times")
    there = [one for one in cohorts.listed(team.store, team.owner, project_id=team.project)]
    if [len(one.versions) for one in there if one.name == f"cohort {number}"] != [1]:
        faults.append(f"cohort {number} was uploaded twice")
    return faults


def forked(act):
    """Run an act in a process of its own that begins as this one is: no connection, nothing in memory of the last."""
    child = os.fork()
    if child:
        return child
    try:
        act()
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)


def steps_of(place, number):
    """How often a whole run comes to each step, and how long it takes."""
    counted = place.folder / "steps"

    def act():
        seen = Counter()
        fault_points.listen(lambda step: seen.update([step]))
        work(place, number)
        counted.write_text(json.dumps(seen))

    began = time.monotonic()
    _, status = os.waitpid(forked(act), 0)
    assert status == 0, "a run that is not killed fails"
    return json.loads(counted.read_text()), time.monotonic() - began


def kill_once(place, number, *, steps, seconds, chance):
    """Kill one run; the step it was killed at."""
    chosen = chance.choice(sorted(steps)) if chance.random() < BY_STEP else None
    nth = chance.randint(1, steps.get(chosen, 1))

    def act():
        seen = Counter()

        def hook(step):
            seen.update([step])
            if step == chosen and seen[step] == nth:
                os.kill(os.getpid(), signal.SIGKILL)

        fault_points.listen(hook)
        work(place, number)

    child = forked(act)
    if chosen is None:
        time.sleep(chance.uniform(0, seconds))
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or chosen is None, f"the run ended before the {nth}. {chosen}"
    return chosen or "a random moment"


def warm(folder):
    """Do everything once in this process, so that those forked from it need not import it."""
    place = Place(f"sqlite:///{folder}/warm.db", folder / "warm").make()
    work(place, -1)
    assert check(place, -1) == []
    shutil.rmtree(place.folder)


def run(times, *, seed, addresses, folder, say=lambda _: None, steps=None):
    """Kill many times, a new store after every few; what was found.

    Parameters
    ----------
    times : int
    seed : int
    addresses : iterator of str
        Of empty databases.
    folder : Path
    say : callable
        Told how far it is.
    steps : list of str, optional
        Kill after these only.
    """
    chance, tally = random.Random(seed), Tally()
    warm(folder)
    place, runs = None, []
    for number in range(times):
        if number % PER_STORE == 0:
            if place is not None:
                shutil.rmtree(place.folder)
            place = Place(next(addresses), folder / f"store {number}").make()
            runs = runs or [steps_of(place, -2), steps_of(place, -1)]
        counts, seconds = runs[number % 2]
        chosen = {step: count for step, count in counts.items() if steps is None or step in steps}
        step = kill_once(place, number, steps=chosen, seconds=seconds, chance=chance)
        found = place.folder / "found"
        found.unlink(missing_ok=True)
        _, status = os.waitpid(forked(lambda p=place, n=number, f=found: f.write_text(json.dumps(check(p, n)))), 0)
        faults = json.loads(found.read_text()) if status == 0 else ["the check itself failed"]
        tally.kills += 1
        tally.at_a_step[step] += 1
        tally.acknowledged += sum(line["run"] == number and line["what"] != "begin" for line in place.lines())
        tally.faults += [f"kill {number}, at {step}: {fault}" for fault in faults]
        if (number + 1) % 50 == 0:
            say(f"{number + 1} kills, {tally.acknowledged} acknowledged saves, {len(tally.faults)} faults")
    return tally


def addresses(server, folder):
    """Empty databases: SQLite and PostgreSQL by turns."""
    number = 0
    while True:
        number += 1
        yield f"sqlite:///{folder}/{number}.db" if number % 2 else server.new_database()


def main(times, seed=1):
    memory = Path("/dev/shm")  # killing a process loses nothing that it wrote: no disk is needed to see what it leaves
    folder = Path(tempfile.mkdtemp(prefix="kills", dir=memory if memory.is_dir() else None))
    server = PostgreSQL.start()
    try:
        began = time.monotonic()
        tally = run(
            times,
            seed=seed,
            addresses=addresses(server, folder),
            folder=folder,
            say=lambda said: print(said, flush=True),
        )
        for step, count in tally.at_a_step.most_common():
            print(f"  {count:5d} killed at: {step}")
        for fault in tally.faults:
            print("FAULT", fault)
        minutes = (time.monotonic() - began) / 60
        print(
            f"{tally.kills} kills in {minutes:.0f} minutes; {tally.acknowledged} acknowledged saves, "
            f"{len(tally.faults)} faults."
        )
        return 1 if tally.faults else 0
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
