"""A project with an owner, an analyst and a viewer, and what tests do with it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache

from core.cohort.load import cohort_from_files
from core.spec import AnalysisSpec
from team import drafts, members, projects, sign_ins, uploads
from team.permits import Role
from team.settings import load_settings
from team.store import open_store

ISSUER = "https://idp.example"
PATIENTS = (
    b"Patient name,ID,Age,Arm,OS months,Death\n"
    b"Anna Berg,P1,61,TACE,12.5,1\nBruno Costa,P2,72,HAIC,30.1,0\nCarla Diaz,P3,55,TACE,8.2,1\n"
    b"Dmitri Egorov,P4,68,HAIC,22.0,1\nElena Fischer,P5,49,TACE,40.3,0\nFritz Gruber,P6,77,HAIC,15.7,1\n"
    b"Gina Huber,P7,63,TACE,19.9,0\nHans Iversen,P8,70,HAIC,5.5,1\n"
)


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    now: datetime = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)

    def __call__(self):
        return self.now

    def move(self, **by):
        self.now += timedelta(**by)


@dataclass
class Team:
    store: object
    clock: object
    owner: object = None
    analyst: object = None
    viewer: object = None
    stranger: object = None
    project: object = None
    people: dict = field(default_factory=dict)

    @classmethod
    def make(cls, database, files, *, clock, **settings):
        """A project with its members, in an empty database."""
        made = cls.open(database, files, clock=clock, **settings)
        made.project = projects.create(made.store, made.owner, name="HCC study").id
        for email, role in (("ann@clinic.example", Role.ANALYST), ("vic@clinic.example", Role.VIEWER)):
            members.invite(made.store, made.owner, project_id=made.project, email=email, role=role)
        return made

    @classmethod
    def open(cls, database, files, *, clock, **settings):
        """People, and the project if there is one."""
        said = {"database_url": database, "files_url": str(files), "first_owners": ("olga@clinic.example",)}
        store = open_store(load_settings(**(said | {"oidc_issuer": ISSUER} | settings)), clock=clock)
        made = cls(store, clock)
        made.owner, made.analyst = made.sign_in("olga@clinic.example"), made.sign_in("ann@clinic.example")
        made.viewer, made.stranger = made.sign_in("vic@clinic.example"), made.sign_in("sam@clinic.example")
        made.project = next((one.id for one in projects.listed(store, made.owner)), None)
        return made

    def claims(self, person, *, groups=(), issued=None, **other):
        said = {
            "iss": ISSUER, "sub": f"sub-{person}", "email": person, "email_verified": True,
            "name": person.split("@")[0], "groups": list(groups), "iat": (issued or self.clock()).timestamp(),
        }  # fmt: skip
        return sign_ins.claims_of(said | other, self.store.settings)

    def sign_in(self, person, **said):
        return sign_ins.sign_in(self.store, self.claims(person, **said))

    def with_role(self, role):
        return {Role.OWNER: self.owner, Role.ANALYST: self.analyst, Role.VIEWER: self.viewer, None: self.stranger}[role]

    def upload(self, name="First cohort", *, actor=None, originals=None, content=PATIENTS, **options):
        upload = an_upload(name, content=content, originals=originals)
        return uploads.save(self.store, actor or self.owner, upload, project_id=self.project, **options)

    def save(self, version_id, name="Overall survival", *, actor=None, view="?page=survival", **options):
        draft = a_draft(version_id, name, view=view)
        return drafts.save(self.store, actor or self.owner, draft, **options)


@cache
def a_cohort(content=PATIENTS):
    return cohort_from_files({"patients.csv": content}, name="patients")


def an_upload(name="First cohort", *, content=PATIENTS, originals=None, note=""):
    cohort = a_cohort(content)
    files = {"patients.csv": content} if originals is None else originals
    return uploads.Upload(name=name, cohort=cohort, spec=AnalysisSpec(cohort=cohort.spec), originals=files, note=note)


def a_draft(version_id, name="Overall survival", *, view="?page=survival"):
    return drafts.Draft(cohort_version_id=version_id, name=name, spec=AnalysisSpec(cohort=a_cohort().spec), view=view)
