"""What failed, was mailed, was slow, and who was turned away: kept without words or secrets, and tried again for a reason."""

import ast
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import allauth
import pytest
from celery import shared_task
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.mails import About, Mail, about_template
from accounts.models import StaffAct
from flowboard import jobs
from flowboard.celery import app
from flowboard.tests.test_rules import sources
from office.actions.keeping import forget_old
from office.failing import tell
from office.models import FailedJob, MailSent, SlowPage, TurnedAway
from workspaces.actions import erase_person, invite_member
from workspaces.actor import Actor
from workspaces.jobs import forget_person, send_invitation
from workspaces.models import Role
from workspaces.plans import PLANS
from workspaces.spine import acting
from workspaces.tests.people import Program, browser, make_person, make_staff

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "ops"])
WHY = "the mail server is back"
SECRET = "canary-argument-4471"
ran: list[Any] = []


@shared_task(name="office.tests.unlucky")
def unlucky(workspace: str, secret: str) -> None:
    """Fails the first time."""
    ran.append(secret)
    if len(ran) == 1:
        raise ValueError(f"wrong: {secret}")


@pytest.fixture
def failed(alice: Actor) -> FailedJob:
    """A job of Acme's that a worker has run, and that failed."""
    ran.clear()
    app.tasks["office.tests.unlucky"].apply(args=[str(alice.workspace.pk), SECRET])
    return FailedJob.objects.get()


def test_a_failed_job_is_kept_without_what_it_knew(failed: FailedJob, alice: Actor) -> None:
    assert (failed.name, failed.tenant) == ("office.tests.unlucky", alice.workspace.pk)
    assert failed.fault.startswith("ValueError in office/tests/test_logs.py:") and SECRET not in failed.fault
    engineer = make_staff("Eli", "Engineer")
    for page in ("changelist", "change", "retry"):
        args = [] if page == "changelist" else [failed.pk]
        shown = engineer.get(reverse(f"admin:office_failedjob_{page}", args=args)).content.decode()
        assert "office.tests.unlucky" in shown and SECRET not in shown
    assert "Acme" in engineer.get(reverse("admin:office_failedjob_changelist")).content.decode()


def test_told_twice_it_is_one(failed: FailedJob) -> None:
    job = app.tasks["office.tests.unlucky"]
    tell(job, ValueError("again"), str(failed.call), [], {})
    assert FailedJob.objects.count() == 1


def test_it_is_tried_again_for_a_reason(failed: FailedJob, settings: Any) -> None:
    engineer, page = make_staff("Eli", "Engineer"), reverse("admin:office_failedjob_retry", args=[failed.pk])
    assert engineer.post(page, {"reason": ""}).status_code == 200 and ran == [SECRET]
    app.conf.task_always_eager = True
    try:
        assert engineer.post(page, {"reason": WHY}).status_code == 302
    finally:
        app.conf.task_always_eager = False
    assert ran == [SECRET, SECRET]
    failed.refresh_from_db()
    assert failed.retried_at and failed.retried_by.name == "Eli" and StaffAct.objects.get().reason == WHY


def test_who_may_not_retries_nothing(failed: FailedJob, alice: Actor) -> None:
    page = reverse("admin:office_failedjob_retry", args=[failed.pk])
    assert make_staff("Ray", "Support").post(page, {"reason": WHY}).status_code == 403
    assert browser(alice).post(page, {"reason": WHY}).status_code == 302 and ran == [SECRET]


def test_a_job_that_is_no_more_says_so(failed: FailedJob) -> None:
    FailedJob.objects.update(name="tasks.jobs.of_old")
    page = reverse("admin:office_failedjob_retry", args=[failed.pk])
    assert b"no such job any more" in make_staff("Eli", "Engineer").post(page, {"reason": WHY}).content


@pytest.fixture
def noted(settings: Any) -> None:
    settings.EMAIL_BACKEND = "office.mailing.Noted"
    settings.MAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def test_a_mail_is_noted_with_its_kind_and_no_word_of_it(noted: None) -> None:
    assert Mail(About.INVITATION, "A subject", "Secret words", to=["bob@example.com"]).send() == 1
    row = MailSent.objects.get()
    assert (row.recipient, row.kind, row.state) == ("bob@example.com", "invitation", "sent")
    assert len(mail.outbox) == 1
    shown = make_staff("Ray", "Support").get(reverse("admin:office_mailsent_changelist"), {"q": "bob@example.com"})
    assert b"invitation" in shown.content and b"Secret words" not in shown.content


