package io.doundo.plans.facade;

import io.doundo.plans.draft.Draft;
import io.doundo.plans.draft.DraftStatus;
import io.doundo.plans.facade.Bodies.CompleteBody;
import io.doundo.plans.facade.Bodies.DraftBody;
import io.doundo.plans.facade.Bodies.ResubmitBody;
import io.doundo.plans.merge.Resolution;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Drafts, and their conflicts. */
@RestController
class DraftController {

  private final Dependencies dependencies;
  private final Submissions submissions;
  private final Approvals approvals;

  DraftController(Dependencies dependencies, Submissions submissions, Approvals approvals) {
    this.dependencies = dependencies;
    this.submissions = submissions;
    this.approvals = approvals;
  }

  @GetMapping("/api/drafts")
  Answer list(@RequestParam(name = "status", required = false) @Nullable String status) {
    DraftStatus wanted = status == null ? null : status(status);
    return Answer.of(dependencies.drafts("list", drafts -> drafts.list(wanted)));
  }

  private static DraftStatus status(String word) {
    return Arrays.stream(DraftStatus.values())
        .filter(status -> status.word().equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new Problem(
                    Problem.Kind.BAD_REQUEST,
                    "status must be one of %s, but is \"%s\""
                        .formatted(
                            String.join(
                                ", ",
                                Arrays.stream(DraftStatus.values())
                                    .map(DraftStatus::word)
                                    .toList()),
                            word)));
  }

  @GetMapping("/api/drafts/{id}")
  Answer draft(@PathVariable("id") String id) {
    return Answer.of(submissions.draft(id));
  }

  @PutMapping("/api/drafts/{id}")
  Answer save(@PathVariable("id") String id, HttpServletRequest request) throws IOException {
    DraftBody draft = Bodies.read(request, DraftBody.class);
    ApiKeyFilter.user(request, draft.userId());
    return Answer.of(submissions.save(id, draft));
  }

  @GetMapping("/api/drafts/{id}/check-conflict")
  Answer check(@PathVariable("id") String id) {
    return Answer.of(submissions.check(id));
  }

  /** Of a draft whose approval waits for its author, it answers that task. */
  @PostMapping("/api/drafts/{id}/resubmit")
  @ResponseStatus(HttpStatus.ACCEPTED)
  Answer resubmit(@PathVariable("id") String id, HttpServletRequest request) throws IOException {
    ResubmitBody resubmit = Bodies.read(request, ResubmitBody.class);
    String userId = ApiKeyFilter.user(request, resubmit.userId());
    List<Resolution> resolutions =
        resubmit.resolutions() == null ? List.of() : resubmit.resolutions();
    Draft draft = submissions.draft(id);
    if (draft.status() == DraftStatus.CONFLICT) {
      TaskId task = new TaskId(Objects.requireNonNull(draft.flowId()), TaskId.RESOLVE);
      approvals.complete(
          task,
          userId,
          new CompleteBody(userId, null, null, resolutions, resubmit.recreate(), null));
      return Answer.of(
          Map.of(
              "processInstanceId",
              task.flowId(),
              "status",
              "pending_approval",
              "draftId",
              draft.draftId(),
              "planId",
              draft.planId(),
              "autoMerged",
              false));
    }
    return Answer.of(
        submissions.resubmit(
            id,
            userId,
            resubmit.revision(),
            resolutions,
            Boolean.TRUE.equals(resubmit.recreate())));
  }
}
