from django.urls import path

from runs.views import actions, compare, files, launches, lineage, lists, new, run

app_name = "runs"

urlpatterns = [
    path("", lists.index, name="index"),
    path("new", new.choose, name="new"),
    path("new/<slug:stage>", new.stage, name="new-stage"),
    path("compare", compare.page, name="compare"),
    path("compare/curves.json", compare.curves, name="compare-curves"),
    path("compare/samples.json", compare.samples, name="compare-samples"),
    path("launches/new/<slug:preset>", launches.new, name="launch-new"),
    path("launches/<int:pk>", launches.launch, name="launch"),
    path("launches/<int:pk>/cancel", actions.cancel_launch, name="launch-cancel"),
    path("launches/<int:pk>/share", actions.share_launch, name="launch-share"),
    path("artifacts/<int:pk>", files.artifact, name="artifact"),
    path("samples/<int:pk>", files.sample, name="sample"),
    path("<int:pk>", run.run, name="run"),
    *(path(f"<int:pk>/{tab}", run.run, {"tab": tab}, name=f"run-{tab}") for tab in run.TABS[1:]),
    path("<int:pk>/live", run.live, name="live"),
    path("<int:pk>/log-lines", run.log_lines, name="log-lines"),
    path("<int:pk>/log.txt", files.log, name="log-text"),
    path("<int:pk>/files.zip", files.archive, name="archive"),
    path("<int:pk>/share", actions.share, name="share"),
    path("<int:pk>/badge", lists.badge, name="badge"),
    path("<int:pk>/curves.json", run.curves, name="curves"),
    path("<int:pk>/samples.json", run.samples, name="samples"),
    path("<int:pk>/cancel", actions.cancel, name="cancel"),
    path("<int:pk>/resume", actions.resume, name="resume"),
    path("<int:pk>/retry", actions.retry, name="retry"),
    path("<int:pk>/dataset", actions.make_dataset, name="make-dataset"),
    path("lineage/<slug:kind>/<int:pk>", lineage.page, name="lineage"),
    path("lineage/<slug:kind>/<int:pk>.json", lineage.export, name="lineage-json"),
]