def test_a_mail_that_is_not_taken_is_noted_and_still_fails(settings: Any, noted: None) -> None:
    settings.MAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with pytest.raises(OSError):
        Mail(About.CODE, "Your code", "123456", to=["bob@example.com"]).send()
    row = MailSent.objects.get()
    assert (row.state, row.fault) == ("failed", "ConnectionRefusedError")


def test_every_mail_of_allauth_says_what_it_is_about() -> None:
    folders = [Path(allauth.__file__).parent / "templates", settings.BASE_DIR / "templates"]
    found = {
        str(path.relative_to(folder)).removesuffix("_subject.txt") for folder in folders for path in folder.rglob("*_subject.txt")
    }  # fmt: skip
    assert len(found) > 15 and all(about_template(prefix) for prefix in found)
    with pytest.raises(LookupError):
        about_template("account/email/other")


def test_mails_say_it_and_no_header_does(noted: None, alice: Actor) -> None:
    Client().post("/accounts/password/reset/", {"email": "alice@example.com"})
    Client().post("/accounts/login/code/", {"email": "alice@example.com"})
    with acting(alice):
        member = Role.objects.within(alice.workspace).get(key="member")
    invitation = invite_member(alice, email="ann@example.com", role=member)
    send_invitation(str(alice.workspace.pk), str(invitation.pk))
    assert list(MailSent.objects.order_by("pk").values_list("kind", flat=True)) == ["password", "sign-in code", "invitation"]  # fmt: skip
    assert not any("about" in f"{name}".lower() for one in mail.outbox for name in one.message())


def test_nothing_is_mailed_but_through_the_one_place() -> None:
    others = [
        path for path, tree in sources("accounts", "workspaces", "realtime", "tasks", "billing", "ai", "office", "flowboard")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in ("send_mail", "send_mass_mail", "mail_admins", "mail_managers", "EmailMessage", "EmailMultiAlternatives")
        and "adapter" not in ast.unparse(node.func)
    ]  # fmt: skip
    assert not [path for path in others if path != "accounts/adapter.py"]


def test_who_is_erased_is_forgotten_here_too(noted: None) -> None:
    zoe = make_person("Zoe")
    MailSent(recipient="zoe@example.com", kind="digest", state="sent").save()
    forget_person(str(erase_person(zoe, confirm=zoe.email).pk))
    assert not MailSent.objects.filter(recipient="zoe@example.com").exists()


def test_a_slow_page_is_noted_by_its_route(settings: Any, alice: Actor) -> None:
    client = browser(alice)
    settings.SLOW_PAGE_MS = 0
    client.get("/w/acme/")
    assert not SlowPage.objects.exists()
    settings.SLOW_PAGE_MS = 1
    client.get("/w/acme/search/?q=private")
    row = SlowPage.objects.get()
    assert (row.method, row.slug, row.status) == ("GET", "acme", 200)
    assert row.route == "w/<slug:workspace>/search/" and row.milliseconds > 0


def test_refusals_for_their_number_are_counted_by_day(alice: Actor, settings: Any) -> None:
    settings.PLAN = "free"
    program, most = Program(alice), PLANS["free"].per_token
    answers = [program.get("projects/").status_code for _ in range(most + 5)]
    assert answers.count(429) >= 1
    Client().get("/healthz")
    rows = TurnedAway.objects.filter(day=timezone.now().date())
    assert sum(row.count for row in rows) >= 1
    assert {row.tenant for row in rows} == {alice.workspace.pk}


def test_all_of_it_is_kept_for_30_days(failed: FailedJob) -> None:
    long_ago = timezone.now() - timedelta(days=31)
    for model in (FailedJob, MailSent, SlowPage):
        rows = {FailedJob: {"call": uuid.uuid4()}, SlowPage: {"status": 200, "milliseconds": 1}}.get(model, {})
        model(created_at=long_ago, **rows).save()
    TurnedAway(day=long_ago.date(), kind="person", count=1).save()
    forget_old()
    assert [model.objects.count() for model in (FailedJob, MailSent, SlowPage, TurnedAway)] == [1, 0, 0, 0]
    assert jobs.keeping.forget_old is forget_old
