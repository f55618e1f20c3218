from django.urls import path

from survey.views import dry_runs, game, images, invitations, judging, results, studies, taking

app_name = "survey"

urlpatterns = [
    path("", studies.index, name="index"),
    path("new", studies.new, name="new"),
    path("can-you-tell", game.can_you_tell, name="can-you-tell"),
    path("<int:pk>/", studies.study, name="study"),
    path("<int:pk>/edit", studies.edit, name="edit"),
    path("<int:pk>/open", studies.open_study, name="open"),
    path("<int:pk>/close", studies.close_study, name="close"),
    path("<int:pk>/preview", studies.preview, name="preview"),
    path("<int:pk>/progress", studies.progress, name="progress"),
    path("<int:pk>/images", images.choose, name="images"),
    path("<int:pk>/images/add", images.add, name="images-add"),
    path("<int:pk>/images/remove", images.remove, name="images-remove"),
    path("<int:pk>/images/prepare", images.prepare, name="images-prepare"),
    path("<int:pk>/images/<int:number>.png", images.stimulus, name="stimulus"),
    path("pairs/<int:pk>.png", images.pair_image, name="pair-image"),
    path("<int:pk>/dry-run", dry_runs.page, name="dry-run"),
    path("<int:pk>/dry-run/progress", dry_runs.progress, name="dry-run-progress"),
    path("<int:pk>/dry-run/start", dry_runs.start, name="dry-run-start"),
    path("<int:pk>/dry-run/<int:dry_run>/stop", dry_runs.stop, name="dry-run-stop"),
    path("<int:pk>/dry-run/<int:dry_run>/forget", dry_runs.forget, name="dry-run-forget"),
    path("<int:pk>/invitations", invitations.create, name="invite"),
    path("<int:pk>/invitations/<int:invitation>/revoke", invitations.revoke, name="revoke"),
    path("<int:pk>/results", results.page, name="results"),
    path("<int:pk>/results/<slug:table>.csv", results.table, name="results-csv"),
    path("<int:pk>/results.svg", results.chart, name="results-chart"),
    # For raters: no number in any address.
    path("join/<str:token>", taking.join, name="join"),
    path("simulated/<str:token>", dry_runs.join, name="dry-run-join"),
    path("take/<str:code>/", taking.take, name="take"),
    path("take/<str:code>/consent", taking.consent, name="take-consent"),
    path("take/<str:code>/begin", taking.begin, name="take-begin"),
    path("take/<str:code>/plan", judging.plan, name="take-plan"),
    path("take/<str:code>/image/<str:token>", judging.image, name="take-image"),
    path("take/<str:code>/answer", judging.answer, name="take-answer"),
    path("take/<str:code>/slip", judging.slip, name="take-slip"),
    path("take/<str:code>/end", taking.end, name="take-end"),
    path("take/<str:code>/withdraw", taking.withdraw, name="take-withdraw"),
]
